"""Dropout: some inputs set to zero while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn import functional as F

from kerlite.core.random import SeedGenerator, generator
from kerlite.layers.base import Layer

__all__ = ["Dropout"]


class Dropout(Layer, nn.Dropout):
    """While training, inputs set to zero at random, and the rest scaled so that the mean stays.

    Each input is 0 with probability `rate`, else inputs / (1 - rate). It is an `nn.Dropout`.

    Call:
        inputs: a tensor.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        rate: the share of the inputs that is dropped, in [0, 1].
        noise_shape: shape of the random mask, which is broadcast to the inputs: 1 for axes along
            which all are dropped together, None for an axis's own size; by default all of them.
        seed: a whole number, for random numbers that do not depend on anything else.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the rate lies outside [0, 1], or `noise_shape` does not broadcast.

    Note:
        Without a seed the random numbers come from torch's generator, by one fused kernel. With a
        seed each call draws from a generator of its own; torch.compile cannot trace that one.

    Example:
        >>> import torch
        >>> Dropout(0.5, seed=1)(torch.ones(2, 100), training=True).unique()
        tensor([0., 2.])

    Source: Srivastava et al. 2014; keras.layers.Dropout. The random numbers differ from Keras's.
    """

    finds_training: ClassVar[bool] = True
    supports_masking = True
    inplace = False

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
            raise ValueError(f"{self.described} needs a rate in [0, 1]; received rate={rate!r}.")
        self.rate, self.seed = rate, seed
        self.noise_shape = None if noise_shape is None else self._checked(noise_shape)
        self._seeds = None if seed is None else SeedGenerator(seed)
        self.build_at_init()

    @property
    def p(self) -> float:  # type: ignore[override]
        """The rate, under torch's name."""
        return self.rate

    @p.setter
    def p(self, value: float) -> None:
        self.rate = value

    def _checked(self, noise_shape: Any) -> tuple[int | None, ...]:
        sizes = tuple(noise_shape) if isinstance(noise_shape, (list, tuple)) else (0,)
        if any(size is not None and (not isinstance(size, int) or size < 1) for size in sizes):
            raise ValueError(
                f"{self.described} needs noise_shape to hold whole numbers >= 1 and None; received "
                f"{noise_shape!r}."
            )
        return sizes

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the inputs, some of them dropped if this call trains."""
        if not self._in_training(training) or not self.rate:
            return inputs
        if self.noise_shape is None and self._seeds is None:
            return F.dropout(inputs, self.rate)
        return inputs * self._noise(inputs)

    def _noise(self, inputs: Tensor) -> Tensor:
        """Return zeros, and 1 / (1 - rate) for what is kept."""
        sizes: list[int] = list(inputs.shape)
        if self.noise_shape is not None:
            pairs = zip(self.noise_shape, inputs.shape, strict=False)
            sizes = [own if size is None else size for size, own in pairs]
            fits = all(size in (1, own) for size, own in zip(sizes, inputs.shape, strict=False))
            if len(self.noise_shape) != inputs.ndim or not fits:
                raise ValueError(
                    f"{self.described} cannot broadcast noise_shape={self.noise_shape} to inputs "
                    f"of shape {tuple(inputs.shape)}: each size must be 1, None or the input's."
                )
        if self._seeds is None:
            return F.dropout(inputs.new_ones(sizes), self.rate)
        kept = inputs.new_empty(sizes).bernoulli_(
            1 - self.rate, generator=generator(self._seeds, inputs.device)
        )
        return kept.div_(1 - self.rate) if self.rate < 1 else kept

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
