"""Operations that put the axes, or the elements along them, into another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation

__all__ = [
    "flip", "fliplr", "flipud", "moveaxis", "roll", "rot90", "swapaxes", "transpose",
]  # fmt: skip


@operation("numpy")
def flip(x: Any, axis: int | Sequence[int] | None = None) -> Tensor:
    """Return a copy with the elements in reverse order along axes.

    Args:
        x: a tensor.
        axis: along which axes, all by default.

    Example:
        >>> flip([[1, 2], [3, 4]], axis=1)
        tensor([[2, 1],
                [4, 3]], dtype=torch.int32)

    Source: keras.ops.flip.
    """
    x = as_tensor(x)
    if axis is None:
        axis = range(x.ndim)
    return x.flip((axis,) if isinstance(axis, int) else tuple(axis))


@operation("numpy")
def fliplr(x: Any) -> Tensor:
    """Return a copy with axis 1 in reverse order: left and right exchanged.

    Example:
        >>> fliplr([[1, 2], [3, 4]])
        tensor([[2, 1],
                [4, 3]], dtype=torch.int32)

    Source: keras.ops.fliplr.
    """
    return as_tensor(x).fliplr()


@operation("numpy")
def flipud(x: Any) -> Tensor:
    """Return a copy with axis 0 in reverse order: up and down exchanged.

    Example:
        >>> flipud([[1, 2], [3, 4]])
        tensor([[3, 4],
                [1, 2]], dtype=torch.int32)

    Source: keras.ops.flipud.
    """
    return as_tensor(x).flipud()


@operation("numpy")
def moveaxis(x: Any, source: Any, destination: Any) -> Tensor:
    """Return a view of `x` with axes moved; the others keep their order.

    Args:
        x: a tensor.
        source: the axis, or axes, to move.
        destination: where each of them goes.

    Example:
        >>> moveaxis(torch.zeros(2, 3, 4), 0, -1).shape
        torch.Size([3, 4, 2])

    Source: keras.ops.moveaxis.
    """
    return as_tensor(x).movedim(source, destination)


@operation("numpy")
def roll(x: Any, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Tensor:
    """Return a copy whose elements moved along axes; those that leave come back at the start.

    Args:
        x: a tensor.
        shift: by how many places; one number for all axes, or one for each.
        axis: along which axes; None moves the elements in row-major order, across axes.

    Example:
        >>> roll([1, 2, 3, 4], 1)
        tensor([4, 1, 2, 3], dtype=torch.int32)

    Source: keras.ops.roll; as in NumPy, one shift may serve several axes.
    """
    x = as_tensor(x)
    if type(shift) is type(axis) is int:
        return x.roll(shift, axis)
    if axis is None:
        return x.roll(shift if isinstance(shift, int) else sum(shift))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    shifts = (shift,) if isinstance(shift, int) else tuple(shift)
    if len(shifts) == 1:
        shifts *= len(axes)
    elif len(axes) == 1:
        axes *= len(shifts)
    return x.roll(shifts, axes)


@operation("numpy")
def rot90(array: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Tensor:
    """Return a tensor turned by 90 degrees in the plane of two axes.

    Args:
        array: a tensor of two axes or more.
        k: how often, from the first axis towards the second; negative turns the other way.
        axes: the two axes.

    Example:
        >>> rot90([[1, 2], [3, 4]])
        tensor([[2, 4],
                [1, 3]], dtype=torch.int32)

    Source: keras.ops.rot90.
    """
    return torch.rot90(as_tensor(array), k, tuple(axes))


@operation("numpy")
def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Return a view of `x` with two axes exchanged.

    Example:
        >>> swapaxes(torch.zeros(2, 3, 4), 0, -1).shape
        torch.Size([4, 3, 2])

    Source: keras.ops.swapaxes.
    """
    return as_tensor(x).swapaxes(axis1, axis2)


@operation("numpy")
def transpose(x: Any, axes: Sequence[int] | None = None) -> Tensor:
    """Return a view of `x` with its axes in another order.

    Args:
        x: a tensor.
        axes: the old axes in their new order; reversed by default.

    Example:
        >>> transpose(torch.zeros(2, 3, 4), (1, 0, 2)).shape
        torch.Size([3, 2, 4])

    Source: keras.ops.transpose.
    """
    x = as_tensor(x)
    return torch.permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes))
