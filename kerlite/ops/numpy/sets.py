"""Tensors as sets: which values there are."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote_all
from kerlite.core.shapes_only import unknown_size

__all__ = ["isin", "unique"]


@operation("numpy", "IsIn", inputs=2)
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Return for each element of one tensor whether another one has it.

    Args:
        x1: the elements in question.
        x2: the values looked for, of any shape.
        assume_unique: whether no value comes twice in either, which can be faster.
        invert: whether to tell what is not there.

    Shape:
        That of `x1`.

    Example:
        >>> isin(torch.tensor([1, 2, 3]), [2, 4])
        tensor([False,  True, False])

    Source: keras.ops.isin.
    """
    if not (isinstance(x1, Tensor) and isinstance(x2, Tensor) and x1.dtype is x2.dtype):
        x1, x2 = promote_all((x1, x2))
    if x1.dtype is torch.bool:
        x1, x2 = x1.to(torch.uint8), x2.to(torch.uint8)
    return torch.isin(x1, x2, assume_unique=assume_unique, invert=invert)


@operation("numpy")
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Tensor | tuple[Tensor, ...]:
    """Return the values of a tensor, each once; NaN differs from NaN.

    Without `size` their number depends on the values: the device is waited for, and a symbolic
    result has an unknown size.

    Args:
        x: a tensor.
        sorted: whether the values have to be sorted; they are in any case.
        return_index: whether to return where each value comes first.
        return_inverse: whether to return which of the values each element is.
        return_counts: whether to return how often each value comes.
        axis: the axis whose slices are compared as a whole; None for single elements.
        size: how many values to return: the least ones, then fillings.
        fill_value: the filling, zero by default; its index is 1 and its count 0.

    Returns:
        The values; or a tuple of them and what else was asked for, in the order above, as int32.

    Example:
        >>> unique(torch.tensor([3, 1, 3]), return_counts=True)
        (tensor([1, 3]), tensor([1, 2], dtype=torch.int32))
        >>> unique(torch.tensor([3, 1, 3]), size=3)
        tensor([1, 3, 0])

    Source: keras.ops.unique; all indices are int32, and `return_index` takes any rank.
    """
    x = as_tensor(x)
    if axis is None:
        groups, shape, x, axis = _groups(x.reshape(-1)), x.shape, x.reshape(-1), 0
    else:
        groups = _slice_groups(x.movedim(axis, 0))
        shape = groups.shape
    if size is None:
        size = _number_of(groups)
    first, counts = _first_and_counts(groups, size)
    values = x.index_select(axis, first)
    absent = (counts == 0).reshape([-1] + [1] * (x.ndim - 1)).movedim(0, axis)
    values = torch.where(absent, 0 if fill_value is None else fill_value, values).to(x.dtype)
    results = [values]
    if return_index:
        results.append(torch.where(counts == 0, 1, first).to(torch.int32))
    if return_inverse:
        results.append(groups.reshape(shape).to(torch.int32))
    if return_counts:
        results.append(counts.to(torch.int32))
    return results[0] if len(results) == 1 else tuple(results)


def _groups(x: Tensor) -> Tensor:
    """Return for each element the rank of its value among the values there are."""
    values, order = torch.sort(x)
    steps = torch.cat([torch.zeros_like(order[:1]), (values[1:] != values[:-1]).long()])
    return torch.zeros_like(order).scatter(0, order, torch.cumsum(steps, 0))


def _slice_groups(x: Tensor) -> Tensor:
    """Return the same for the slices of the first dimension."""
    if unknown_size(x) is not None:
        return x.new_zeros(x.shape[0], dtype=torch.int64)
    return torch.unique(x, dim=0, return_inverse=True)[1]


def _number_of(groups: Tensor) -> int:
    unknown = unknown_size(groups)
    if unknown is not None:
        return unknown
    return int(groups.max()) + 1 if groups.numel() else 0


def _first_and_counts(groups: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return the first position and the number of the elements of each group below `size`."""
    places = torch.clamp(groups, max=size)  # the rest goes into one place more, which is cut off
    nothing = torch.zeros(size + 1, dtype=torch.int64, device=groups.device)
    positions = torch.arange(groups.shape[0], device=groups.device)
    first = nothing.scatter_reduce(0, places, positions, "amin", include_self=False)
    return first[:size], nothing.scatter_add(0, places, torch.ones_like(positions))[:size]
