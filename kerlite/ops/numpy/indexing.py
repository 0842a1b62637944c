"""Operations that pick elements by their places."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.op_forms import register_op, write_as
from kerlite.core.operation import operation

__all__ = ["get_item", "take", "take_along_axis", "unravel_index"]

_INDICES = (torch.int64, torch.int32)


@operation("numpy", inputs=2)
def get_item(x: Any, key: Any) -> Tensor:
    """Return `x[key]`; a view of `x` if the key has no lists or tensors in it.

    Args:
        x: a tensor.
        key: a number, slice, None, Ellipsis, list, boolean or integer tensor, or a tuple of them.

    Example:
        >>> get_item([[1, 2], [3, 4]], (slice(None), 1))
        tensor([2, 4], dtype=torch.int32)

    Source: keras.ops.get_item; a list picks several rows, of symbolic tensors too.
    """
    return as_tensor(x)[key]


def _read_item(x: Any, key: Any) -> Any:
    """Compute `get_item` as a file says, which has lists for tuples."""
    return get_item(x, tuple(key) if isinstance(key, list) else key)


register_op(_read_item, "GetItem", inputs=2)
write_as("GetItem", get_item)


@operation("numpy", inputs=2)
def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """Return the elements of `x`, or its slices along an axis, at the given places.

    Args:
        x: a tensor.
        indices: integers of any shape in [-size, size); negative ones count from the end.
        axis: along which axis; None flattens `x` first.

    Shape:
        that of `x` with the axis replaced by the shape of `indices`.

    Raises:
        ValueError: if the axis, or (on the CPU) an index, is out of range.

    Example:
        >>> take([[1, 2], [3, 4]], [1, -1, 0], axis=1)
        tensor([[2, 2, 1],
                [4, 4, 3]], dtype=torch.int32)

    Source: keras.ops.take; negative indices without an axis count from the end of all elements.
    """
    x, indices = as_tensor(x), _integers(indices)
    ndim = x.ndim
    if axis is None:
        x, axis = x.reshape(-1), 0
    elif not -ndim <= axis < ndim:
        raise ValueError(f"take() has no axis {axis} in the shape {tuple(x.shape)}.")
    elif axis < 0:
        axis += ndim
    if indices.ndim == 1:
        return x[(slice(None),) * axis + (indices,)]
    # a single index tensor without axes would wait for its value
    found = x[(slice(None),) * axis + (indices.reshape(-1),)]
    return found.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1 :])


@operation("numpy", inputs=2)
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """Return the elements along an axis that indices name, each for its own row of `x`.

    Args:
        x: a tensor.
        indices: integers in [-size, size) with as many axes as `x`; but for the axis, the shapes
            must broadcast.
        axis: along which axis; None flattens both first.

    Example:
        >>> take_along_axis([[1, 2], [3, 4]], [[1], [0]], axis=1)
        tensor([[2],
                [3]], dtype=torch.int32)

    Source: keras.ops.take_along_axis; negative indices without an axis count from the end of all
    elements.
    """
    x, indices = as_tensor(x), _integers(indices).long()
    size = x.numel() if axis is None else x.size(axis)
    return torch.take_along_dim(x, torch.where(indices < 0, indices + size, indices), axis)


@operation("numpy")
def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """Return, for places in row-major order, their coordinates along each axis of a shape.

    Args:
        indices: integers in [0, number of elements).
        shape: the sizes.

    Shape:
        as many tensors as `shape` has sizes, each like `indices`.

    Example:
        >>> unravel_index([3, 5], (2, 3))
        (tensor([1, 1], dtype=torch.int32), tensor([0, 2], dtype=torch.int32))

    Source: keras.ops.unravel_index.
    """
    indices = as_tensor(indices)
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    return tuple(found.to(indices.dtype) for found in torch.unravel_index(indices, sizes))


def _integers(indices: Any) -> Tensor:
    """Return indices in a type that torch does not take for a mask."""
    indices = as_tensor(indices)
    return indices if indices.dtype in _INDICES else indices.long()
