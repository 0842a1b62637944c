"""Rounding, signs and neighbours, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import rounding
from tests.ops.support.elementwise import FLOATS, INTS, agrees, everywhere, numbers, unary

A = np.array([[1.5, -2.5, 0.75], [4.25, 3.0, -1.26]], "float32")
UNARY = ["floor", "ceil", "round", "trunc", "sign", "signbit"]


@pytest.mark.parametrize("name", UNARY)
def test_unary_is_keras_s(name):
    dtypes = INTS[1:] + FLOATS if name == "round" else INTS + FLOATS
    unary(
        getattr(rounding, name), dtypes, special=name != "sign", typed=name not in ("floor", "ceil")
    )


@pytest.mark.parametrize("decimals", [-2, -1, 0, 1, 3])
def test_decimals(decimals):
    for dtype in ("float32", "float64", "int16", "int32"):
        x = numbers((2, 40), dtype, -999.0, 999.0)
        agrees(rounding.round, "round", x, decimals)
    everywhere(rounding.round, A, decimals=decimals)


def test_large_integers_are_rounded_exactly():
    assert rounding.round(torch.tensor([2**40 + 15]), -1).tolist() == [2**40 + 14]
    assert rounding.round(torch.tensor([2**62 + 1])).tolist() == [2**62 + 1]


@pytest.mark.parametrize("name", UNARY)
def test_everywhere(name):
    everywhere(getattr(rounding, name), A)


@pytest.mark.parametrize("name", ["floor", "ceil"])
def test_types(name):
    function = getattr(rounding, name)
    x = np.array([2.0**40 + 0.5])
    assert function(x).tolist() == getattr(np, name)(x).tolist()
    assert function(torch.ones(2, dtype=torch.int64)).dtype == torch.float32


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_sign_of_special_values(dtype):
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 2.5, -1e-7], dtype)
    np.testing.assert_array_equal(rounding.sign(x), np.sign(x))
    assert rounding.sign(x).dtype == getattr(torch, dtype)
    assert rounding.sign(torch.tensor([3 + 4j, 0])).tolist() == [np.complex64(0.6 + 0.8j), 0]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_nextafter_is_numpy_s(dtype):
    x = np.array([1.0, 0.0, -2.5, 1e4, np.inf], dtype)[:, None]
    towards = np.array([np.inf, -np.inf, 0.0, 3.0], dtype)
    result = rounding.nextafter(x, towards)
    np.testing.assert_array_equal(result, np.nextafter(x, towards))
    assert result.dtype == getattr(torch, dtype)
    assert rounding.nextafter([1], 2).dtype == torch.float32


def test_nextafter_everywhere():
    everywhere(rounding.nextafter, A, A[:1] + 1)


@pytest.mark.parametrize(
    ("name", "x"), [("round", [True]), ("round", [1j]), ("floor", [1j]), ("signbit", [1j])]
)
def test_bad_input(name, x):
    with pytest.raises((TypeError, ValueError), match=name):
        getattr(rounding, name)(np.array(x))
