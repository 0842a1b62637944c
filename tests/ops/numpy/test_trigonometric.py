"""Trigonometric and hyperbolic functions and their inverses, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import trigonometric
from tests.ops.support.elementwise import binary, differentiable, everywhere, unary

A = np.array([[0.5, -0.25, 0.75], [0.125, 0.3, -0.9]], "float32")
UNARY = [
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "arccosh",
    "arctanh",
    "deg2rad",
    "rad2deg",
]
BINARY = ["arctan2", "hypot"]


@pytest.mark.parametrize("name", UNARY)
def test_unary_is_keras_s(name):
    unary(getattr(trigonometric, name))


@pytest.mark.parametrize("name", BINARY)
def test_binary_is_keras_s(name):
    binary(getattr(trigonometric, name))


@pytest.mark.parametrize("name", UNARY)
def test_everywhere_unary(name):
    x = np.abs(A) + 1.5 if name == "arccosh" else A
    everywhere(getattr(trigonometric, name), x)
    differentiable(getattr(trigonometric, name), x)


@pytest.mark.parametrize("name", BINARY)
def test_everywhere_binary(name):
    everywhere(getattr(trigonometric, name), A, A[::-1].copy())
    differentiable(getattr(trigonometric, name), A, A[:1] + 1)


@pytest.mark.parametrize("name", UNARY)
def test_doubles_stay_exact(name):
    x = np.array([1.25, 2.75]) if name == "arccosh" else np.array([0.3, -0.7, 0.9])
    result = getattr(trigonometric, name)(x)
    np.testing.assert_allclose(result, getattr(np, name)(x), rtol=1e-14)


def test_hypot_does_not_overflow():
    big = torch.tensor([3e38, 3e-39])
    assert torch.isfinite(trigonometric.hypot(big, big / 10)).all()
    assert (trigonometric.hypot(big, big / 10) > 0).all()


def test_bad_input():
    with pytest.raises(ValueError, match=r"arctan2.*\(2, 3\)"):
        trigonometric.arctan2(A, A.T)
    with pytest.raises(TypeError, match="not implemented"):
        trigonometric.hypot(A.astype("complex64"), A)
