"""The parts of complex numbers, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import complex_numbers
from tests.ops.support.elementwise import FLOATS, INTS, agrees, everywhere, unary

NAMES = ["real", "imag", "conjugate", "conj", "angle"]
Z = np.array([[1 + 2j, -3j, 4], [-1 - 1j, 0, -2]], "complex64")
A = np.array([[0.5, -1.25, 0.75]], "float32")


@pytest.mark.parametrize("name", NAMES)
def test_complex_input_is_numpy_s(name):
    for kind in ("complex64", "complex128"):
        x = Z.astype(kind)
        result = getattr(complex_numbers, name)(torch.tensor(x))
        expected = getattr(np, name)(x)
        np.testing.assert_allclose(result, expected, rtol=1e-6)
        assert str(result.dtype) == f"torch.{expected.dtype}"


@pytest.mark.parametrize("name", ["real", "conjugate", "angle"])
def test_real_input_is_keras_s(name):
    for dtype in INTS + FLOATS:
        x = torch.tensor([0.0, 1.0, 3.0]).to(getattr(torch, dtype))
        agrees(getattr(complex_numbers, name), name, x)
    if name == "angle":
        unary(complex_numbers.angle)


def test_real_numbers_have_no_imaginary_part():
    for dtype in INTS + FLOATS:
        x = torch.ones(2, 3).to(getattr(torch, dtype))
        assert torch.equal(complex_numbers.imag(x), torch.zeros_like(x))


@pytest.mark.parametrize("name", NAMES)
def test_everywhere(name):
    everywhere(getattr(complex_numbers, name), A)


def test_views():
    x = torch.tensor(Z)
    assert complex_numbers.real(x).data_ptr() == x.data_ptr()
    conjugated = complex_numbers.conjugate(x)
    assert conjugated.data_ptr() != x.data_ptr()
    assert not conjugated.is_conj()


def test_gradients_reach_both_parts():
    x = torch.tensor([1 + 2j], requires_grad=True)
    (complex_numbers.real(x) * 2 + complex_numbers.imag(x) * 3).sum().backward()
    assert x.grad.tolist() == [2 + 3j]
