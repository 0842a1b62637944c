"""Branches and loops: on values, under torch.compile, in functional models, in fit."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops import control_flow
from kerlite.ops.control_flow import cond, fori_loop, switch, while_loop
from tests.ops.support.compare import same
from tests.ops.support.elementwise import agrees

X = np.float32([[1, -2, 3], [4, 5, -6]])


def _conditional(x):
    return cond(x.sum() > 0, lambda: x * 2, lambda: x)


def _chosen(index, x):
    return switch(index, [torch.sin, torch.cos, lambda v: v], x)


def _doubled(x):
    return while_loop(lambda i, v: (v.sum() < 100) & (i < 50), lambda i, v: (i + 1, v * 2), (0, x))


def _bounded(x):
    return while_loop(lambda v: True, lambda v: v + 1, x, maximum_iterations=3)


def _summed(x, upper):
    return fori_loop(1, upper, lambda i, v: v + i, x)


def _compiled(function, *args, backend="eager"):
    torch._dynamo.reset()
    return torch.compile(function, fullgraph=True, backend=backend, dynamic=False)(*args)


def test_on_values():
    x = torch.tensor(X)
    same(_conditional(x), X * 2)
    same(_conditional(-x), -X)
    assert cond(True, lambda: "yes", lambda: 1 / 0) == "yes"
    assert cond(np.bool_(False), lambda: 1 / 0, lambda: None) is None
    for index in (-3, 0, 1, 2, 9):
        agrees(control_flow.switch, "switch", index, [torch.sin, torch.cos, torch.exp], x)
        same(_chosen(torch.tensor(index), x), _chosen(index, x))
    same(_doubled(x), (np.int32(5), X * 32))
    same(_bounded(x), X + 3)
    same(_summed(x, 4), X + 6)
    same(_summed(x, torch.tensor(4)), X + 6)
    state = {"a": (x, [0])}
    moved = while_loop(lambda s: s["a"][1][0] < 2, lambda s: {"a": (s["a"][0], [s["a"][1][0] + 1])},
                       [state])  # fmt: skip
    assert moved[0]["a"][1][0] == 2


def test_compiled_whole():
    for function in (_conditional, _bounded, _doubled):
        for sign in (1, -1):
            if sign == -1 and function is _doubled:
                continue
            x = torch.tensor(sign * X)
            same(_compiled(function, x), function(x))
    for index in (-1, 1, 5):
        args = (torch.tensor(index), torch.tensor(X))
        same(_compiled(_chosen, *args), _chosen(*args))
    same(_compiled(_summed, torch.tensor(X), 4), X + 6)
    same(_compiled(_summed, torch.tensor(X), torch.tensor(4)), X + 6)
    same(_compiled(lambda x: cond(False, lambda: x, lambda: x + 1), torch.tensor(X)), X + 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "function", [_conditional, _bounded, lambda x: _doubled(x)[1]], ids=range(3)
)
def test_gradients_of_the_compiled(function):
    x, again = (torch.tensor(X, requires_grad=True) for _ in range(2))
    _compiled(function, x, backend="aot_eager").square().sum().backward()
    function(again).square().sum().backward()
    same(x.grad, again.grad)


@pytest.mark.parametrize(
    "function", [_bounded, lambda x: _doubled(x)[1], lambda x: _summed(x, 4)], ids=range(3)
)
def test_in_a_functional_model(function):
    inputs = kerlite.Input((3,))
    outputs = function(inputs)
    assert outputs.shape == (None, 3)
    same(kerlite.Model(inputs, outputs)(torch.tensor(X)), function(torch.tensor(X)))


def test_symbolic_conditions():
    flag, index = (
        kerlite.Input(batch_shape=(), dtype="bool"),
        kerlite.Input(batch_shape=(), dtype="int32"),
    )
    x = kerlite.Input((3,))
    either = cond(flag, lambda: torch.ones(2), lambda: torch.zeros(2))
    chosen = switch(index, [torch.sin, torch.cos], x)
    assert (either.shape, chosen.shape) == ((2,), (None, 3))
    model = kerlite.Model([flag, index, x], [either, chosen])
    given = torch.tensor(X)
    same(
        list(model([torch.tensor(True), torch.tensor(1), given])),
        [np.ones(2, "float32"), np.cos(X)],
    )
    with pytest.raises(ValueError, match="same shapes and types"):
        cond(flag, lambda: torch.ones(2), lambda: torch.zeros(3))
    with pytest.raises(ValueError, match="keep the shapes"):
        while_loop(lambda v: v.sum() < 0, lambda v: torch.cat([v, v]), x)


class _Branching(kerlite.layers.Layer):
    def call(self, x):
        x = cond(x.mean() > 0, lambda: x * 2, lambda: x - 1)
        return while_loop(lambda v: v.abs().sum() > 1, lambda v: v / 2, x)


def test_in_layers_and_in_fit():
    inputs = kerlite.Input((3,))
    model = kerlite.Model(inputs, kerlite.layers.Dense(1)(_Branching()(inputs)))
    model.compile("sgd", "mse")
    history = model.fit(X, X[:, :1], epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_what_a_recorded_call_would_not_see_is_refused():
    x = kerlite.Input((3,), name="outside")
    with pytest.raises(ValueError, match=r"symbolic tensor.*outside"):
        while_loop(lambda v: v.sum() < 1, lambda v: v + x, kerlite.Input((3,)))
    with pytest.raises(ValueError, match="layer Dense"):
        switch(0, [kerlite.layers.Dense(3)], x)
    same(cond(True, lambda: x, lambda: None).shape, (None, 3))  # Python's own branch


def test_errors():
    def broken(*_):
        raise IndexError("mine")

    with pytest.raises(IndexError, match=r"^mine$"):
        cond(torch.tensor(True), broken, broken)
    with pytest.raises(IndexError, match=r"^mine$"):
        while_loop(lambda v: True, broken, torch.zeros(2))
    with pytest.raises(ValueError, match=r"one element.*\(2,\)"):
        cond(torch.ones(2), broken, broken)
    with pytest.raises(ValueError, match="at least one function"):
        switch(0, [])
