"""Linear algebra on matrices and batches of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote
from kerlite.core.readable import is_readable
from kerlite.ops.gradients import jvp as jvp

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "det",
    "eig",
    "eigh",
    "inv",
    "jvp",
    "lstsq",
    "lu_factor",
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
]

_FACING = {0: -2, 1: -1}  # the axis of `b` that meets the columns of `a`, by how many fewer it has


@operation("linalg")
def cholesky(x: Any, upper: bool = False) -> Tensor:
    """Return the triangular L with positive diagonal for which L L^T = x.

    Args:
        x: symmetric positive definite matrices.
        upper: whether to return the transpose of L instead.

    Shape:
        (..., n, n) to (..., n, n).

    Raises:
        ValueError: if a matrix is not positive definite, or not square.

    Example:
        >>> cholesky([[4.0, 2.0], [2.0, 2.0]])
        tensor([[2., 0.],
                [1., 1.]])

    Source: keras.ops.cholesky.
    """
    x = _square(x)
    try:
        return torch.linalg.cholesky(x, upper=upper)
    except torch.linalg.LinAlgError as error:
        raise ValueError(f"There is no Cholesky decomposition: {error}") from error


@operation("linalg")
def cholesky_inverse(x: Any, upper: bool = False) -> Tensor:
    """Return the inverse of the matrix whose Cholesky factor is `x`: (L L^T)^-1.

    Args:
        x: triangular matrices.
        upper: whether they are upper ones.

    Shape:
        (..., n, n) to (..., n, n).

    Raises:
        ValueError: if a matrix is not square.

    Example:
        >>> cholesky_inverse([[2.0, 0.0], [1.0, 1.0]])
        tensor([[ 0.5000, -0.5000],
                [-0.5000,  1.0000]])

    Source: keras.ops.cholesky_inverse.
    """
    return torch.cholesky_inverse(_square(x), upper=upper)


@operation("linalg")
def det(x: Any) -> Tensor:
    """Return the determinant of each matrix.

    Shape:
        (..., n, n) to (...).

    Raises:
        ValueError: if a matrix is not square.

    Example:
        >>> det([[1.0, 2.0], [3.0, 5.0]]).round()
        tensor(-1.)

    Source: keras.ops.det.
    """
    return torch.linalg.det(_square(x))


@operation("linalg")
def eig(x: Any) -> tuple[Tensor, Tensor]:
    """Return the eigenvalues and, in columns, the eigenvectors of each matrix; complex numbers.

    Shape:
        (..., n, n) to (..., n) and (..., n, n).

    Raises:
        ValueError: if a matrix is not square.

    Example:
        >>> values, vectors = eig([[0.0, 1.0], [-1.0, 0.0]])
        >>> values
        tensor([0.+1.j, 0.-1.j])

    Source: keras.ops.eig.
    """
    return torch.linalg.eig(_square(x))


@operation("linalg")
def eigh(x: Any) -> tuple[Tensor, Tensor]:
    """Return the ascending eigenvalues and, in columns, the eigenvectors of symmetric matrices.

    Shape:
        (..., n, n) to (..., n) and (..., n, n); the lower triangle is what is read.

    Raises:
        ValueError: if a matrix is not square.

    Example:
        >>> values, vectors = eigh([[2.0, 0.0], [0.0, 1.0]])
        >>> values
        tensor([1., 2.])

    Source: keras.ops.eigh.
    """
    return torch.linalg.eigh(_square(x))


@operation("linalg")
def inv(x: Any) -> Tensor:
    """Return the inverse of each matrix.

    Shape:
        (..., n, n) to (..., n, n).

    Raises:
        ValueError: if a matrix is not square.

    Example:
        >>> inv([[2.0, 0.0], [0.0, 4.0]])
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])

    Source: keras.ops.inv.
    """
    return torch.linalg.inv(_square(x))


@operation("linalg")
def lu_factor(x: Any) -> tuple[Tensor, Tensor]:
    """Return the LU decomposition of each matrix, packed, and its pivots.

    Shape:
        (..., m, n) to (..., m, n) and (..., min(m, n)); pivot i is the row, counted from 0, that
        row i was swapped with.

    Example:
        >>> packed, pivots = lu_factor([[1.0, 2.0], [4.0, 0.0]])
        >>> packed, pivots
        (tensor([[4.0000, 0.0000],
                [0.2500, 2.0000]]), tensor([1, 1], dtype=torch.int32))

    Source: keras.ops.lu_factor.
    """
    packed, pivots = torch.linalg.lu_factor(as_floating(x))
    return packed, pivots - 1


@operation("linalg")
def norm(
    x: Any,
    ord: float | str | None = None,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
) -> Tensor:
    """Return the norm of vectors or matrices.

    Args:
        x: a tensor.
        ord: which norm: of vectors any number, infinity included; of matrices 1, 2, infinity,
            their negatives, "fro" or "nuc". None is the root of the sum of squares.
        axis: the axis of the vectors, or the two of the matrices; None for all.
        keepdims: whether the axes stay, with size one.

    Raises:
        ValueError: if there is no such norm or axis.

    Example:
        >>> norm([[3.0, 4.0], [0.0, 2.0]], axis=1)
        tensor([5., 2.])

    Source: keras.ops.norm.
    """
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    if isinstance(ord, str) and ord not in ("fro", "nuc"):
        raise ValueError(f"Unknown norm {ord!r}. Expected 'fro', 'nuc', a number or None.")
    return torch.linalg.norm(as_floating(x), ord=ord, dim=axes, keepdim=keepdims)


@operation("linalg")
def qr(x: Any, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """Return Q with orthonormal columns and the upper triangular R for which Q R = x.

    Args:
        x: matrices.
        mode: "reduced", or "complete" for a square Q.

    Shape:
        (..., m, n) to (..., m, k) and (..., k, n), where k is min(m, n), or m if complete.

    Raises:
        ValueError: if the mode is another.

    Example:
        >>> q, r = qr([[3.0, 1.0], [4.0, 2.0]])
        >>> (q @ r).round()
        tensor([[3., 1.],
                [4., 2.]])

    Source: keras.ops.qr.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"Unknown mode {mode!r}. Expected 'reduced' or 'complete'.")
    return torch.linalg.qr(as_floating(x), mode=mode)


@operation("linalg", inputs=2)
def solve(a: Any, b: Any) -> Tensor:
    """Return x for which a x = b.

    Args:
        a: square matrices.
        b: vectors, or matrices of columns.

    Shape:
        (..., n, n) and (..., n) or (..., n, k) to the shape of `b`.

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> solve([[2.0, 0.0], [1.0, 1.0]], [2.0, 3.0])
        tensor([1., 2.])

    Source: keras.ops.solve.
    """
    return torch.linalg.solve(*_pair(a, b))


@operation("linalg", inputs=2)
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Tensor:
    """Return x for which a x = b, `a` being triangular.

    Args:
        a: square matrices, of which one triangle is read.
        b: vectors, or matrices of columns.
        lower: whether it is the lower one.

    Shape:
        (..., n, n) and (..., n) or (..., n, k) to the shape of `b`.

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> solve_triangular([[2.0, 0.0], [1.0, 1.0]], [2.0, 3.0], lower=True)
        tensor([1., 2.])

    Source: keras.ops.solve_triangular.
    """
    a, b = _pair(a, b)
    if b.ndim == a.ndim - 1:
        columns = torch.linalg.solve_triangular(a, b.unsqueeze(-1), upper=not lower)
        return columns.squeeze(-1)
    return torch.linalg.solve_triangular(a, b, upper=not lower)


@operation("linalg", "SVD")
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return U, the descending s and V^H for which U diag(s) V^H = x, or s alone.

    Args:
        x: matrices.
        full_matrices: whether U and V^H are square.
        compute_uv: whether they are wanted at all.

    Shape:
        (..., m, n) to (..., m, m), (..., k) and (..., n, n), where k is min(m, n); if not full,
        (..., m, k), (..., k) and (..., k, n).

    Example:
        >>> svd([[3.0, 0.0], [0.0, -4.0]], compute_uv=False)
        tensor([4., 3.])

    Source: keras.ops.svd.
    """
    x = as_floating(x)
    if not compute_uv:
        return torch.linalg.svdvals(x)
    return torch.linalg.svd(x, full_matrices=full_matrices)


@operation("linalg", inputs=2)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Tensor:
    """Return the x of least norm that comes nearest to a x = b: argmin |a x - b|^2.

    Args:
        a: a matrix of shape (m, n).
        b: a vector (m,), or a matrix of columns (m, k).
        rcond: singular values below this share of the largest count as zero; by default the
            number type's precision times max(m, n).

    Shape:
        (m, n) and (m,) or (m, k) to (n,) or (n, k).

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> lstsq([[1.0], [1.0]], [1.0, 3.0]).round()
        tensor([2.])

    Source: keras.ops.lstsq; on a GPU too a matrix without full rank has a solution.
    """
    a, b = promote(as_tensor(a), as_tensor(b), floating=True)
    if a.ndim != 2 or b.ndim not in (1, 2) or a.shape[0] != b.shape[0]:
        raise ValueError(
            "Expected shapes (m, n) and (m,) or (m, k); received "
            f"{tuple(a.shape)} and {tuple(b.shape)}."
        )
    if a.is_cuda or not is_readable(a):  # lstsq needs full rank there, or looks at values
        return torch.linalg.pinv(a, rtol=rcond) @ b
    return torch.linalg.lstsq(a, b, rcond=rcond, driver="gelsd").solution


@operation("linalg")
def matrix_rank(x: Any, tol: float | None = None) -> Tensor:
    """Return the rank of each matrix: how many singular values are above a limit.

    Args:
        x: matrices.
        tol: the limit; by default the largest value times max(m, n) times the type's precision.

    Shape:
        (..., m, n) to (...), of int32.

    Example:
        >>> matrix_rank([[1.0, 2.0], [2.0, 4.0]])
        tensor(1, dtype=torch.int32)

    Source: keras.ops.matrix_rank.
    """
    return torch.linalg.matrix_rank(as_floating(x), atol=tol).int()


@operation("linalg")
def pinv(x: Any, rcond: float | None = None) -> Tensor:
    """Return the Moore-Penrose inverse of each matrix.

    Args:
        x: matrices.
        rcond: singular values below this share of the largest count as zero; by default the
            number type's precision times max(m, n).

    Shape:
        (..., m, n) to (..., n, m).

    Example:
        >>> pinv([[2.0, 0.0], [0.0, 0.0]])
        tensor([[0.5000, 0.0000],
                [0.0000, 0.0000]])

    Source: keras.ops.pinv.
    """
    return torch.linalg.pinv(as_floating(x), rtol=rcond)


def _square(x: Any) -> Tensor:
    x = as_floating(x)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"Expected square matrices; received shape {tuple(x.shape)}.")
    return x


def _pair(a: Any, b: Any) -> tuple[Tensor, Tensor]:
    a, b = promote(as_tensor(a), as_tensor(b), True)
    left, right = a.shape, b.shape
    axis = _FACING.get(len(left) - len(right))
    fits = axis is None or (right and left[-1] == right[axis])
    if len(left) < 2 or left[-1] != left[-2] or not fits:
        raise ValueError(
            "Expected square matrices (..., n, n) and (..., n) or (..., n, k); received shapes "
            f"{tuple(left)} and {tuple(right)}."
        )
    return a, b
