"""Dropout: some inputs set to zero while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from kerlite.layers.regularization.base import BaseDropout

__all__ = ["Dropout"]


class Dropout(BaseDropout, nn.Dropout):
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
        seed each call draws from a generator of its own, the same numbers in compiled code.

    Example:
        >>> import torch
        >>> Dropout(0.5, seed=1)(torch.ones(2, 100), training=True).unique()
        tensor([0., 2.])

    Source: Srivastava et al. 2014; keras.layers.Dropout. The random numbers differ from Keras's.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(rate, noise_shape, seed, **kwargs)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the inputs, some of them dropped if this call trains."""
        if not self._in_training(training) or not self.rate:
            return inputs
        if self.noise_shape is None and self._seeds is None:
            return F.dropout(inputs, self.rate)
        return inputs * self._noise(inputs, self.noise_shape)

    def _noise(self, inputs: Tensor, noise_shape: tuple[int | None, ...] | None) -> Tensor:
        """Return zeros, and 1 / (1 - rate) for what is kept."""
        kept = self._kept(inputs, noise_shape)
        return kept.div_(1 - self.rate) if self.rate < 1 else kept
