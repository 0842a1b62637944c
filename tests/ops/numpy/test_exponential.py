"""Powers, roots, exponentials and logarithms, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import exponential
from tests.ops.support.elementwise import FLOATS, INTS, binary, differentiable, everywhere, unary

A = np.array([[1.5, 2.5, 0.75], [4.25, 3.0, 1.25]], "float32")
UNARY = ["square", "sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log10", "log1p", "log2"]
BINARY = ["logaddexp", "logaddexp2"]


@pytest.mark.parametrize("name", UNARY)
def test_unary_is_keras_s(name):
    unary(getattr(exponential, name))


@pytest.mark.parametrize("name", BINARY)
def test_binary_is_keras_s(name):
    binary(getattr(exponential, name))


@pytest.mark.parametrize("name", UNARY)
def test_everywhere_unary(name):
    everywhere(getattr(exponential, name), A)
    differentiable(getattr(exponential, name), A)


@pytest.mark.parametrize("name", BINARY)
def test_everywhere_binary(name):
    everywhere(getattr(exponential, name), A, A[::-1].copy())
    differentiable(getattr(exponential, name), A, A[:1] + 1)


@pytest.mark.parametrize("name", UNARY)
def test_doubles_stay_exact(name):
    x = np.array([0.3, 1.7, 2.9])
    expected = getattr(np, name)(x)
    np.testing.assert_allclose(getattr(exponential, name)(x), expected, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_ldexp_is_numpy_s(dtype):
    x = np.array([1e-7, 0.0, np.inf, 1.5, -3.0, np.nan], dtype)[:, None]
    powers = np.array([0, 20, 3000, -3000, -20, 3, 130], "int32")
    with np.errstate(over="ignore"):
        expected = np.ldexp(x, powers)
    result = exponential.ldexp(x, powers)
    assert str(result.dtype) == f"torch.{dtype}"
    np.testing.assert_array_equal(result, expected)


def test_ldexp_everywhere():
    everywhere(exponential.ldexp, A, np.array([[1, -2, 3], [0, 4, -1]], "int32"))
    assert exponential.ldexp([3], 2).dtype == torch.float32


@pytest.mark.parametrize("powers", [[0.5], [True], [1j]], ids=["float", "bool", "complex"])
def test_ldexp_takes_integers(powers):
    with pytest.raises(TypeError, match=r"integer exponents; received x2 of torch\."):
        exponential.ldexp([1.0], powers)


def test_cbrt_keeps_the_sign():
    roots = exponential.cbrt(np.array([-8.0, -0.0, 0.0, np.inf, -np.inf]))
    assert roots.tolist() == [-2.0, 0.0, 0.0, np.inf, -np.inf]
    assert torch.signbit(roots).tolist() == [True, True, False, False, True]


def test_number_types():
    for name in UNARY[3:]:
        for kind in INTS:
            x = torch.ones(2).to(getattr(torch, kind))
            assert getattr(exponential, name)(x).dtype == torch.float32
        for kind in FLOATS:
            x = torch.ones(2).to(getattr(torch, kind))
            assert getattr(exponential, name)(x).dtype == x.dtype


def test_bad_input():
    with pytest.raises(ValueError, match=r"logaddexp.*\(2, 3\)"):
        exponential.logaddexp(A, A.T)
    with pytest.raises(TypeError, match="not implemented"):
        exponential.logaddexp2(A.astype("complex64"), A)
