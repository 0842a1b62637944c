"""Reductions over axes: sums, extremes, means and counts."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote
from kerlite.ops.numpy.axes import Axis, kept, merged_last, none_of

__all__ = [
    "all", "amax", "amin", "any", "average", "count_nonzero", "max", "mean", "min", "prod", "ptp",
    "std", "sum", "var",
]  # fmt: skip

# Small integers are added up in 32 bits. torch has no arithmetic on unsigned ones above 8 bits.
_SUMMED = {
    torch.bool: torch.int32, torch.uint8: torch.int32, torch.int8: torch.int32,
    torch.int16: torch.int32, torch.uint16: torch.int32, torch.int32: torch.int32,
    torch.uint32: torch.int64,
}  # fmt: skip


@operation("numpy")
def all(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return whether all elements along axes are true; NaN is true.

    Args:
        x: a tensor of any type.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> all(torch.tensor([[True, False], [True, True]]), axis=1)
        tensor([False,  True])

    Source: keras.ops.all.
    """
    return _truth(torch.all, as_tensor(x), axis, keepdims)


@operation("numpy")
def any(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return whether any element along axes is true; NaN is true.

    Args:
        x: a tensor of any type.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> any(torch.tensor([[True, False], [False, False]]), axis=1)
        tensor([ True, False])

    Source: keras.ops.any.
    """
    return _truth(torch.any, as_tensor(x), axis, keepdims)


@operation("numpy")
def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """Return the greatest element along axes; NaN if one is.

    Args:
        x: a tensor.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.
        initial: the least result, and that of no elements; taken in the type of `x`.

    Raises:
        ValueError: if there are no elements along the axes, and no `initial`.

    Example:
        >>> max(torch.tensor([[1, 5], [3, 2]]), axis=1, initial=4)
        tensor([5, 4])

    Source: keras.ops.max; `keepdims` holds for axis=None too, and an empty `x` with `initial` gives
    the shape that NumPy gives.
    """
    x = as_tensor(x)
    if initial is None:
        return _extreme(torch.amax, x, axis, keepdims)
    if not x.numel():
        return _of_nothing(x, axis, keepdims, initial)
    found = _extreme(torch.amax, x, axis, keepdims)
    return torch.maximum(found, _alike(initial, x))


@operation("numpy")
def amax(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the greatest element along axes; NaN if one is.

    Args:
        x: a tensor.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> amax(torch.tensor([[1, 5], [3, 2]]), axis=0)
        tensor([3, 5])

    Source: keras.ops.amax; `keepdims` holds for axis=None too.
    """
    return _extreme(torch.amax, as_tensor(x), axis, keepdims)


@operation("numpy")
def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """Return the least element along axes; NaN if one is.

    Args:
        x: a tensor.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.
        initial: the greatest result, and that of no elements; taken in the type of `x`.

    Raises:
        ValueError: if there are no elements along the axes, and no `initial`.

    Example:
        >>> min(torch.tensor([[1, 5], [3, 2]]), axis=1, keepdims=True)
        tensor([[1],
                [2]])

    Source: keras.ops.min; differs as `max` does.
    """
    x = as_tensor(x)
    if initial is None:
        return _extreme(torch.amin, x, axis, keepdims)
    if not x.numel():
        return _of_nothing(x, axis, keepdims, initial)
    found = _extreme(torch.amin, x, axis, keepdims)
    return torch.minimum(found, _alike(initial, x))


@operation("numpy")
def amin(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the least element along axes; NaN if one is.

    Args:
        x: a tensor.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> amin(torch.tensor([[1, 5], [3, 2]]), axis=0)
        tensor([1, 2])

    Source: keras.ops.amin; `keepdims` holds for axis=None too.
    """
    return _extreme(torch.amin, as_tensor(x), axis, keepdims)


@operation("numpy")
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the sum of the elements along axes.

    Args:
        x: a tensor. Booleans and integers below 32 bits are summed in int32.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> sum(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=-1)
        tensor([3., 7.])

    Source: keras.ops.sum; `keepdims` holds for axis=None too.
    """
    x = as_tensor(x)
    kind = _SUMMED.get(x.dtype)
    if none_of(axis):
        return x.to(kind or x.dtype)
    return torch.sum(x, axis, keepdims, dtype=kind)


@operation("numpy")
def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """Return the product of the elements along axes.

    Args:
        x: a tensor. Booleans and integers below 32 bits are multiplied in int32.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.
        dtype: the type to compute in and to return; None for that of `x`.

    Example:
        >>> prod(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
        tensor([3., 8.])

    Source: keras.ops.prod; `keepdims` holds for axis=None too.
    """
    x = as_tensor(x)
    kind = _SUMMED.get(x.dtype) if dtype is None else dtypes.to_torch_dtype(dtype)
    if isinstance(axis, int):
        return torch.prod(x, axis, keepdims, dtype=kind)
    found = torch.prod(merged_last(x, axis), -1, dtype=kind)
    return kept(found, x, axis) if keepdims else found


@operation("numpy")
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the mean of the elements along axes.

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> mean(torch.tensor([[1, 2], [3, 4]]), axis=0)
        tensor([2., 3.])

    Source: keras.ops.mean.
    """
    x = as_floating(x)
    return x if none_of(axis) else torch.mean(x, axis, keepdims)


@operation("numpy")
def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the variance along axes: mean(abs(x - mean(x)) ** 2).

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> var(torch.tensor([[1.0, 3.0], [2.0, 2.0]]), axis=1)
        tensor([1., 0.])

    Source: keras.ops.var.
    """
    x = as_floating(x)
    if none_of(axis):
        return torch.abs(x - x)
    return torch.var(x, axis, correction=0, keepdim=keepdims)


@operation("numpy")
def std(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the standard deviation along axes: the square root of `var`.

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> std(torch.tensor([[1.0, 5.0], [2.0, 2.0]]), axis=1)
        tensor([2., 0.])

    Source: keras.ops.std.
    """
    x = as_floating(x)
    if none_of(axis):
        return torch.abs(x - x)
    return torch.std(x, axis, correction=0, keepdim=keepdims)


@operation("numpy")
def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the range of values along axes: max(x) - min(x).

    Args:
        x: a tensor of numbers.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Example:
        >>> ptp(torch.tensor([[1, 5], [3, 2]]), axis=1)
        tensor([4, 1])

    Source: keras.ops.ptp; `keepdims` holds for axis=None too.
    """
    x = as_tensor(x)
    return _extreme(torch.amax, x, axis, keepdims) - _extreme(torch.amin, x, axis, keepdims)


@operation("numpy")
def count_nonzero(x: Any, axis: Axis = None) -> Tensor:
    """Return how many elements along axes are not zero, as int32; NaN is not.

    Args:
        x: a tensor of any type.
        axis: an axis or several; None for all of them.

    Example:
        >>> count_nonzero(torch.tensor([[0, 5], [3, 2]]), axis=0)
        tensor([1, 2], dtype=torch.int32)

    Source: keras.ops.count_nonzero; on torch Keras transposes the result.
    """
    x = as_tensor(x)
    if none_of(axis):
        return (x != 0).to(torch.int32)
    return torch.count_nonzero(x, axis).to(torch.int32)


def average(x: Any, axis: Axis = None, weights: Any = None) -> Tensor:
    """Return the weighted mean along axes: sum(x * weights) / sum(weights).

    Weights that sum to zero give NaN or infinity.

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        weights: of the shape of `x`, or of its shape along the axes; None for equal ones.

    Raises:
        ValueError: if the weights have another shape.

    Example:
        >>> average(torch.tensor([[1.0, 2.0], [3.0, 6.0]]), axis=1, weights=[3, 1])
        tensor([1.2500, 3.7500])

    Source: keras.ops.average; on torch Keras takes the sum of weights along the last axis only.
    """
    if weights is None:
        return _average(x, axis=axis)
    return _average(x, weights, axis=axis)


@operation("numpy", "Average", inputs=2, options={"axis": ("axis", None)})
def _average(x: Any, weights: Any = None, *, axis: Axis = None) -> Tensor:
    if weights is None:
        x = as_floating(x)
        return x if none_of(axis) else torch.mean(x, axis)
    x, weights = promote(as_tensor(x), as_tensor(weights), floating=True)
    if weights.shape != x.shape:
        weights = _along(axis, weights, x)
    if none_of(axis):
        return x
    return torch.sum(x * weights, axis) / torch.sum(weights, axis)


def _along(axis: Axis, weights: Tensor, x: Tensor) -> Tensor:
    """Return weights that are given for some axes, to be multiplied with `x`."""
    axes = list(range(x.ndim)) if axis is None else list(axis) if _is_many(axis) else [axis]
    axes = [one % x.ndim for one in axes] if x.ndim else []
    expected = tuple(x.shape[one] for one in axes)
    if tuple(weights.shape) != expected:
        raise ValueError(
            f"The weights of an average over axis={axis} of x with shape {tuple(x.shape)} have "
            f"the shape {expected} or that of x; received the shape {tuple(weights.shape)}."
        )
    weights = weights.permute(sorted(range(len(axes)), key=axes.__getitem__))
    return weights.reshape([size if one in axes else 1 for one, size in enumerate(x.shape)])


def _is_many(axis: Axis) -> bool:
    return isinstance(axis, (tuple, list))


def _truth(function: Any, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    found = x if none_of(axis) else function(x, axis, keepdims)
    return found if found.dtype is torch.bool else found.to(torch.bool)  # torch keeps uint8


def _extreme(function: Any, x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    if axis is None:
        return function(x, (), keepdims)
    return x if none_of(axis) else function(x, axis, keepdims)


def _of_nothing(x: Tensor, axis: Axis, keepdims: bool, initial: Any) -> Tensor:
    if none_of(axis):
        return x
    empty = torch.sum(x, axis, keepdims, dtype=x.dtype)  # for its shape
    return _alike(initial, x).expand(empty.shape)


def _alike(initial: Any, x: Tensor) -> Tensor:
    if isinstance(initial, (bool, int, float)):
        return torch.full((), initial, dtype=x.dtype, device=x.device)
    return as_tensor(initial).to(x.device, x.dtype)
