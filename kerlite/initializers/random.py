"""Initializers that draw their values at random.

Without a seed the values come from torch's own generator. With an int seed every call with the
same shape gives the same values, with a `SeedGenerator` every call gives others; both are drawn on
the CPU from a generator of their own, so that they do not depend on the device and do not disturb
anything else that is random.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from typing import Any

import torch

from kerlite.core import config
from kerlite.core.dtypes import to_torch_dtype
from kerlite.core.random import SeedGenerator, generator
from kerlite.initializers.base import Initializer

__all__ = ["Orthogonal", "RandomInitializer", "RandomNormal", "RandomUniform", "TruncatedNormal"]

Seed = int | SeedGenerator | None
Fill = Callable[[torch.Tensor, torch.Generator | None], torch.Tensor]


class RandomInitializer(Initializer):
    """What random initializers share: the seed, and the three distributions drawn from it."""

    def __init__(self, seed: Seed = None):
        self.seed = _checked_seed(seed)

    @property
    def free_draws(self) -> bool:
        """Whether the values come from torch's own generator, so that nothing tells when."""
        return self.seed is None

    def _normal(self, shape: Sequence[int], dtype: Any, mean: float, stddev: float) -> torch.Tensor:
        return self._draw(
            shape, dtype, lambda out, source: out.normal_(generator=source).mul_(stddev).add_(mean)
        )

    def _uniform(self, shape: Sequence[int], dtype: Any, low: float, high: float) -> torch.Tensor:
        return self._draw(
            shape,
            dtype,
            lambda out, source: out.uniform_(generator=source).mul_(high - low).add_(low),
        )

    def _truncated_normal(
        self, shape: Sequence[int], dtype: Any, mean: float, stddev: float
    ) -> torch.Tensor:
        def fill(out: torch.Tensor, source: torch.Generator | None) -> torch.Tensor:
            cut = torch.nn.init.trunc_normal_(out, 0.0, 1.0, -2.0, 2.0, generator=source)
            return cut.mul_(stddev).add_(mean)

        return self._draw(shape, dtype, fill)

    def _draw(self, shape: Sequence[int], dtype: Any, fill: Fill) -> torch.Tensor:
        """Return `fill(empty tensor, generator)`; 16-bit values are drawn in float32."""
        target = to_torch_dtype(dtype)
        if not target.is_floating_point:
            raise ValueError(
                f"{type(self).__name__} draws floating-point values; received dtype={dtype!r}. Use "
                "a float dtype, or Constant, Zeros or Ones for whole numbers."
            )
        source = generator(self.seed)
        place = config.device() if source is None else torch.device("cpu")
        drawn_as = torch.float64 if target is torch.float64 else torch.float32
        values = fill(torch.empty(tuple(shape), dtype=drawn_as, device=place), source)
        return values.to(config.device(), target)


class RandomNormal(RandomInitializer):
    """Draws values from a normal distribution.

    Args:
        mean: the mean.
        stddev: the standard deviation.
        seed: None, an int or a `SeedGenerator`.

    Example:
        >>> RandomNormal(stddev=1.0, seed=0)((2, 3)).shape
        torch.Size([2, 3])

    Source: keras.initializers.RandomNormal.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return normally distributed values."""
        return self._normal(shape, dtype, self.mean, self.stddev)


class RandomUniform(RandomInitializer):
    """Draws values from a uniform distribution over [minval, maxval).

    Args:
        minval: the lower end.
        maxval: the upper end.
        seed: None, an int or a `SeedGenerator`.

    Example:
        >>> values = RandomUniform(0.0, 2.0, seed=0)((1000,))
        >>> bool(values.min() >= 0), bool(values.max() <= 2)
        (True, True)

    Source: keras.initializers.RandomUniform.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return uniformly distributed values."""
        return self._uniform(shape, dtype, self.minval, self.maxval)


class TruncatedNormal(RandomInitializer):
    """Draws values from a normal distribution cut off two standard deviations from its mean.

    `stddev` is that of the distribution before the cut; what is left has 0.8796 of it.

    Args:
        mean: the mean.
        stddev: the standard deviation before the cut.
        seed: None, an int or a `SeedGenerator`.

    Example:
        >>> bool(TruncatedNormal(stddev=1.0, seed=0)((1000,)).abs().max() <= 2)
        True

    Source: keras.initializers.TruncatedNormal.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return values of the cut normal distribution."""
        return self._truncated_normal(shape, dtype, self.mean, self.stddev)


class Orthogonal(RandomInitializer):
    """Draws a matrix with orthonormal rows or columns, whichever are fewer, times `gain`.

    A shape of more than two dimensions is seen as the matrix (all but the last, last).

    Args:
        gain: the length of each row or column.
        seed: None, an int or a `SeedGenerator`.

    Raises:
        ValueError: when called with a shape of fewer than two dimensions.

    Example:
        >>> import torch
        >>> q = Orthogonal(seed=0)((4, 3))
        >>> torch.allclose(q.T @ q, torch.eye(3), atol=1e-6)
        True

    Source: Saxe et al. 2014, arXiv:1312.6120; keras.initializers.Orthogonal.
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None):
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return the matrix in this shape."""
        if len(shape) < 2:
            raise ValueError(
                f"Orthogonal needs at least two dimensions; received shape={tuple(shape)}. Use "
                "another initializer for vectors."
            )
        return self._draw(shape, dtype, self._fill)

    def _fill(self, out: torch.Tensor, source: torch.Generator | None) -> torch.Tensor:
        rows, columns = math.prod(out.shape[:-1]), out.shape[-1]
        tall = out.new_empty(max(rows, columns), min(rows, columns)).normal_(generator=source)
        q, r = torch.linalg.qr(tall.cpu() if tall.is_mps else tall)  # MPS has no QR
        # With the signs of r's diagonal q is uniform over the orthogonal matrices.
        q = q * r.diagonal().sign()
        return out.copy_((q if rows >= columns else q.T).reshape(out.shape)).mul_(self.gain)


def _checked_seed(seed: Any) -> Seed:
    if seed is None or isinstance(seed, SeedGenerator):
        return seed
    if isinstance(seed, numbers.Integral) and not isinstance(seed, bool):
        return int(seed)
    raise ValueError(f"seed must be None, an int or a SeedGenerator; received {seed!r}.")
