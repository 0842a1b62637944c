"""Reductions over the rows of a tensor that belong together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.tensor import KerasTensor, Node

__all__ = ["segment_max", "segment_min", "segment_prod", "segment_sum"]


def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Return the sums of the rows of each segment: y[k] = sum of data[i] where ids[i] = k.

    Args:
        data: a tensor; its first axis is that of the rows.
        segment_ids: the segment of every row; rows of a negative one, or one too large, are left
            out.
        num_segments: how many segments there are; by default the largest id and one, which has to
            wait for the values. Give it inside `torch.compile` and in layers.
        sorted: whether the ids ascend; a hint, which torch does not need.

    Shape:
        (rows, ...) and (rows,) to (num_segments, ...); an empty segment is zero.

    Raises:
        ValueError: if the ids are not one for each row.

    Example:
        >>> segment_sum(torch.tensor([1, 2, 10]), torch.tensor([0, 0, 2]), num_segments=3)
        tensor([ 3,  0, 10])

    Source: keras.ops.segment_sum; Keras on torch computes in float32, whatever the type.
    """
    return _recorded(_segment_sum, data, segment_ids, num_segments, sorted)


def segment_max(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Return the maximum of the rows of each segment: y[k] = max of data[i] where ids[i] = k.

    Args:
        data: a tensor; its first axis is that of the rows.
        segment_ids: the segment of every row; others than 0 to `num_segments` - 1 are left out.
        num_segments: how many segments there are; by default the largest id and one.
        sorted: whether the ids ascend; a hint, which torch does not need.

    Shape:
        (rows, ...) and (rows,) to (num_segments, ...); an empty segment holds the type's least
        number: minus infinity for floats.

    Raises:
        ValueError: if the ids are not one for each row.

    Example:
        >>> segment_max(torch.tensor([1, 2, 10]), torch.tensor([0, 0, 1]))
        tensor([ 2, 10])

    Source: keras.ops.segment_max.
    """
    return _recorded(_segment_max, data, segment_ids, num_segments, sorted)


def segment_min(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Return the minimum of the rows of each segment: y[k] = min of data[i] where ids[i] = k.

    Args:
        data: a tensor; its first axis is that of the rows.
        segment_ids: the segment of every row; others than 0 to `num_segments` - 1 are left out.
        num_segments: how many segments there are; by default the largest id and one.
        sorted: whether the ids ascend; a hint, which torch does not need.

    Shape:
        (rows, ...) and (rows,) to (num_segments, ...); an empty segment holds the type's greatest
        number: infinity for floats.

    Raises:
        ValueError: if the ids are not one for each row.

    Example:
        >>> segment_min(torch.tensor([1, 2, 10]), torch.tensor([0, 0, 1]))
        tensor([ 1, 10])

    Source: keras.ops.segment_min.
    """
    return _recorded(_segment_min, data, segment_ids, num_segments, sorted)


def segment_prod(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Return the product of the rows of each segment: y[k] = product of data[i] where ids[i] = k.

    Args:
        data: a tensor; its first axis is that of the rows.
        segment_ids: the segment of every row; others than 0 to `num_segments` - 1 are left out.
        num_segments: how many segments there are; by default the largest id and one.
        sorted: whether the ids ascend; a hint, which torch does not need.

    Shape:
        (rows, ...) and (rows,) to (num_segments, ...); an empty segment is one.

    Raises:
        ValueError: if the ids are not one for each row.

    Example:
        >>> segment_prod(torch.tensor([3, 2, 10]), torch.tensor([0, 0, 1]))
        tensor([ 6, 10])

    Source: keras.ops.segment_prod.
    """
    return _recorded(_segment_prod, data, segment_ids, num_segments, sorted)


@operation("math", "SegmentSum", inputs=2)
def _segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    return _reduced(as_tensor(data), as_tensor(segment_ids), num_segments, "sum")


@operation("math", "SegmentMax", inputs=2)
def _segment_max(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    return _reduced(as_tensor(data), as_tensor(segment_ids), num_segments, "amax")


@operation("math", "SegmentMin", inputs=2)
def _segment_min(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    return _reduced(as_tensor(data), as_tensor(segment_ids), num_segments, "amin")


@operation("math", "SegmentProd", inputs=2)
def _segment_prod(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    return _reduced(as_tensor(data), as_tensor(segment_ids), num_segments, "prod")


def _recorded(
    function: Callable[..., Any], data: Any, ids: Any, count: int | None, sorted: bool
) -> Any:
    """Call the operation; symbolic, and without a count, it has a first axis not known yet."""
    _check_ids(data, ids)
    if count is not None or not isinstance(data, KerasTensor):
        return function(data, ids, count, sorted)
    result = KerasTensor((None, *data.shape[1:]), data.dtype)
    Node(function, (data, ids, None, sorted), {}, result)
    return result


def _check_ids(data: Any, ids: Any) -> None:
    rows, given = _shape(data), _shape(ids)
    if len(given) != 1 or not rows or (None not in (rows[0], given[0]) and rows[0] != given[0]):
        raise ValueError(
            f"Expected segment_ids of one axis, with one id for each row of the data; received "
            f"segment_ids of shape {given} and data of shape {rows}."
        )


def _shape(x: Any) -> tuple[int | None, ...]:
    return tuple(x.shape if hasattr(x, "shape") else as_tensor(x).shape)


def _reduced(data: Tensor, ids: Tensor, count: int | None, reduction: str) -> Tensor:
    """Reduce the rows of every segment; those left out go into one more, which is cut off."""
    if count is None:
        count = int(ids.max()) + 1 if ids.numel() else 0
    ids = torch.where((ids >= 0) & (ids < count), ids, count).long()
    work = _workable(data)
    result = work.new_full((count + 1, *data.shape[1:]), _EMPTY[reduction](data.dtype))
    if reduction == "sum":
        result = result.index_add(0, ids, work)
    else:
        ids = ids.view(-1, *(1,) * (data.ndim - 1)).expand_as(work)
        result = result.scatter_reduce(0, ids, work, reduction)
    return result[:-1].to(data.dtype)


def _workable(data: Tensor) -> Tensor:
    """Return the data in a type in which torch reduces, and half precision does not pile up."""
    if data.dtype is torch.bool:
        return data.int()
    return data.float() if data.dtype in (torch.float16, torch.bfloat16) else data


def _least(kind: torch.dtype) -> float | int:
    if kind is torch.bool:
        return 0
    return -float("inf") if kind.is_floating_point else torch.iinfo(kind).min


def _greatest(kind: torch.dtype) -> float | int:
    if kind is torch.bool:
        return 1
    return float("inf") if kind.is_floating_point else torch.iinfo(kind).max


_EMPTY: dict[str, Callable[[torch.dtype], float | int]] = {
    "sum": lambda kind: 0,
    "prod": lambda kind: 1,
    "amax": _least,
    "amin": _greatest,
}
