"""Linear algebra, held against real Keras, NumPy and finite differences."""

import numpy as np
import pytest
import torch

from kerlite.ops import linalg
from tests.ops.support.compare import same
from tests.ops.support.elementwise import agrees, differentiable, everywhere

RNG = np.random.default_rng(0)


def _matrices(*shape, dtype="float32"):
    return RNG.normal(size=shape).astype(dtype)


def _positive(*shape, dtype="float32"):
    x = RNG.normal(size=shape)
    return (x @ np.swapaxes(x, -1, -2) + 3 * np.eye(shape[-1])).astype(dtype)


P, Q = _positive(3, 3), _positive(2, 4, 4)
A, B = _matrices(4, 3), _matrices(2, 3, 5)
CALLS = [
    (linalg.cholesky, (Q,), {}),
    (linalg.cholesky, (P,), {"upper": True}),
    (linalg.cholesky_inverse, (np.linalg.cholesky(Q),), {}),
    (linalg.cholesky_inverse, (np.linalg.cholesky(P).T.copy(),), {"upper": True}),
    (linalg.det, (Q,), {}),
    (linalg.inv, (Q,), {}),
    (linalg.lu_factor, (B,), {}),
    (linalg.norm, (A,), {}),
    (linalg.norm, (B,), {"axis": -1, "keepdims": True}),
    (linalg.norm, (B,), {"axis": [1, 2], "ord": "nuc"}),
    (linalg.norm, (B,), {"axis": 1, "ord": 3}),
    (linalg.norm, (A,), {"ord": 2}),
    (linalg.norm, (A,), {"ord": "fro", "keepdims": True}),
    (linalg.qr, (A,), {}),
    (linalg.qr, (B,), {"mode": "complete"}),
    (linalg.solve, (Q, _matrices(2, 4)), {}),
    (linalg.solve, (Q, _matrices(2, 4, 2)), {}),
    (linalg.solve_triangular, (Q, _matrices(2, 4)), {}),
    (linalg.solve_triangular, (P, _matrices(3, 2)), {"lower": True}),
    (linalg.svd, (A,), {"compute_uv": False}),
    (linalg.lstsq, (A, _matrices(4)), {}),
    (linalg.lstsq, (A, _matrices(4, 2)), {"rcond": 1e-3}),
    (linalg.matrix_rank, (B,), {}),
    (linalg.matrix_rank, (P,), {"tol": 0.1}),
    (linalg.pinv, (B,), {}),
]


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_as_keras(index):
    op, args, kwargs = CALLS[index]
    agrees(op, op.__name__, *args, **kwargs)
    doubles = [arg.astype("float64") for arg in args]
    agrees(op, op.__name__, *doubles, **kwargs, dtype=op is not linalg.norm)


@pytest.mark.parametrize("index", range(0, len(CALLS), 2))
def test_symbolic_compiled_and_in_files(index):
    op, args, kwargs = CALLS[index]
    # An unknown size is no batch for all of these: the matrices are one batch more.
    batched = [np.stack([arg, arg]) for arg in args] if args[0].ndim == 2 else args
    if op is not linalg.lstsq and "ord" not in kwargs:
        everywhere(op, *batched, **kwargs)


def test_decompositions_give_the_matrix_back():
    x = torch.tensor(_matrices(2, 4, 3))
    for full in (True, False):
        u, s, vh = linalg.svd(x, full_matrices=full)
        assert u.shape == (2, 4, 4 if full else 3)
        same(u[..., :3] @ (s[..., None] * vh), x)
    everywhere(linalg.svd, _matrices(2, 4, 3), file=False)
    values, vectors = linalg.eigh(Q)
    same(torch.tensor(Q) @ vectors, vectors * values[:, None], 1e-4)
    values, vectors = linalg.eig(B[..., :3])
    same(torch.tensor(B[..., :3]).to(torch.complex64) @ vectors, vectors * values[:, None], 1e-4)


def test_whole_numbers_are_taken_for_floats():
    same(linalg.det([[1, 2], [3, 5]]), np.float32(-1), 1e-4)
    same(linalg.solve([[2, 0], [0, 4]], [2, 2.0]), np.float32([1, 0.5]))
    same(linalg.norm(np.array([3, 4], "int64")), np.float32(5))
    same(linalg.inv(torch.tensor([[2, 0], [0, 1]])), np.float32([[0.5, 0], [0, 1]]))


def test_least_squares_without_full_rank_is_that_of_least_norm():
    a, b = np.ones((3, 2), "float32"), np.float32([1, 2, 3])
    same(linalg.lstsq(a, b), np.linalg.lstsq(a, b, rcond=None)[0])


def test_gradients():
    a = _positive(3, 3)
    for op in (linalg.det, linalg.inv, linalg.norm, linalg.pinv):
        differentiable(op, a)
    differentiable(lambda x: linalg.cholesky(x + x.mT), a)
    differentiable(linalg.solve, a, a[:, 0])
    differentiable(linalg.solve_triangular, a, a[:, :2])
    differentiable(lambda x: linalg.svd(x, compute_uv=False), a)
    differentiable(lambda x: linalg.qr(x)[1], a)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linalg.cholesky(-np.eye(2, dtype="float32")), "no Cholesky"),
        (lambda: linalg.cholesky(np.ones((2, 3))), r"square.*\(2, 3\)"),
        (lambda: linalg.det(np.ones(3)), "square"),
        (lambda: linalg.qr(A, mode="r"), "reduced"),
        (lambda: linalg.norm(A, ord="max"), "fro"),
        (lambda: linalg.norm(A, axis=3), "axis=3"),
        (lambda: linalg.norm(B, ord=2), "ord=2"),
        (lambda: linalg.solve(P, _matrices(4)), r"\(4,\)"),
        (lambda: linalg.solve_triangular(A, A), "square"),
        (lambda: linalg.lstsq(A, _matrices(3)), r"\(3,\)"),
    ],
    ids=range(10),
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_singular_matrices_raise_what_torch_raises():
    with pytest.raises(torch.linalg.LinAlgError):
        linalg.inv(torch.zeros(2, 2))
