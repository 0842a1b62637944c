"""Operations on the diagonals of matrices, and on what lies on either side of them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation

__all__ = ["diag", "diagflat", "diagonal", "tril", "triu"]


@operation("numpy")
def diag(x: Any, k: int = 0) -> Tensor:
    """Return a diagonal of a matrix, or the square matrix with a vector on its diagonal.

    Args:
        x: a tensor of one axis or two.
        k: which diagonal: positive above the main one, negative below.

    Example:
        >>> diag([[1, 2], [3, 4]]), diag([1, 2], k=1).shape
        (tensor([1, 4], dtype=torch.int32), torch.Size([3, 3]))

    Source: keras.ops.diag.
    """
    return as_tensor(x).diag(k)


@operation("numpy")
def diagflat(x: Any, k: int = 0) -> Tensor:
    """Return the square matrix with all elements of `x` on its diagonal.

    Args:
        x: a tensor.
        k: which diagonal: positive above the main one, negative below.

    Example:
        >>> diagflat([[1, 2]])
        tensor([[1, 0],
                [0, 2]], dtype=torch.int32)

    Source: keras.ops.diagflat.
    """
    return as_tensor(x).diagflat(k)


@operation("numpy")
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """Return a view of the diagonals of the matrices that two axes span.

    Args:
        x: a tensor of two axes or more.
        offset: which diagonal: positive above the main one, negative below.
        axis1: the axis of the rows.
        axis2: the axis of the columns.

    Shape:
        the axes of `x` without the two, and the diagonal at the end.

    Example:
        >>> diagonal([[1, 2], [3, 4]], offset=1)
        tensor([2], dtype=torch.int32)

    Source: keras.ops.diagonal.
    """
    return as_tensor(x).diagonal(offset, axis1, axis2)


@operation("numpy")
def tril(x: Any, k: int = 0) -> Tensor:
    """Return a copy of matrices with zeros above a diagonal.

    Args:
        x: a tensor of two axes or more; the last two are the matrices.
        k: the last diagonal that stays: positive above the main one, negative below.

    Example:
        >>> tril([[1, 2], [3, 4]])
        tensor([[1, 0],
                [3, 4]], dtype=torch.int32)

    Source: keras.ops.tril.
    """
    return torch.tril(as_tensor(x), k)


@operation("numpy")
def triu(x: Any, k: int = 0) -> Tensor:
    """Return a copy of matrices with zeros below a diagonal.

    Args:
        x: a tensor of two axes or more; the last two are the matrices.
        k: the first diagonal that stays: positive above the main one, negative below.

    Example:
        >>> triu([[1, 2], [3, 4]])
        tensor([[1, 2],
                [0, 4]], dtype=torch.int32)

    Source: keras.ops.triu.
    """
    return torch.triu(as_tensor(x), k)
