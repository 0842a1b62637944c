"""The larger, the smaller and the bounded of numbers, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote, promote_all
from kerlite.ops.numpy.operands import counted, tensors

__all__ = ["clip", "fmax", "fmin", "maximum", "minimum", "nan_to_num"]

_NUMBERS = (int, float)


@operation("numpy", inputs=2)
def maximum(x1: Any, x2: Any) -> Tensor:
    """Return the larger of `x1` and `x2`; NaN where one is.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> maximum([1.0, 5.0], 3.0)
        tensor([3., 5.])

    Source: keras.ops.maximum.
    """
    return torch.maximum(*tensors(x1, x2))


@operation("numpy", inputs=2)
def minimum(x1: Any, x2: Any) -> Tensor:
    """Return the smaller of `x1` and `x2`; NaN where one is.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> minimum([1.0, 5.0], 3.0)
        tensor([1., 3.])

    Source: keras.ops.minimum.
    """
    return torch.minimum(*tensors(x1, x2))


@operation("numpy", inputs=2)
def fmax(x1: Any, x2: Any) -> Tensor:
    """Return the larger of `x1` and `x2`; where one is NaN, the other.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> fmax([1.0, float("nan")], 3.0)
        tensor([3., 3.])

    Source: keras.ops.fmax.
    """
    return torch.fmax(*tensors(x1, x2))


@operation("numpy", inputs=2)
def fmin(x1: Any, x2: Any) -> Tensor:
    """Return the smaller of `x1` and `x2`; where one is NaN, the other.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> fmin([1.0, float("nan")], 3.0)
        tensor([1., 3.])

    Source: keras.ops.fmin.
    """
    return torch.fmin(*tensors(x1, x2))


@operation("numpy")
def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """Return `x`, cut to the range from `x_min` to `x_max`: `min(max(x, x_min), x_max)`.

    The types combine as in a sum; booleans become int32.

    Args:
        x: a tensor, array, list or number.
        x_min: the lowest value, a number or an array that fits `x`; None for no limit.
        x_max: the highest value, likewise.

    Raises:
        ValueError: if both limits are None.

    Example:
        >>> clip([1.0, 5.0, 9.0], 2.0, 6.0)
        tensor([2., 5., 6.])

    Source: keras.ops.clip; a limit may be None, as in NumPy; integers cut at fractions give floats,
    also symbolically.
    """
    x = as_tensor(x)
    if type(x_min) in _NUMBERS and type(x_max) in _NUMBERS:
        if not x.is_floating_point():
            x = promote(counted(x, x_min)[0], x_max)[0]
        return torch.clamp(x, x_min, x_max)
    if x.dtype is torch.bool:
        x = x.to(torch.int32)
    given = [value for value in (x_min, x_max) if value is not None]
    x, *limits = promote_all([x, *given])
    low = None if x_min is None else limits[0]
    high = None if x_max is None else limits[-1]
    return torch.clamp(x, low, high)


@operation("numpy")
def nan_to_num(
    x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """Return `x` with finite numbers for NaN and the infinities.

    Args:
        x: a tensor, array, list or number.
        nan: what stands for NaN.
        posinf: what stands for infinity; by default the largest number of the type.
        neginf: what stands for -infinity; by default the lowest number of the type.

    Example:
        >>> nan_to_num([1.0, float("nan"), float("inf")], posinf=9.0)
        tensor([1., 0., 9.])

    Source: keras.ops.nan_to_num.
    """
    return torch.nan_to_num(as_tensor(x), nan, posinf, neginf)
