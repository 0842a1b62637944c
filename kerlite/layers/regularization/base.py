"""What the layers that add randomness while training share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.draws import fill
from kerlite.core.random import SeedGenerator
from kerlite.layers.base import Layer

__all__ = ["BaseDropout", "BaseNoise", "checked_rate"]


class BaseNoise(Layer):
    """A layer that does something random while training, with a seed of its own if it has one."""

    finds_training: ClassVar[bool] = True
    supports_masking = True

    def __init__(self, seed: int | None, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = seed
        self._seeds = None if seed is None else SeedGenerator(seed)
        # a seed gives the numbers in the order of the axes, so these must be what they seem
        self.pointwise = seed is None
        self.build_at_init()

    def _as_float(self, inputs: Tensor) -> Tensor:
        return inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape


class BaseDropout(BaseNoise):
    """A layer that replaces a share of the inputs, those that a mask of `noise_shape` selects."""

    inplace = False

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None, seed: int | None, **kwargs: Any
    ):
        super().__init__(seed, **kwargs)
        self.rate = checked_rate(rate, self.described)
        self.noise_shape = None if noise_shape is None else self._checked(noise_shape)
        self.pointwise = seed is None and noise_shape is None

    @property
    def p(self) -> float:
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

    def _kept(self, inputs: Tensor, noise_shape: tuple[int | None, ...] | None) -> Tensor:
        """Return ones for what is kept and zeros for the rest, to be broadcast to the inputs."""
        kept = inputs.new_empty(self._sizes(inputs, noise_shape))
        return fill(kept, "bernoulli", self._seeds, 1 - self.rate)

    def _sizes(self, inputs: Tensor, noise_shape: tuple[int | None, ...] | None) -> list[int]:
        if noise_shape is None:
            return list(inputs.shape)
        pairs = zip(noise_shape, inputs.shape, strict=False)
        sizes = [own if size is None else size for size, own in pairs]
        fits = all(size in (1, own) for size, own in zip(sizes, inputs.shape, strict=False))
        if len(noise_shape) != inputs.ndim or not fits:
            raise ValueError(
                f"{self.described} cannot broadcast noise_shape={noise_shape} to inputs "
                f"of shape {tuple(inputs.shape)}: each size must be 1, None or the input's."
            )
        return sizes


def checked_rate(rate: Any, owner: str, name: str = "rate", below_one: bool = False) -> float:
    """Return a number in [0, 1], or in [0, 1).

    Raises:
        ValueError: for anything else.
    """
    if not isinstance(rate, (int, float)) or not 0 <= rate <= 1 or (below_one and rate == 1):
        span = "[0, 1)" if below_one else "[0, 1]"
        raise ValueError(f"{owner} needs a {name} in {span}; received {name}={rate!r}.")
    return rate
