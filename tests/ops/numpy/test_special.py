"""sinc, i0 and heaviside, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import special
from tests.ops.support.elementwise import binary, differentiable, everywhere, unary

A = np.array([[0.5, -1.25, 0.75], [0.0, 2.3, -0.9]], "float32")


@pytest.mark.parametrize("name", ["sinc", "i0"])
def test_unary_is_keras_s(name):
    unary(getattr(special, name))
    everywhere(getattr(special, name), A)
    differentiable(getattr(special, name), A[:1])
    x = A.astype("float64")
    np.testing.assert_allclose(getattr(special, name)(x), getattr(np, name)(x), rtol=1e-12)


def test_heaviside_is_keras_s():
    pairs = [("bool", "bool"), ("int32", "int32"), ("float16", "float16"), ("int8", "float32")]
    binary(special.heaviside, pairs, special=False)
    everywhere(special.heaviside, A, A[::-1].copy())


def test_heaviside_is_numpy_s():
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 2.0], "float32")[:, None]
    at_zero = np.array([0.5, np.nan, -3.0], "float32")
    np.testing.assert_array_equal(special.heaviside(x, at_zero), np.heaviside(x, at_zero))


def test_heaviside_has_no_gradient():
    x = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
    (special.heaviside(x, 0.5) * x).sum().backward()
    assert x.grad.tolist() == [0.0, 0.5, 1.0]


def test_bad_input():
    with pytest.raises(ValueError, match="heaviside"):
        special.heaviside(A, A.T)
    with pytest.raises(TypeError, match="i0"):
        special.i0(A.astype("complex64"))
