"""Products of vectors, matrices and tensors."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.alike import are_floats
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote, promote_all
from kerlite.ops.numpy import reductions

__all__ = [
    "cross", "dot", "einsum", "inner", "kron", "matmul", "outer", "slogdet", "tensordot", "trace",
    "vdot",
]  # fmt: skip


@operation("numpy", inputs=2)
def matmul(x1: Any, x2: Any) -> Tensor:
    """Return the matrix product: y[..., i, j] = sum over k of x1[..., i, k] * x2[..., k, j].

    Args:
        x1: a tensor (..., n, k), or (k,) for a row.
        x2: a tensor (..., k, m), or (k,) for a column; leading dimensions broadcast.

    Returns:
        A tensor (..., n, m), without n or m where that operand was a vector. Two int8 operands
        give int32.

    Example:
        >>> matmul(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1]))
        tensor([3, 7])

    Source: keras.ops.matmul.
    """
    x1, x2 = as_tensor(x1), as_tensor(x2)
    if x1.dtype is x2.dtype is torch.int8:
        x1, x2 = x1.to(torch.int32), x2.to(torch.int32)
    return _product(torch.matmul, x1, x2)


@operation("numpy", inputs=2)
def dot(x1: Any, x2: Any) -> Tensor:
    """Return the sums of products over the last axis of one tensor and the last but one of another.

    y[i, j, k, m] = sum over n of x1[i, j, n] * x2[k, n, m]; of two vectors the inner product, of
    two matrices `matmul`, with a number the product.

    Args:
        x1: a tensor or a number.
        x2: a tensor or a number.

    Example:
        >>> dot(torch.tensor([1, 2]), torch.tensor([3, 4]))
        tensor(11)

    Source: keras.ops.dot; with more than two dimensions as in NumPy, where Keras on torch
    multiplies matrices.
    """
    x1, x2 = as_tensor(x1), as_tensor(x2)
    if not x1.ndim or not x2.ndim:
        x1, x2 = promote(x1, x2)
        return x1 * x2
    if x2.ndim < 3:
        return _product(torch.matmul, x1, x2)
    return _product(torch.tensordot, x1, x2, ([-1], [-2]))


@operation("numpy", inputs=2)
def vdot(x1: Any, x2: Any) -> Tensor:
    """Return the inner product of two flattened tensors: sum(conj(x1) * x2).

    Args:
        x1: a tensor.
        x2: a tensor with as many elements.

    Example:
        >>> vdot(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1, 1], [0, 1]]))
        tensor(7)

    Source: keras.ops.vdot; any rank, where Keras on torch takes vectors only.
    """
    return _product(torch.vdot, as_tensor(x1).reshape(-1), as_tensor(x2).reshape(-1))


@operation("numpy", inputs=2)
def inner(x1: Any, x2: Any) -> Tensor:
    """Return the sums of products over the last axes: y[i, j] = sum over k of x1[i, k] * x2[j, k].

    Args:
        x1: a tensor (..., k), or a number.
        x2: a tensor (..., k), or a number.

    Example:
        >>> inner(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1]))
        tensor([3, 7])

    Source: keras.ops.inner.
    """
    return _product(torch.inner, x1, x2)


@operation("numpy", inputs=2)
def outer(x1: Any, x2: Any) -> Tensor:
    """Return the products of all pairs of elements: y[i, j] = x1[i] * x2[j].

    Args:
        x1: a tensor; it is flattened.
        x2: a tensor; it is flattened.

    Example:
        >>> outer(torch.tensor([1, 2]), torch.tensor([3, 4]))
        tensor([[3, 4],
                [6, 8]])

    Source: keras.ops.outer.
    """
    x1, x2 = promote(as_tensor(x1), as_tensor(x2))
    return x1.reshape(-1, 1) * x2.reshape(-1)


@operation("numpy", inputs=2)
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """Return the sums of products over pairs of axes of two tensors.

    Args:
        x1: a tensor.
        x2: a tensor.
        axes: the number n of axes, the last n of `x1` with the first n of `x2`; or a pair: an axis
            or several of `x1`, and those of `x2` that they meet.

    Example:
        >>> tensordot(torch.ones(2, 3, 4), torch.ones(4, 3, 5), axes=([1, 2], [1, 0])).shape
        torch.Size([2, 5])

    Source: keras.ops.tensordot.
    """
    if isinstance(axes, (list, tuple)):
        axes = tuple(one if isinstance(one, (list, tuple)) else (one,) for one in axes)
    return _product(torch.tensordot, x1, x2, axes)


@operation("numpy", inputs=2)
def kron(x1: Any, x2: Any) -> Tensor:
    """Return the Kronecker product: `x2` once for each element of `x1`, multiplied by it.

    Args:
        x1: a tensor.
        x2: a tensor.

    Example:
        >>> kron(torch.tensor([1, 10]), torch.tensor([1, 2]))
        tensor([ 1,  2, 10, 20])

    Source: keras.ops.kron.
    """
    return torch.kron(*promote(as_tensor(x1), as_tensor(x2)))


@operation("numpy", inputs=2)
def cross(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Tensor:
    """Return the cross product of vectors of 3 elements, or 2: then the third one is zero.

    Args:
        x1: a tensor of vectors.
        x2: a tensor of vectors; the other dimensions broadcast.
        axisa: the axis of `x1` that has the vectors.
        axisb: the axis of `x2` that has them.
        axisc: the axis of the result that has them. Of two vectors of 2 elements the result is
            the third element alone, without that axis.
        axis: an axis that stands for all three of them.

    Raises:
        ValueError: if the vectors have neither 2 nor 3 elements.

    Example:
        >>> cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0]))
        tensor([0, 0, 1])

    Source: keras.ops.cross; all axes and vectors of 2 elements work, which Keras on torch refuses.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x1, x2 = promote(as_tensor(x1), as_tensor(x2))
    x1, x2 = x1.movedim(axisa, -1), x2.movedim(axisb, -1)
    sizes = x1.shape[-1], x2.shape[-1]
    if not set(sizes) <= {2, 3}:
        raise ValueError(f"A cross product is one of vectors of 2 or 3 elements; received {sizes}.")
    if sizes == (2, 2):
        return x1[..., 0] * x2[..., 1] - x1[..., 1] * x2[..., 0]
    x1, x2 = (F.pad(x, (0, 3 - x.shape[-1])) for x in (x1, x2))
    return torch.linalg.cross(*torch.broadcast_tensors(x1, x2)).movedim(-1, axisc)


@operation("numpy")
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """Return the sum of a diagonal: of x[i, i + offset].

    Args:
        x: a tensor of at least two dimensions. Integers below 32 bits are summed in int32.
        offset: how far above the main diagonal.
        axis1: the axis of the rows.
        axis2: the axis of the columns.

    Example:
        >>> trace(torch.tensor([[1, 2], [3, 4]])), trace(torch.tensor([[1, 2], [3, 4]]), offset=1)
        (tensor(5), tensor(2))

    Source: keras.ops.trace.
    """
    return reductions.sum(torch.diagonal(as_tensor(x), offset, axis1, axis2), -1)


@operation("numpy")
def slogdet(x: Any) -> tuple[Tensor, Tensor]:
    """Return the sign of the determinant of matrices, and the logarithm of its absolute value.

    Args:
        x: a tensor (..., n, n); integers become floatx.

    Returns:
        Two tensors (...,); of a singular matrix zero and minus infinity.

    Example:
        >>> sign, logarithm = slogdet(torch.tensor([[0.0, 1.0], [1.0, 0.0]]))
        >>> sign, logarithm
        (tensor(-1.), tensor(0.))

    Source: keras.ops.slogdet.
    """
    sign, logarithm = torch.linalg.slogdet(as_floating(x))
    return sign, logarithm


def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Tensor:
    """Return a sum of products in Einstein's notation: one letter for each axis.

    Letters that the result lacks are summed over; "..." stands for any other axes.

    Args:
        subscripts: such as "ij,jk->ik".
        *operands: as many tensors. If all are int8 the result is int32.
        **kwargs: only `optimize`, NumPy's hint for the order of the products; torch finds one
            itself, and the result is the same.

    Raises:
        TypeError: if there are other keyword arguments.

    Example:
        >>> einsum("ij,j->i", torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1]))
        tensor([3, 7])

    Source: keras.ops.einsum; operands of different types are promoted.
    """
    unknown = sorted(kwargs.keys() - {"optimize"}) if kwargs else None
    if unknown:
        raise TypeError(f"einsum has no arguments {unknown}; only optimize. Leave them out.")
    return _einsum(*operands, subscripts=subscripts)


# Keras's file form has the operands in the call, however many, and the subscripts as an option.
@operation("numpy", "Einsum", inputs=99, options={"subscripts": ("subscripts", None)})
def _einsum(*operands: Any, subscripts: str) -> Tensor:
    if are_floats(operands):  # the usual, in one step
        return torch.einsum(subscripts, *operands)
    tensors = [as_tensor(x) for x in operands]
    kinds = {x.dtype for x in tensors}
    if len(kinds) != 1:
        tensors = promote_all(tensors)
    kind = torch.int32 if kinds == {torch.int8} else tensors[0].dtype
    if kind.is_floating_point or kind.is_complex:
        return torch.einsum(subscripts, *tensors)
    computed = _computed_in(kind, tensors[0].device)
    return torch.einsum(subscripts, *(x.to(computed) for x in tensors)).to(kind)


def _product(function: Any, x1: Any, x2: Any, *options: Any) -> Tensor:
    x1, x2 = promote(as_tensor(x1), as_tensor(x2))
    kind = x1.dtype
    if kind.is_floating_point or kind.is_complex:
        return function(x1, x2, *options)
    computed = _computed_in(kind, x1.device)
    return function(x1.to(computed), x2.to(computed), *options).to(kind)


def _computed_in(kind: torch.dtype, device: torch.device) -> torch.dtype:
    """Return the type for products that torch lacks: of booleans, and on a GPU of integers."""
    if device.type != "cpu":
        return torch.float64  # exact up to 2 ** 53
    return torch.int32 if kind is torch.bool else kind
