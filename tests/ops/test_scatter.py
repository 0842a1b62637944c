"""Values put at given places, held against NumPy's unbuffered operations."""

import numpy as np
import pytest
import torch

from kerlite.ops.scatter import scatter, scatter_update
from tests.ops.support.compare import same
from tests.ops.support.elementwise import agrees, differentiable, everywhere

RNG = np.random.default_rng(0)
PLACES = np.array([[0, 1], [2, 0], [0, 1], [-1, -2]])
JOINS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "int64", "uint8"])
def test_scatter(dtype):
    values = RNG.integers(0, 9, (4, 2)).astype(dtype)
    expected = np.zeros((3, 4, 2), dtype)
    np.add.at(expected, tuple(PLACES.T), values)
    same(scatter(PLACES, values, (3, 4, 2)), expected)
    same(scatter(PLACES.reshape(2, 2, 2), values.reshape(2, 2, 2), (3, 4, 2)), expected)
    agrees(scatter, "scatter", PLACES, values[:, 0], (3, 4))


@pytest.mark.parametrize("reduction", [None, "add", "max", "min", "mul", "ADD"])
@pytest.mark.parametrize("dtype", ["float32", "float16", "int32", "int8"])
def test_scatter_update(dtype, reduction):
    x = RNG.integers(-4, 5, (3, 4, 2)).astype(dtype)
    places = PLACES if reduction else PLACES[1:]
    updates = RNG.integers(-3, 4, (len(places), 2)).astype(dtype)
    expected = x.copy()
    if reduction:
        JOINS[reduction.lower()].at(expected, tuple(places.T), updates)
    else:
        expected[tuple(places.T)] = updates
    given = torch.tensor(x)
    same(scatter_update(given, places, updates, reduction), expected)
    same(given, x)  # not written to
    whole = np.argwhere(np.ones((3, 4, 2)))[::3]
    agrees(scatter_update, "scatter_update", x, whole, x.ravel()[: len(whole)], reduction)


def test_symbolic_compiled_and_in_files():
    x = RNG.normal(size=(3, 4)).astype("float32")
    everywhere(scatter, PLACES, x[:, 0].repeat(2)[:4], (3, 4))
    for reduction in (None, "add", "max", "mul"):
        everywhere(scatter_update, x, PLACES, np.ones(4, "float32"), reduction)


def test_gradients():
    x = RNG.normal(size=(3, 4))
    differentiable(lambda v: scatter(PLACES, v, (3, 4)), x[0])
    for reduction in ("add", "max", "min", "mul"):
        differentiable(lambda a, v, r=reduction: scatter_update(a, PLACES, v, r), x, x[1] * 2)


@pytest.mark.parametrize("reduction", [None, "add", "max", "mul"])
def test_a_place_outside_raises(reduction):
    with pytest.raises(ValueError, match="index"):
        scatter_update(torch.zeros(3, 4), [[0, 5]], [1.0], reduction)
    with pytest.raises(ValueError, match="index"):
        scatter([[0, 5]], [1.0], (3, 4))


def test_an_unknown_reduction_raises():
    with pytest.raises(ValueError, match=r"'mean'.*'mul'"):
        scatter_update(torch.zeros(3), [[0]], [1.0], "mean")
