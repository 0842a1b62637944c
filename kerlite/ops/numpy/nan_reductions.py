"""Reductions that leave NaN out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.ops.numpy import cumulative, reductions, sorting
from kerlite.ops.numpy.axes import Axis, none_of

__all__ = [
    "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmin", "nanprod",
    "nanstd", "nansum", "nanvar",
]  # fmt: skip

_INF, _NAN = float("inf"), float("nan")


@operation("numpy")
def nanmax(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the greatest element along axes that is not NaN; NaN where all are.

    Args:
        x: a tensor.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> nanmax(torch.tensor([[1.0, float("nan")], [3.0, 2.0]]), axis=1)
        tensor([1., 3.])

    Source: keras.ops.nanmax.
    """
    return _extreme(reductions.amax, as_tensor(x), axis, keepdims, -_INF)


@operation("numpy")
def nanmin(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the least element along axes that is not NaN; NaN where all are.

    Args:
        x: a tensor.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> nanmin(torch.tensor([[1.0, float("nan")], [3.0, 2.0]]), axis=1)
        tensor([1., 2.])

    Source: keras.ops.nanmin.
    """
    return _extreme(reductions.amin, as_tensor(x), axis, keepdims, _INF)


@operation("numpy")
def nansum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the sum of the elements along axes that are not NaN; zero where all are.

    Args:
        x: a tensor. Booleans and integers below 32 bits are summed in int32.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> nansum(torch.tensor([[1.0, float("nan")], [3.0, 2.0]]), axis=1)
        tensor([1., 5.])

    Source: keras.ops.nansum; infinities stay with an empty `axis` too, and complex numbers are
    taken.
    """
    return reductions.sum(_replaced(as_tensor(x), 0), axis, keepdims)


@operation("numpy")
def nanprod(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the product of the elements along axes that are not NaN; one where all are.

    Args:
        x: a tensor. Booleans and integers below 32 bits are multiplied in int32.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> nanprod(torch.tensor([[4.0, float("nan")], [3.0, 2.0]]), axis=1)
        tensor([4., 6.])

    Source: keras.ops.nanprod; infinities stay with an empty `axis` too.
    """
    return reductions.prod(_replaced(as_tensor(x), 1), axis, keepdims)


@operation("numpy")
def nanmean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the mean of the elements along axes that are not NaN; NaN where all are.

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> nanmean(torch.tensor([[1.0, float("nan")], [3.0, 2.0]]), axis=1)
        tensor([1.0000, 2.5000])

    Source: keras.ops.nanmean; complex numbers are taken too.
    """
    x = as_floating(x)
    if none_of(axis):
        return x
    if not x.is_complex():
        return torch.nanmean(x, axis, keepdims)
    count = torch.sum(~torch.isnan(x), axis, keepdims)
    return torch.sum(_replaced(x, 0), axis, keepdims) / count


@operation("numpy")
def nanvar(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the variance of the elements along axes that are not NaN; NaN where all are.

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> nanvar(torch.tensor([[1.0, float("nan"), 3.0], [2.0, 2.0, 2.0]]), axis=1)
        tensor([1., 0.])

    Source: keras.ops.nanvar; complex numbers are taken too.
    """
    x = as_floating(x)
    if none_of(axis):
        return _no_deviation(x)
    deviations, there = _deviations(x, axis)
    squares = torch.square(torch.abs(deviations))
    variance = torch.sum(squares, axis, keepdims) / torch.sum(there, axis, keepdims)
    return _as_given(variance, x)


@operation("numpy")
def nanstd(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the standard deviation along axes without NaN: the square root of `nanvar`.

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> nanstd(torch.tensor([[1.0, float("nan"), 5.0], [2.0, 2.0, 2.0]]), axis=1)
        tensor([2., 0.])

    Source: keras.ops.nanstd; complex numbers are taken too. The gradient of no deviation is zero,
    as that of `std`; Keras on torch gives NaN there.
    """
    x = as_floating(x)
    if none_of(axis):
        return _no_deviation(x)
    deviations, there = _deviations(x, axis)
    length = torch.linalg.vector_norm(deviations, dim=axis, keepdim=keepdims)
    return _as_given(length / torch.sqrt(torch.sum(there, axis, keepdims)), x)


@operation("numpy")
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return where the greatest element that is not NaN lies, as int32; -1 where all are NaN.

    Args:
        x: a tensor.
        axis: the axis; None for the position in the flattened tensor.
        keepdims: whether the axis stays, of size one.

    Example:
        >>> nanargmax(torch.tensor([[1.0, float("nan")], [float("nan")] * 2]), axis=1)
        tensor([ 0, -1], dtype=torch.int32)

    Source: keras.ops.nanargmax.
    """
    return _position(sorting.argmax, as_tensor(x), axis, keepdims, -_INF)


@operation("numpy")
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return where the least element that is not NaN lies, as int32; -1 where all are NaN.

    Args:
        x: a tensor.
        axis: the axis; None for the position in the flattened tensor.
        keepdims: whether the axis stays, of size one.

    Example:
        >>> nanargmin(torch.tensor([[float("nan"), 1.0], [float("nan")] * 2]), axis=1)
        tensor([ 1, -1], dtype=torch.int32)

    Source: keras.ops.nanargmin.
    """
    return _position(sorting.argmin, as_tensor(x), axis, keepdims, _INF)


@operation("numpy")
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Return the running sum along an axis, NaN counting as zero.

    Args:
        x: a tensor; booleans become int32, other types stay.
        axis: the axis; None for the flattened tensor.
        dtype: the type to compute in and to return; None for that of `x`.

    Example:
        >>> nancumsum(torch.tensor([1.0, float("nan"), 2.0]))
        tensor([1., 1., 3.])

    Source: keras.ops.nancumsum; infinities stay, which Keras on torch makes finite.
    """
    return cumulative.cumsum(_replaced(as_tensor(x), 0), axis, dtype)


@operation("numpy")
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Return the running product along an axis, NaN counting as one.

    Args:
        x: a tensor; booleans become int32, other types stay.
        axis: the axis; None for the flattened tensor.
        dtype: the type to compute in and to return; None for that of `x`.

    Example:
        >>> nancumprod(torch.tensor([3.0, float("nan"), 2.0]))
        tensor([3., 3., 6.])

    Source: keras.ops.nancumprod; infinities stay, which Keras on torch makes finite.
    """
    return cumulative.cumprod(_replaced(as_tensor(x), 1), axis, dtype)


def _can_be_nan(x: Tensor) -> bool:
    return x.is_floating_point() or x.is_complex()


def _replaced(x: Tensor, value: float) -> Tensor:
    return torch.where(torch.isnan(x), value, x) if _can_be_nan(x) else x


def _extreme(function: Any, x: Tensor, axis: Axis, keepdims: bool, least: float) -> Tensor:
    if none_of(axis) or not _can_be_nan(x):
        return function(x, axis, keepdims)
    missing = torch.isnan(x)
    found = function(torch.where(missing, least, x), axis, keepdims)
    return torch.where(torch.all(missing, axis, keepdims), _NAN, found)


def _position(function: Any, x: Tensor, axis: int | None, keepdims: bool, least: float) -> Tensor:
    if not _can_be_nan(x):
        return function(x, axis, keepdims)
    missing = torch.isnan(x)
    found = function(torch.where(missing, least, x), axis, keepdims)
    return torch.where(torch.all(missing, axis, keepdims), -1, found)


def _deviations(x: Tensor, axis: Axis) -> tuple[Tensor, Tensor]:
    """Return how far each element is from the mean, zero for NaN; and which are not NaN."""
    wide = x.float() if x.dtype.itemsize < 4 else x  # squares leave the range of 16 bits soon
    there = ~torch.isnan(wide)  # asked before an infinity takes the mean from itself
    mean = torch.sum(torch.where(there, wide, 0), axis, True) / torch.sum(there, axis, True)
    return torch.where(there, wide - mean, 0), there


def _no_deviation(x: Tensor) -> Tensor:
    return torch.where(torch.isnan(x), x, 0).abs()


def _as_given(result: Tensor, x: Tensor) -> Tensor:
    return result.to(x.dtype) if x.is_floating_point() else result
