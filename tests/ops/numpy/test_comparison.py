"""Comparisons and kinds of numbers, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import comparison
from tests.ops.support.elementwise import (
    FLOATS,
    INTS,
    SPECIAL,
    agrees,
    binary,
    everywhere,
    unary,
)

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "float32")
B = np.array([[1.0, 3.0, 2.0], [4.0, 5.0, 7.0]], "float32")
ORDERS = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
KINDS = ["isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal"]


@pytest.mark.parametrize("name", ORDERS)
def test_orders_are_keras_s(name):
    binary(getattr(comparison, name))
    everywhere(getattr(comparison, name), A, B)
    everywhere(getattr(comparison, name), A, 3)


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32"])
def test_numbers_beyond_the_type(name, dtype):
    bounds = np.iinfo(dtype)
    x = np.array([bounds.min, 0, bounds.max], dtype)
    for number in (bounds.min - 1, bounds.max + 1, bounds.min, -1, 300):
        ours = getattr(comparison, name)(torch.tensor(x), number)
        np.testing.assert_array_equal(ours, getattr(np, name)(x, number))
        reverse = getattr(comparison, name)(number, torch.tensor(x))
        np.testing.assert_array_equal(reverse, getattr(np, name)(number, x))


@pytest.mark.parametrize("name", KINDS)
def test_kinds_are_keras_s(name):
    unary(getattr(comparison, name))
    everywhere(getattr(comparison, name), A)


@pytest.mark.parametrize("equal_nan", [False, True])
def test_closeness_is_numpy_s(equal_nan):
    for kind in (*FLOATS[2:], "float16"):
        x = np.array([*SPECIAL, 1.00001], kind)
        given = x[:, None], x, 1e-3, 1e-2, equal_nan
        np.testing.assert_array_equal(comparison.isclose(*given), np.isclose(*given))
        assert comparison.allclose(*given).item() == np.allclose(*given)
        agrees(comparison.isclose, "isclose", *map(torch.tensor, given[:2]), *given[2:])


@pytest.mark.parametrize("dtype", INTS)
def test_closeness_of_whole_numbers(dtype):
    x = np.array([0, 1, 2, 100, 101]).astype(dtype)
    for tolerances in ((0.0, 0.0), (0.02, 0.0), (0.0, 1.0)):
        expected = np.isclose(x[:, None], x, *tolerances)
        np.testing.assert_array_equal(comparison.isclose(x[:, None], x, *tolerances), expected)
    assert comparison.allclose(x, x).item() is True


def test_closeness_everywhere():
    everywhere(comparison.isclose, A, B, equal_nan=True)
    everywhere(comparison.isclose, A, B, 0.5, 0.1)
    everywhere(comparison.allclose, A, B, rtol=1.0)


def test_bad_input():
    for name in [*ORDERS, "isclose"]:
        with pytest.raises(ValueError, match=name):
            getattr(comparison, name)(A, A.T)
    for name in ("less", "greater_equal"):
        with pytest.raises(TypeError, match=name):
            getattr(comparison, name)(A.astype("complex64"), A)
