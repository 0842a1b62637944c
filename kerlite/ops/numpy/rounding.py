"""Rounding, signs and neighbours of numbers, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.ops.numpy.operands import tensors

__all__ = ["ceil", "floor", "nextafter", "round", "sign", "signbit", "trunc"]


@operation("numpy")
def floor(x: Any) -> Tensor:
    """Return the largest whole number that is not above `x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> floor([1.5, -1.5])
        tensor([ 1., -2.])

    Source: keras.ops.floor; float64 stays float64, which Keras on torch cuts to float32.
    """
    return torch.floor(as_floating(x))


@operation("numpy")
def ceil(x: Any) -> Tensor:
    """Return the smallest whole number that is not below `x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> ceil([1.5, -1.5])
        tensor([ 2., -1.])

    Source: keras.ops.ceil; float64 stays float64, which Keras on torch cuts to float32.
    """
    return torch.ceil(as_floating(x))


@operation("numpy")
def round(x: Any, decimals: int = 0) -> Tensor:
    """Return the nearest number with so many decimals; halves go to the even one.

    Args:
        x: a tensor, array, list or number.
        decimals: how many digits stay behind the point; -2 rounds to hundreds.

    Raises:
        TypeError: for booleans and complex numbers.

    Example:
        >>> round([0.5, 1.5, 2.26])
        tensor([0., 2., 2.])
        >>> round(1250, -2)
        tensor(1200, dtype=torch.int32)

    Source: keras.ops.round; large integers are exact, where Keras computes in floatx.
    """
    x = as_tensor(x)
    if x.is_floating_point() or x.is_complex() or x.dtype is torch.bool:
        return torch.round(x, decimals=decimals)
    if decimals >= 0:
        return x.clone()
    return torch.round(x.to(torch.float64), decimals=decimals).to(x.dtype)


@operation("numpy")
def trunc(x: Any) -> Tensor:
    """Return `x` without what follows the point.

    Booleans come back as they are, not copied.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> trunc([1.5, -1.5])
        tensor([ 1., -1.])

    Source: keras.ops.trunc.
    """
    x = as_tensor(x)
    return x if x.dtype is torch.bool else torch.trunc(x)


@operation("numpy")
def sign(x: Any) -> Tensor:
    """Return -1, 0 or 1, as `x` is below, at or above 0; `x / |x|` for complex numbers.

    NaN stays NaN.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> sign([-2.5, 0.0, 3.0])
        tensor([-1.,  0.,  1.])

    Source: keras.ops.sign; NaN stays NaN as in NumPy, where Keras on torch returns 0.
    """
    x = as_tensor(x)
    if not x.is_floating_point():
        return torch.sgn(x)
    return torch.where(x.isnan(), x, torch.sign(x))


@operation("numpy")
def signbit(x: Any) -> Tensor:
    """Return whether the sign bit is set, as it is for negative numbers and -0.0.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> signbit([-2.5, -0.0, 0.0])
        tensor([ True,  True, False])

    Source: keras.ops.signbit.
    """
    return torch.signbit(as_tensor(x))


@operation("numpy", inputs=2)
def nextafter(x1: Any, x2: Any) -> Tensor:
    """Return the number next to `x1` on the way to `x2`, in their type.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> nextafter([1.0], 2.0) - 1
        tensor([1.1921e-07])

    Source: keras.ops.nextafter; Keras on torch takes the step in float64 and rounds it away for
    narrower types.
    """
    return torch.nextafter(*tensors(x1, x2, floating=True))
