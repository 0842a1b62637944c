"""Sorting, and where elements lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote_all
from kerlite.core.shapes_only import unknown_size

__all__ = [
    "argmax", "argmin", "argpartition", "argsort", "nonzero", "searchsorted", "sort",
]  # fmt: skip


@operation("numpy")
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return where the greatest element lies, as int32; NaN is the greatest.

    Args:
        x: a tensor.
        axis: the axis; None for the position in the flattened tensor.
        keepdims: whether the axis stays, of size one.

    Example:
        >>> argmax(torch.tensor([[1, 5], [3, 2]]), axis=1)
        tensor([1, 0], dtype=torch.int32)

    Source: keras.ops.argmax.
    """
    return torch.argmax(_comparable(x), axis, keepdims).to(torch.int32)


@operation("numpy")
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return where the least element lies, as int32; NaN is the least.

    Args:
        x: a tensor.
        axis: the axis; None for the position in the flattened tensor.
        keepdims: whether the axis stays, of size one.

    Example:
        >>> argmin(torch.tensor([[1, 5], [3, 2]]), axis=1)
        tensor([0, 1], dtype=torch.int32)

    Source: keras.ops.argmin.
    """
    return torch.argmin(_comparable(x), axis, keepdims).to(torch.int32)


@operation("numpy")
def sort(x: Any, axis: int | None = -1) -> Tensor:
    """Return the elements sorted along an axis, the least first and NaN last.

    Args:
        x: a tensor.
        axis: the axis; None for the flattened tensor.

    Example:
        >>> sort(torch.tensor([3, 1, 2]))
        tensor([1, 2, 3])

    Source: keras.ops.sort.
    """
    x, axis = _flat_if_none(as_tensor(x), axis)
    return torch.sort(x, dim=axis).values


@operation("numpy")
def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """Return the positions that sort a tensor along an axis, as int32; equal elements keep order.

    Args:
        x: a tensor.
        axis: the axis; None for the flattened tensor.

    Example:
        >>> argsort(torch.tensor([3, 1, 2]))
        tensor([1, 2, 0], dtype=torch.int32)

    Source: keras.ops.argsort.
    """
    return _order(as_tensor(x), axis)


@operation("numpy")
def argpartition(x: Any, kth: int | Sequence[int], axis: int | None = -1) -> Tensor:
    """Return positions, as int32, that put the k-th least element at k, lesser ones before it.

    Args:
        x: a tensor.
        kth: the k or several, from -n to n - 1 on an axis of n elements.
        axis: the axis; None for the flattened tensor.

    Raises:
        ValueError: if a k is out of range.

    Example:
        >>> argpartition(torch.tensor([0.4, 0.1, 0.3]), 1)
        tensor([1, 2, 0], dtype=torch.int32)

    Source: keras.ops.argpartition; all parts are sorted. On torch Keras compares whole
    numbers only.
    """
    order = _order(as_tensor(x), axis)
    size = order.shape[-1 if axis is None else axis]
    for k in [kth] if isinstance(kth, int) else kth:
        if not -size <= k < size:
            raise ValueError(
                f"kth lies between {-size} and {size - 1} on an axis of {size} elements; "
                f"received kth={kth}."
            )
    return order


@operation("numpy", "SearchSorted", inputs=2)
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Return where values would be inserted to keep a sequence sorted, as int32.

    Args:
        sorted_sequence: an increasing tensor of one dimension.
        values: a tensor of any shape, or a number.
        side: "left" of equal elements or "right" of them.

    Shape:
        That of `values`.

    Raises:
        ValueError: if the sequence has not one dimension.

    Example:
        >>> searchsorted(torch.tensor([1.0, 2.0, 3.0]), [0.5, 2.0, 9.0])
        tensor([0, 1, 3], dtype=torch.int32)

    Source: keras.ops.searchsorted.
    """
    sorted_sequence, values = promote_all((sorted_sequence, values))
    if sorted_sequence.ndim != 1:
        raise ValueError(
            "searchsorted takes a sequence of one dimension; received the shape "
            f"{tuple(sorted_sequence.shape)}. Use kerlite.ops.vectorized_map for more."
        )
    return torch.searchsorted(sorted_sequence, values, side=side, out_int32=True)


@operation("numpy")
def nonzero(x: Any) -> tuple[Tensor, ...]:
    """Return where the elements lie that are not zero: for each dimension their indices, as int32.

    How many there are depends on the values: the device is waited for, and symbolic results have
    an unknown size.

    Args:
        x: a tensor of at least one dimension.

    Example:
        >>> nonzero(torch.tensor([[0, 7], [8, 0]]))
        (tensor([0, 1], dtype=torch.int32), tensor([1, 0], dtype=torch.int32))

    Source: keras.ops.nonzero; a tuple as in NumPy, where Keras on torch stacks the indices.
    """
    x = as_tensor(x)
    size = unknown_size(x)
    if size is None:
        return torch.nonzero(x).to(torch.int32).unbind(1)
    return tuple(x.new_zeros(size, dtype=torch.int32) for _ in x.shape)


def _comparable(x: Any) -> Tensor:
    x = as_tensor(x)
    return x.to(torch.uint8) if x.dtype is torch.bool else x


def _flat_if_none(x: Tensor, axis: int | None) -> tuple[Tensor, int]:
    return (x.reshape(-1), 0) if axis is None else (x, axis)


def _order(x: Tensor, axis: int | None) -> Tensor:
    x, axis = _flat_if_none(x, axis)
    return torch.argsort(x, dim=axis, stable=True).to(torch.int32)
