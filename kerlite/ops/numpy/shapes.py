"""Operations that give the same elements another shape or number type."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation

__all__ = [
    "broadcast_to", "copy", "expand_dims", "ndim", "ravel", "reshape", "size", "squeeze", "view",
]  # fmt: skip


@operation("numpy")
def broadcast_to(x: Any, shape: Any) -> Tensor:
    """Return `x` repeated to a larger shape, as a view that shares its memory.

    Args:
        x: a tensor.
        shape: the new sizes; each is the old one, or any where the old one is 1 or missing.

    Example:
        >>> broadcast_to([1, 2], (2, 2))
        tensor([[1, 2],
                [1, 2]], dtype=torch.int32)

    Source: keras.ops.broadcast_to.
    """
    return as_tensor(x).broadcast_to((shape,) if isinstance(shape, int) else tuple(shape))


@operation("numpy")
def copy(x: Any) -> Tensor:
    """Return a copy that shares no memory with `x`; gradients flow through it.

    Example:
        >>> x = torch.zeros(2)
        >>> copy(x).add_(1), x
        (tensor([1., 1.]), tensor([0., 0.]))

    Source: keras.ops.copy.
    """
    return as_tensor(x).clone()


@operation("numpy")
def expand_dims(x: Any, axis: int | tuple[int, ...]) -> Tensor:
    """Return a view of `x` with axes of size 1 put in.

    Args:
        x: a tensor.
        axis: where the new axes are in the result, one or several.

    Raises:
        ValueError: if an axis is named twice or is out of range.

    Example:
        >>> expand_dims(torch.zeros(2, 3), (0, -1)).shape
        torch.Size([1, 2, 3, 1])

    Source: keras.ops.expand_dims.
    """
    x = as_tensor(x)
    if isinstance(axis, int):
        return x.unsqueeze(axis)
    ndim = x.ndim + len(axis)
    places = sorted(one + ndim if one < 0 else one for one in axis)
    if len(set(places)) < len(places):
        raise ValueError(f"expand_dims() needs different axes; received axis={axis!r}.")
    for place in places:
        x = x.unsqueeze(place)
    return x


@operation("numpy")
def ndim(x: Any) -> int:
    """Return the number of axes, an int.

    Example:
        >>> ndim([[1, 2]])
        2

    Source: keras.ops.ndim; an int for a symbolic tensor too.
    """
    return as_tensor(x).ndim


@operation("numpy")
def ravel(x: Any) -> Tensor:
    """Return the elements in one axis, in row-major order; a view of `x` where it can be.

    Example:
        >>> ravel([[1, 2], [3, 4]])
        tensor([1, 2, 3, 4], dtype=torch.int32)

    Source: keras.ops.ravel.
    """
    return as_tensor(x).ravel()


@operation("numpy")
def reshape(x: Any, newshape: Any) -> Tensor:
    """Return the elements in another shape, in row-major order; a view of `x` where it can be.

    Args:
        x: a tensor.
        newshape: the new sizes; one may be -1, which follows from the others. None keeps the size
            that `x` has at this place, as in `reshape(x, (x.shape[0], -1))` with an unknown batch.

    Example:
        >>> reshape([[1, 2, 3], [4, 5, 6]], (3, -1)).shape
        torch.Size([3, 2])

    Source: keras.ops.reshape.
    """
    x = as_tensor(x)
    if not isinstance(newshape, (list, tuple)):
        sizes = newshape.tolist() if hasattr(newshape, "tolist") else newshape
        newshape = sizes if isinstance(sizes, list) else (sizes,)
    if None in newshape:
        newshape = [x.size(i) if size is None else size for i, size in enumerate(newshape)]
    return torch.reshape(x, tuple(newshape))


@operation("numpy")
def size(x: Any) -> Tensor:
    """Return the number of elements, as an int32 tensor without axes.

    Example:
        >>> size([[1, 2, 3]])
        tensor(3, dtype=torch.int32)

    Source: keras.ops.size; int32, as Keras says of symbolic tensors (eager ones give it int64).
    """
    x = as_tensor(x)
    return torch.full((), x.numel(), dtype=torch.int32, device=x.device)


@operation("numpy")
def squeeze(x: Any, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """Return a view of `x` without axes of size 1.

    Args:
        x: a tensor.
        axis: which ones, all of them by default.

    Raises:
        ValueError: if the size of a named axis is not 1.

    Example:
        >>> squeeze(torch.zeros(1, 2, 1), axis=0).shape
        torch.Size([2, 1])

    Source: keras.ops.squeeze; as in NumPy, eager tensors are checked too.
    """
    x = as_tensor(x)
    if axis is None:
        return x.squeeze()
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for one in axes:
        if x.size(one) != 1:
            raise ValueError(
                f"squeeze() can take away axes of size 1 only; received axis={axis!r} for the "
                f"shape {tuple(x.shape)}."
            )
    return torch.squeeze(x, axes)


@operation("numpy")
def view(x: Any, dtype: Any = None) -> Tensor:
    """Return the memory of `x` read as another number type; nothing is computed or copied.

    Args:
        x: a tensor.
        dtype: the type; None keeps it. If its size differs, the last axis shrinks or grows.

    Example:
        >>> view(torch.tensor([1.0]), "int32")
        tensor([1065353216], dtype=torch.int32)

    Source: keras.ops.view; as in NumPy, None keeps the type (Keras on torch reads float32).
    """
    x = as_tensor(x)
    return x.view(x.dtype if dtype is None else dtypes.to_torch_dtype(dtype))
