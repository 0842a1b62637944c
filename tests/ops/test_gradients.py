"""Gradients of the user's own making, and forward derivatives."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.gradients import custom_gradient, jvp
from tests.ops.support.compare import same, symbolic_is_eager

X = np.float32([-1, 0.5, 100])


@custom_gradient
def _softplus(x):
    e = torch.exp(x)

    def grad(*args, upstream=None):
        return upstream * (1 - 1 / (1 + e))

    return torch.where(x > 50, x, torch.log(1 + e)), grad


@custom_gradient
def _scaled(x, factor, y=None, power=1):
    def grad(*args, upstream):
        assert len(args) == (1 if y is None else 2)
        return (upstream * 10, upstream * 20)[: len(args)]

    return x * factor**power, grad


@custom_gradient
def _pair(x):
    return (x, x * 2), lambda x, upstream: upstream[0] * 3 + upstream[1] * 5


def _gradient(function, *args):
    x = torch.tensor(X, requires_grad=True)
    function(x, *args).sum().backward()
    return x.grad


@pytest.mark.parametrize("backend", [None, "eager", "aot_eager"])
def test_the_gradient_is_the_functions_own(backend):
    function = _softplus
    if backend:
        torch._dynamo.reset()
        function = torch.compile(lambda x: _softplus(x), fullgraph=True, backend=backend)
    finite = _gradient(function)[:2]
    same(finite, 1 / (1 + np.exp(-X[:2])))
    same(function(torch.tensor(X)), np.where(X > 50, X, np.log1p(np.exp(np.minimum(X, 50)))))


def test_arguments_that_are_no_tensors():
    same(_gradient(_scaled, 3), np.full(3, 10, "float32"))
    same(_gradient(lambda x: _scaled(x, factor=3, power=2)), np.full(3, 10, "float32"))
    same(_scaled(torch.tensor(X), 3, power=2), X * 9)
    y = torch.ones(3, requires_grad=True)
    assert _gradient(_scaled, 2, None) is not None
    _scaled(torch.tensor(X, requires_grad=True), 2.0, y).sum().backward()


def test_several_results():
    def total(x):
        first, second = _pair(x)
        return first + second

    same(_gradient(total), np.full(3, 8, "float32"))


def test_symbolic():
    symbolic_is_eager(_softplus, np.stack([X, X]))


def test_errors():
    with pytest.raises(TypeError, match=r"grad.*received Tensor"):
        custom_gradient(torch.sin)(torch.tensor(X))

    @custom_gradient
    def broken(x):
        raise IndexError("mine")

    with pytest.raises(IndexError, match=r"^mine$"):
        broken(torch.tensor(X))


def test_jvp():
    x, v = torch.tensor(X[:2]), torch.tensor([1.0, 2.0])
    same(jvp(torch.sin, (x,), (v,)), (np.sin(X[:2]), np.cos(X[:2]) * v.numpy()))
    same(jvp(lambda a, b: a * b, [x, 3.0], [v, 1.0]), (X[:2] * 3, 3 * v.numpy() + X[:2]))
    value, slope, aux = jvp(lambda a: (a * 2, a), (x,), (v,), has_aux=True)
    same((value, slope, aux), (X[:2] * 2, v.numpy() * 2, X[:2]))
    symbol = kerlite.Input((2,))
    model = kerlite.Model(symbol, jvp(torch.sin, (symbol,), (symbol,))[1])
    same(model(x[None]), (torch.cos(x) * x)[None])
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        jvp(torch.sin, (x,), (torch.ones(3),))
