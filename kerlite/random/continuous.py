"""Random real numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core import config, dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.draws import draw
from kerlite.core.seeds import SeedGenerator

__all__ = ["beta", "gamma", "normal", "truncated_normal", "uniform"]

Seed = int | SeedGenerator | None


def normal(
    shape: Sequence[int],
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> Tensor:
    """Return numbers of a normal distribution.

    Args:
        shape: of the result.
        mean: a number, or a tensor to be broadcast.
        stddev: likewise.
        dtype: a floating-point type; floatx by default.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: for another dtype, or a seed that is none of these.

    Example:
        >>> normal((1000,), mean=5.0, seed=1).mean().round().item()
        5.0

    Source: keras.random.normal.
    """
    return _moved(_draw("normal", shape, dtype, seed), mean, stddev)


def truncated_normal(
    shape: Sequence[int],
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> Tensor:
    """Return numbers of a normal distribution that is cut at two standard deviations.

    Args:
        shape: of the result.
        mean: of the distribution before the cut; a number, or a tensor to be broadcast.
        stddev: likewise.
        dtype: a floating-point type; floatx by default.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: for another dtype, or a seed that is none of these.

    Example:
        >>> bool((truncated_normal((1000,), stddev=3.0, seed=1).abs() <= 6.0).all())
        True

    Source: keras.random.truncated_normal.
    """
    return _moved(_draw("truncated_normal", shape, dtype, seed), mean, stddev)


def uniform(
    shape: Sequence[int],
    minval: Any = 0.0,
    maxval: Any = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> Tensor:
    """Return numbers that lie evenly in [minval, maxval).

    Args:
        shape: of the result.
        minval: the lower bound; a number, or a tensor to be broadcast.
        maxval: the upper bound.
        dtype: a floating-point type; floatx by default.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: for another dtype (`randint` draws integers), or a seed that is none of these.

    Example:
        >>> x = uniform((1000,), -1.0, 1.0, seed=1)
        >>> bool((x >= -1).all()), bool((x < 1).all())
        (True, True)

    Source: keras.random.uniform.
    """
    return _moved(_draw("uniform", shape, dtype, seed), minval, maxval - minval)


def gamma(shape: Sequence[int], alpha: Any, dtype: Any = None, seed: Seed = None) -> Tensor:
    """Return numbers of a gamma distribution of scale 1.

    Args:
        shape: of the result.
        alpha: the distribution's shape, > 0; a number, or a tensor to be broadcast.
        dtype: a floating-point type; floatx by default.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: for another dtype, or a seed that is none of these.

    Example:
        >>> gamma((10_000,), 4.0, seed=1).mean().round().item()
        4.0

    Source: keras.random.gamma.
    """
    return _draw("gamma", shape, dtype, seed, alpha)


def beta(
    shape: Sequence[int], alpha: Any, beta: Any, dtype: Any = None, seed: Seed = None
) -> Tensor:
    """Return numbers of a beta distribution, between 0 and 1.

    Args:
        shape: of the result.
        alpha: the first parameter, > 0; a number, or a tensor to be broadcast.
        beta: the second parameter, > 0.
        dtype: a floating-point type; floatx by default.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: for another dtype, or a seed that is none of these.

    Example:
        >>> beta((10_000,), 3.0, 1.0, seed=1).mean().mul(4).round().item()
        3.0

    Source: keras.random.beta.
    """
    return _draw("beta", shape, dtype, seed, alpha, beta)


def _draw(kind: str, shape: Sequence[int], dtype: Any, seed: Seed, *parameters: Any) -> Tensor:
    target = dtypes.to_torch_dtype(dtype)
    if not target.is_floating_point:
        raise ValueError(
            f"The numbers of this distribution are not whole; received dtype={dtype!r}. Use a "
            "floating-point dtype, or kerlite.random.randint for integers."
        )
    if not parameters:
        return draw(kind, shape, seed, target, config.device())
    wide = torch.float64 if target is torch.float64 else torch.float32
    tensors = [as_tensor(one).to(wide) for one in parameters]
    return draw(kind, shape, seed, target, tensors[0].device, tensors)


def _moved(values: Tensor, offset: Any, scale: Any) -> Tensor:
    if not isinstance(offset, (int, float)) or not isinstance(scale, (int, float)):
        offset, scale = as_tensor(offset), as_tensor(scale)
    return (values * scale + offset).to(values.dtype)
