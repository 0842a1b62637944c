"""Functions applied along an axis, held against real Keras and NumPy."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops import scans
from tests.ops.support.compare import compiles, same, symbolic_is_eager
from tests.ops.support.elementwise import agrees, differentiable

X = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")


def _total(carry, x):
    return carry + x, carry * 2


def _pairs(x):
    return {"sum": x.sum(), "rest": (x * 2, [x[0]])}


def _affine(first, second):
    """Join two steps y -> a y + b."""
    return first[0] * second[0], first[1] * second[0] + second[1]


def test_map():
    x = torch.tensor(X)
    agrees(scans.map, "map", torch.sin, x)
    ours, theirs = scans.map(_pairs, x), keras.ops.map(_pairs, x)
    same(
        [ours["sum"], ours["rest"][0], ours["rest"][1]],
        [theirs["sum"], theirs["rest"][0], theirs["rest"][1]],
    )
    same(scans.map(lambda row: row["a"] + row["b"][0], {"a": x, "b": (x,)}), X * 2)
    same(scans.map(lambda row: 1.5, x), np.full(5, 1.5, "float32"))


def test_vectorized_map():
    x = torch.tensor(X)
    agrees(scans.vectorized_map, "vectorized_map", torch.sin, x)
    same(scans.vectorized_map(lambda row: row[0] * row[1].sum(), (X, X)), X * X.sum(1)[:, None])
    noise = scans.vectorized_map(lambda row: row + torch.rand(3), torch.zeros(2, 3))
    assert not torch.equal(noise[0], noise[1])


@pytest.mark.parametrize("reverse", [False, True])
def test_scan(reverse):
    x, zero = torch.tensor(X), torch.zeros(3)
    agrees(scans.scan, "scan", _total, zero, x, reverse=reverse)
    agrees(scans.scan, "scan", _total, zero, x, length=4, reverse=reverse, unroll=True)
    agrees(scans.scan, "scan", lambda c, _: (c * 2, c), torch.ones(2), length=3, reverse=reverse)
    agrees(scans.scan, "scan", lambda c, v: (c + v, None), zero, x, reverse=reverse)
    (a, b), y = scans.scan(lambda c, v: ((c[0] + v["k"], c[1] * 2), c[1]), (zero, 1), {"k": x})
    same([a, b, y], [X.sum(0), np.int32(32), np.int32([1, 2, 4, 8, 16])])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 13])
@pytest.mark.parametrize("reverse", [False, True])
def test_associative_scan(size, reverse):
    x = np.random.default_rng(size).normal(size=(2, size, 3)).astype("float32")
    order = np.flip if reverse else np.asarray
    expected = order(np.cumsum(order(x, *[1] * reverse), axis=1), *[1] * reverse)
    for axis in (1, -2):
        same(scans.associative_scan(torch.add, x, reverse, axis), expected)
        agrees(scans.associative_scan, "associative_scan", _affine,
               (torch.tensor(x), torch.tensor(x)), reverse=reverse, axis=1)  # fmt: skip
    agrees(scans.associative_scan, "associative_scan", torch.maximum, torch.tensor(x[0]),
           reverse=reverse)  # fmt: skip


def test_associative_scan_is_of_logarithmic_depth():
    calls = []

    def add(a, b):
        calls.append(1)
        return a + b

    scans.associative_scan(add, torch.ones(1024))
    assert len(calls) < 20


CALLS = {
    "map": lambda x: scans.map(torch.sin, x),
    "vectorized_map": lambda x: scans.vectorized_map(torch.sin, x),
    "scan": lambda x: scans.scan(
        _total,
        torch.zeros(3, dtype=x.dtype) if isinstance(x, torch.Tensor) else torch.zeros(3),
        x,
        reverse=True,
    )[1],
    "associative_scan": lambda x: scans.associative_scan(torch.add, x, axis=1),
}


@pytest.mark.parametrize("name", CALLS)
def test_symbolic_compiled_and_differentiable(name):
    call = CALLS[name]
    symbolic_is_eager(call, X)
    compiles(call, X)
    differentiable(call, X)


@pytest.mark.parametrize("name", ["map", "vectorized_map", "associative_scan"])
def test_files_name_the_function(name):
    def form(k, function):
        inputs = k.Input(batch_shape=(5, 3))
        entry = k.Model(inputs, getattr(scans if k is kerlite else k.ops, name)(function, inputs))
        return entry.get_config()["layers"][-1]

    @keras.saving.register_keras_serializable("t")
    @kerlite.saving.register_keras_serializable("t")
    def twice(*xs):
        return xs[0] * 2

    ours, theirs = form(kerlite, twice), form(keras, twice)
    assert len(ours["inbound_nodes"][0]["args"]) == len(theirs["inbound_nodes"][0]["args"])
    assert {ours["module"], ours["class_name"]} == {theirs["module"], theirs["class_name"]}
    assert ours["config"].keys() == theirs["config"].keys()


def test_bad_input():
    with pytest.raises(ValueError, match=r"one size.*\[2, 3\]"):
        scans.map(lambda row: row[0], (torch.zeros(2), torch.zeros(3)))
    with pytest.raises(ValueError, match="length=9"):
        scans.scan(_total, 0, torch.zeros(3), length=9)
    with pytest.raises(ValueError, match="`xs` or `length`"):
        scans.scan(_total, 0)
    with pytest.raises(ValueError, match="at least one row"):
        scans.map(torch.sin, torch.zeros(0, 2))
    with pytest.raises(ValueError, match=r"unroll.*0"):
        scans.scan(_total, 0, torch.zeros(3), unroll=0)
    with pytest.raises(TypeError, match="function"):
        scans.scan(3, 0, torch.zeros(3))
    with pytest.raises(ValueError, match="one size along axis 0"):
        scans.associative_scan(torch.add, (torch.zeros(2), torch.zeros(3)))

    def broken(*_):
        raise RuntimeError("mine")

    for call in (scans.map, scans.vectorized_map):
        with pytest.raises(RuntimeError, match=r"^mine$"):
            call(broken, torch.zeros(3))
    with pytest.raises(RuntimeError, match=r"^mine$"):
        scans.associative_scan(broken, torch.zeros(3))
