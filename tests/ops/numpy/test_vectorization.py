"""vectorize: as NumPy's, which calls the function for each element."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy.vectorization import vectorize
from tests.ops.support.compare import same

X = np.random.default_rng(0).standard_normal((2, 3, 4)).astype("float32")


def test_elements_are_broadcast():
    added = vectorize(lambda a, b: a * 2 + b)
    for x, y in ((X, X[0]), (X, np.float32(3)), (X[:, :1], X[:1]), (np.float32(1), np.float32(2))):
        same(added(x, y), x * 2 + y)
    same(added([1, 2, 3], 2), np.array([4, 6, 8], "int32"))


def test_arguments_that_are_left_out():
    power = vectorize(lambda x, by, scale: scale * x**by, excluded={1})
    same(power(X, 2, np.float32(3)), 3 * X**2)


@pytest.mark.parametrize(
    ("signature", "function", "args"),
    [("(m,n),(n)->(m)", lambda a, b: a @ b, (X, X[0, 0])),
     ("(n),(n)->()", lambda a, b: (a * b).sum(-1), (X, X[0])),
     ("(n)->(),(n)", lambda a: (a.sum(-1), a * 2), (X,)),
     ("(m, n) -> (n)", lambda a: a.sum(-2), (X,))],
    ids=["matrix", "vectors", "two", "spaces"],
)  # fmt: skip
def test_signatures(signature, function, args):
    expected = np.vectorize(function, signature=signature)(*args)
    same(vectorize(function, signature=signature)(*args), expected)


def test_gradients_and_keywords():
    x = torch.tensor(X[0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(vectorize(lambda x: x.sin() * x), [x])
    same(vectorize(lambda x, by: x * by)(X, by=2), X * 2)


@pytest.mark.parametrize("signature", ["m->n", "(m)", "(m)->(n", "((m))->()"])
def test_bad_signatures_are_refused(signature):
    with pytest.raises(ValueError, match="Expected a signature"):
        vectorize(lambda x: x, signature=signature)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="takes a function"):
        vectorize(3)
    with pytest.raises(ValueError, match="for 2 arguments; received 1"):
        vectorize(torch.dot, signature="(n),(n)->()")(X)
    with pytest.raises(ValueError, match="axes; received the shapes"):
        vectorize(torch.dot, signature="(n),(n)->()")(X, np.float32(1))
