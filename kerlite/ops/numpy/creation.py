"""New tensors, filled by a rule."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import config, dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.ops.numpy.operands import DTYPE_BY_NAME

__all__ = [
    "array",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "identity",
    "ones",
    "ones_like",
    "tri",
    "vander",
    "zeros",
    "zeros_like",
]

_NUMBERS = (bool, int, float, complex)


@operation(None)
def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor filled with 0.

    Args:
        shape: the sizes, or one size.
        dtype: the number type; by default floatx.

    Example:
        >>> zeros((2, 2))
        tensor([[0., 0.],
                [0., 0.]])

    Source: keras.ops.zeros.
    """
    return torch.zeros(_sizes(shape), dtype=dtypes.to_torch_dtype(dtype), device=config.device())


@operation(None)
def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor filled with 1.

    Args:
        shape: the sizes, or one size.
        dtype: the number type; by default floatx.

    Example:
        >>> ones(3)
        tensor([1., 1., 1.])

    Source: keras.ops.ones.
    """
    return torch.ones(_sizes(shape), dtype=dtypes.to_torch_dtype(dtype), device=config.device())


@operation(None)
def empty(shape: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor whose values are whatever the memory holds.

    Args:
        shape: the sizes, or one size.
        dtype: the number type; by default floatx.

    Example:
        >>> empty((2, 3)).shape
        torch.Size([2, 3])

    Source: keras.ops.empty.
    """
    return torch.empty(_sizes(shape), dtype=dtypes.to_torch_dtype(dtype), device=config.device())


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor filled with a value.

    Args:
        shape: the sizes, or one size.
        fill_value: a number, or a tensor that is broadcast to the shape.
        dtype: the number type; by default floatx.

    Example:
        >>> full((2,), 3)
        tensor([3., 3.])
        >>> full((2, 2), [1, 2], dtype="int32")
        tensor([[1, 2],
                [1, 2]], dtype=torch.int32)

    Source: keras.ops.full.
    """
    return _filled(fill_value, shape, dtype)


@operation("numpy", settled=DTYPE_BY_NAME)
def zeros_like(x: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor of the shape of `x`, filled with 0.

    Args:
        x: a tensor, array or list; the result is on its device.
        dtype: the number type; by default that of `x`.

    Example:
        >>> zeros_like([1, 2])
        tensor([0, 0], dtype=torch.int32)

    Source: keras.ops.zeros_like.
    """
    return torch.zeros_like(as_tensor(x), dtype=_kind(dtype))


@operation("numpy", settled=DTYPE_BY_NAME)
def ones_like(x: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor of the shape of `x`, filled with 1.

    Args:
        x: a tensor, array or list; the result is on its device.
        dtype: the number type; by default that of `x`.

    Example:
        >>> ones_like([1.5, 2.5])
        tensor([1., 1.])

    Source: keras.ops.ones_like.
    """
    return torch.ones_like(as_tensor(x), dtype=_kind(dtype))


@operation("numpy", settled=DTYPE_BY_NAME)
def empty_like(x: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor of the shape of `x`, whose values are whatever the memory holds.

    Args:
        x: a tensor, array or list; the result is on its device.
        dtype: the number type; by default that of `x`.

    Example:
        >>> empty_like([1, 2]).dtype
        torch.int32

    Source: keras.ops.empty_like.
    """
    return torch.empty_like(as_tensor(x), dtype=_kind(dtype))


@operation("numpy", inputs=2, settled=DTYPE_BY_NAME)
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """Return a new tensor of the shape of `x`, filled with a value.

    Args:
        x: a tensor, array or list; the result is on its device.
        fill_value: a number, or a tensor that is broadcast to the shape.
        dtype: the number type; by default that of `x`.

    Example:
        >>> full_like([1.0, 2.0], 7)
        tensor([7., 7.])

    Source: keras.ops.full_like.
    """
    x = as_tensor(x)
    kind = _kind(dtype) or x.dtype
    if type(fill_value) in _NUMBERS:
        return torch.full_like(x, fill_value, dtype=kind)
    return as_tensor(fill_value).to(x.device, kind).expand(x.shape).clone()


@operation("numpy", settled=DTYPE_BY_NAME)
def array(x: Any, dtype: Any = None) -> Tensor:
    """Return `x` as a tensor; a tensor of the right type as it is, not copied.

    Args:
        x: a tensor, array, nested list or number.
        dtype: the number type; by default that of `x`, for Python's numbers int32 or floatx.

    Example:
        >>> array([1, 2], dtype="float32")
        tensor([1., 2.])

    Source: keras.ops.array.
    """
    x = as_tensor(x)
    return x if dtype is None else x.to(dtypes.to_torch_dtype(dtype))


@operation(None)
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Return a matrix with 1 on a diagonal and 0 elsewhere.

    Args:
        N: how many rows.
        M: how many columns; by default `N`.
        k: which diagonal: 0 for the main one, 1 for the one above it, -1 for the one below.
        dtype: the number type; by default floatx.

    Example:
        >>> eye(2, 3, k=1)
        tensor([[0., 1., 0.],
                [0., 0., 1.]])

    Source: keras.ops.eye.
    """
    x = zeros((N, N if M is None else M), dtype)
    x.diagonal(k).fill_(1)
    return x


@operation(None)
def identity(n: int, dtype: Any = None) -> Tensor:
    """Return the square matrix with 1 on the diagonal and 0 elsewhere.

    Args:
        n: how many rows and columns.
        dtype: the number type; by default floatx.

    Example:
        >>> identity(2)
        tensor([[1., 0.],
                [0., 1.]])

    Source: keras.ops.identity.
    """
    return torch.eye(n, dtype=dtypes.to_torch_dtype(dtype), device=config.device())


@operation(None)
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Return a matrix with 1 on a diagonal and below it, and 0 above.

    Args:
        N: how many rows.
        M: how many columns; by default `N`.
        k: which diagonal: 0 for the main one, 1 for the one above it, -1 for the one below.
        dtype: the number type; by default floatx.

    Example:
        >>> tri(2, 3)
        tensor([[1., 0., 0.],
                [1., 1., 0.]])

    Source: keras.ops.tri.
    """
    return torch.tril(ones((N, N if M is None else M), dtype), k)


@operation("numpy")
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """Return the matrix whose columns are the powers of `x`.

    Args:
        x: a vector.
        N: how many columns, from power `N - 1` down to 0; by default the length of `x`.
        increasing: whether the powers go up instead.

    Raises:
        ValueError: if `x` is no vector.

    Example:
        >>> vander([1, 2, 3], N=2)
        tensor([[1, 1],
                [2, 1],
                [3, 1]], dtype=torch.int32)

    Source: keras.ops.vander; 64-bit types stay, which Keras on torch cuts to 32 bits.
    """
    x = as_tensor(x)
    if x.ndim != 1:
        raise ValueError(f"vander() takes a vector; received x of shape {tuple(x.shape)}.")
    powers = torch.arange(len(x) if N is None else N, device=x.device)
    if not increasing:
        powers = powers.flip(0)
    return torch.pow(x[:, None], powers).to(x.dtype)


@operation("numpy", "Full", settled=DTYPE_BY_NAME)
def _filled(fill_value: Any, shape: Any, dtype: Any = None) -> Tensor:
    """Keras's `Full` is called on the value; the shape is an option of it."""
    kind = dtypes.to_torch_dtype(dtype)
    sizes = _sizes(shape)
    if type(fill_value) in _NUMBERS:
        return torch.full(sizes, fill_value, dtype=kind, device=config.device())
    return as_tensor(fill_value).to(kind).expand(sizes).clone()


def _sizes(shape: Any) -> Any:
    return (shape,) if isinstance(shape, int) else shape


def _kind(dtype: Any) -> torch.dtype | None:
    return None if dtype is None else dtypes.to_torch_dtype(dtype)
