"""Reductions over the rows of a tensor that belong together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.shapes_only import unknown_size

__all__ = ["segment_max", "segment_min", "segment_prod", "segment_sum"]


@operation("math", inputs=2)
def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
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
    return _reduced(data, segment_ids, num_segments, "sum")


@operation("math", inputs=2)
def segment_max(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
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
    return _reduced(data, segment_ids, num_segments, "amax")


@operation("math", inputs=2)
def segment_min(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
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
    return _reduced(data, segment_ids, num_segments, "amin")


@operation("math", inputs=2)
def segment_prod(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
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
    return _reduced(data, segment_ids, num_segments, "prod")


def _reduced(data: Any, ids: Any, count: int | None, reduction: str) -> Tensor:
    """Reduce the rows of every segment; those left out go before or behind all, and are cut off."""
    data, ids = as_tensor(data), as_tensor(ids)
    sizes, given, kind = data.shape, ids.shape, data.dtype
    if len(given) != 1 or not sizes or sizes[0] != given[0]:
        raise ValueError(
            f"Expected segment_ids of one axis, with one id for each row of the data; received "
            f"segment_ids of shape {tuple(given)} and data of shape {tuple(sizes)}."
        )
    if count is None:
        count = _number_of_segments(data, ids)
    ids = ids if ids.dtype is torch.int64 else ids.long()
    places = ids.clamp(-1, count) + 1
    wide = _WIDER.get(kind)
    work = data if wide is None else data.to(wide)
    _, *others = sizes  # a slice of torch's sizes takes longer
    if reduction == "sum":
        result = work.new_zeros(count + 2, *others).index_add(0, places, work)
    else:
        result = work.new_full((count + 2, *others), _EMPTY[reduction](kind))
        places = places.view(-1, *(1,) * (data.ndim - 1)).expand_as(work)
        result = result.scatter_reduce(0, places, work, reduction)
    return result[1:-1] if wide is None else result[1:-1].to(kind)


def _number_of_segments(data: Tensor, ids: Tensor) -> int:
    stand_in = unknown_size(data) or unknown_size(ids)
    return stand_in or (int(ids.max()) + 1 if ids.numel() else 0)


def _least(kind: torch.dtype) -> float | int:
    if kind is torch.bool:
        return 0
    return -float("inf") if kind.is_floating_point else torch.iinfo(kind).min


def _greatest(kind: torch.dtype) -> float | int:
    if kind is torch.bool:
        return 1
    return float("inf") if kind.is_floating_point else torch.iinfo(kind).max


# Types in which torch reduces, and half precision does not pile up.
_WIDER = {torch.bool: torch.int32, torch.float16: torch.float32, torch.bfloat16: torch.float32}
_EMPTY: dict[str, Callable[[torch.dtype], float | int]] = {
    "prod": lambda kind: 1,
    "amax": _least,
    "amin": _greatest,
}
