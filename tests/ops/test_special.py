"""Error functions, log-sum-exp, the k largest and distances, held against real Keras and SciPy."""

import numpy as np
import pytest
import torch

from kerlite.ops import special
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, agrees, differentiable, everywhere, unary

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 5)).astype("float32")


@pytest.mark.parametrize("name", ["rsqrt", "erf", "erfc", "erfinv"])
def test_element_by_element(name):
    op = getattr(special, name)
    unary(op, ("bool", "int32", *FLOATS), -0.9, 0.9)
    everywhere(op, X)
    differentiable(op, np.linspace(0.1, 0.9, 5))


@pytest.mark.parametrize(
    ("axis", "keepdims"), [(None, False), (None, True), (-1, True), (1, False), ([0, 2], False)]
)
def test_logsumexp(axis, keepdims):
    agrees(special.logsumexp, "logsumexp", X, axis=axis, keepdims=keepdims)
    everywhere(special.logsumexp, X, axis=axis, keepdims=keepdims)
    differentiable(lambda x: special.logsumexp(x, axis, keepdims), X[:, :2, :2])


def test_logsumexp_of_other_types_and_of_extremes():
    same(special.logsumexp([1, 2, 3]), np.float32(np.log(np.exp([1, 2, 3]).sum())))
    same(special.logsumexp(3.0), np.float32(3))
    inf = float("inf")
    same(special.logsumexp([[-inf, -inf], [inf, 0.0], [1e4, 0.0]], 1), np.float32([-inf, inf, 1e4]))
    agrees(special.logsumexp, "logsumexp", torch.tensor(X, dtype=torch.bfloat16), axis=0)


@pytest.mark.parametrize("dtype", ["int32", "float16", "float64", "float32"])
def test_top_k(dtype):
    x = (X * 9).astype(dtype)
    agrees(special.top_k, "top_k", x, 2)
    assert set(special.top_k(x[0, 0], 3, sorted=False)[1].tolist()) == set(
        np.argsort(-x[0, 0], kind="stable")[:3]
    )
    everywhere(special.top_k, x, 3)


def test_in_top_k():
    scores = np.float32([[0.1, 0.3, 0.3, 0.2], [9, 1, np.nan, 0], [np.inf, 0, 1, 2]])
    for k in (1, 2, 4):
        for targets in ([0, 0, 0], [1, 1, 1], [2, 2, 2], [3, 3, 3]):
            agrees(special.in_top_k, "in_top_k", np.array(targets), scores, k)
    everywhere(special.in_top_k, np.array([0, 1, 2]), scores, 2)


def test_distances():
    y = RNG.normal(size=(2, 4, 5)).astype("float32")
    agrees(special.cdist, "cdist", X, y)
    agrees(special.cdist, "cdist", X[0], y)  # a batch and none
    agrees(special.cdist, "cdist", X.astype("float64"), y.astype("float64"))
    agrees(special.cdist, "cdist", X.astype("int32"), y.astype("int32"))
    assert special.cdist(torch.tensor(X).half(), torch.tensor(y).half()).dtype is torch.float16
    everywhere(special.cdist, X, y)
    differentiable(special.cdist, X, y)
    point = torch.ones(1, 2, requires_grad=True)
    special.cdist(point, torch.ones(1, 2)).sum().backward()
    same(point.grad, np.zeros((1, 2), "float32"))


def test_logdet():
    x = (X[:, :3, :3] @ X[:, :3, :3].swapaxes(1, 2) + np.eye(3)).astype("float32")
    same(special.logdet(x), np.linalg.slogdet(x)[1])
    everywhere(special.logdet, x)
    differentiable(special.logdet, x)


@pytest.mark.parametrize(
    "call",
    [
        lambda: special.logsumexp(X, axis=3),
        lambda: special.top_k(X, 6),
        lambda: special.in_top_k([0, 1], X[0, :2], 6),
        lambda: special.in_top_k([0, 9], X[0, :2], 2),
        lambda: special.cdist(X, X[..., :2]),
        lambda: special.logdet(X),
    ],
    ids=range(6),
)
def test_bad_input(call):
    with pytest.raises(ValueError, match="cannot be computed"):
        call()
