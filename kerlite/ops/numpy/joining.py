"""Operations that join tensors, or one tensor with itself."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote_all
from kerlite.core.shapes_only import unknown_size

__all__ = [
    "append", "concatenate", "dstack", "hstack", "repeat", "stack", "tile", "vstack",
]  # fmt: skip


@operation("numpy", inputs=2)
def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """Return `x2` put after `x1`.

    Args:
        x1: a tensor.
        x2: a tensor of the same shape but for the axis.
        axis: along which axis; None flattens both first.

    Example:
        >>> append([[1, 2]], [[3, 4]])
        tensor([1, 2, 3, 4], dtype=torch.int32)

    Source: keras.ops.append.
    """
    return _concatenated((x1, x2), axis)


@operation("numpy")
def concatenate(xs: Any, axis: int | None = 0) -> Tensor:
    """Return tensors one after another along an axis they have.

    Args:
        xs: tensors of the same shape but for the axis; of different number types the common one
            comes out.
        axis: along which axis; None flattens them first.

    Example:
        >>> concatenate([torch.tensor([1, 2]), [0.5]])
        tensor([1.0000, 2.0000, 0.5000])

    Source: keras.ops.concatenate; None as in NumPy.
    """
    return _concatenated(xs, axis)


@operation("numpy")
def stack(x: Any, axis: int = 0) -> Tensor:
    """Return tensors of one shape side by side along a new axis.

    Args:
        x: the tensors.
        axis: the place of the new axis in the result.

    Example:
        >>> stack([[1, 2], [3, 4]], axis=1)
        tensor([[1, 3],
                [2, 4]], dtype=torch.int32)

    Source: keras.ops.stack.
    """
    return torch.stack(_of_one_type(x), axis)


@operation("numpy")
def hstack(xs: Any) -> Tensor:
    """Return tensors joined along axis 1, those of one axis or none along axis 0.

    Example:
        >>> hstack([[1, 2], [3]])
        tensor([1, 2, 3], dtype=torch.int32)

    Source: keras.ops.hstack.
    """
    return torch.hstack(_of_one_type(xs))


@operation("numpy")
def vstack(xs: Any) -> Tensor:
    """Return tensors joined along axis 0; those of one axis or none count as rows.

    Example:
        >>> vstack([[1, 2], [3, 4]])
        tensor([[1, 2],
                [3, 4]], dtype=torch.int32)

    Source: keras.ops.vstack.
    """
    return torch.vstack(_of_one_type(xs))


@operation("numpy")
def dstack(xs: Any) -> Tensor:
    """Return tensors joined along axis 2, which those of fewer axes get first.

    Example:
        >>> dstack([[1, 2], [3, 4]])
        tensor([[[1, 3],
                 [2, 4]]], dtype=torch.int32)

    Source: keras.ops.dstack.
    """
    return torch.dstack(_of_one_type(xs))


@operation("numpy")
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Return each element, or each slice along an axis, several times in a row.

    Args:
        x: a tensor.
        repeats: how often: one number, or one for each slice.
        axis: along which axis; None flattens `x` first.

    Example:
        >>> repeat([1, 2], 2), repeat([1, 2], [2, 1])
        (tensor([1, 1, 2, 2], dtype=torch.int32), tensor([1, 1, 2], dtype=torch.int32))

    Source: keras.ops.repeat.
    """
    x = as_tensor(x)
    if axis is None:
        x, axis = x.reshape(-1), 0
    if isinstance(repeats, Tensor):
        return x.repeat_interleave(repeats, axis, output_size=unknown_size(x))
    counts = repeats if isinstance(repeats, int) else [int(count) for count in repeats]
    if isinstance(counts, list):
        if len(counts) > 1:
            total = sum(counts)
            return x.repeat_interleave(
                torch.tensor(counts, device=x.device), axis, output_size=total
            )
        (counts,) = counts
    return x.repeat_interleave(counts, axis)


@operation("numpy")
def tile(x: Any, repeats: Any) -> Tensor:
    """Return `x` side by side with copies of itself.

    Args:
        x: a tensor.
        repeats: how often along each of the last axes; where there are more numbers than axes,
            `x` gets axes of size 1 in front.

    Example:
        >>> tile([1, 2], (2, 2))
        tensor([[1, 2, 1, 2],
                [1, 2, 1, 2]], dtype=torch.int32)

    Source: keras.ops.tile.
    """
    if not isinstance(repeats, (int, tuple, list)):
        repeats = repeats.tolist()
    return torch.tile(as_tensor(x), (repeats,) if isinstance(repeats, int) else repeats)


def _concatenated(xs: Any, axis: int | None) -> Tensor:
    tensors = _of_one_type(xs)
    if axis is None:
        return torch.cat([x.reshape(-1) for x in tensors])
    return torch.cat(tensors, axis)


def _of_one_type(xs: Any) -> list[Tensor]:
    """Return the tensors in a sequence, or along axis 0 of a tensor, with their common type."""
    xs = list(xs)
    kinds = {x.dtype if isinstance(x, Tensor) else None for x in xs}
    return xs if len(kinds) == 1 and None not in kinds else promote_all(xs)
