"""Windows, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.core import config
from kerlite.ops.numpy import windows
from tests.ops.support.elementwise import agrees

NAMES = ["bartlett", "blackman", "hamming", "hanning"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [0, 1, 2, 5, 8])
def test_windows(name, size):
    function = getattr(windows, name)
    agrees(function, name, size)
    agrees(function, name, torch.tensor(size))
    np.testing.assert_allclose(function(size), getattr(np, name)(size), atol=1e-6)


@pytest.mark.parametrize("beta", [0.0, 5, 14.0])
def test_kaiser(beta):
    for size in (0, 1, 2, 7):
        np.testing.assert_allclose(windows.kaiser(size, beta), np.kaiser(size, beta), atol=1e-6)
    agrees(windows.kaiser, "kaiser", 6, beta)


@pytest.mark.parametrize("floatx", ["float16", "bfloat16", "float64"])
def test_they_are_of_floatx(floatx):
    config.set_floatx(floatx)
    assert windows.hanning(4).dtype == windows.kaiser(4, 2.0).dtype == getattr(torch, floatx)
    expected = np.hamming(9)
    tolerance = {"float16": 1e-3, "bfloat16": 1e-2, "float64": 1e-14}[floatx]
    np.testing.assert_allclose(windows.hamming(9).double(), expected, atol=tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_bad_input(name):
    with pytest.raises(ValueError, match="-1"):
        getattr(windows, name)(-1)
    with pytest.raises(TypeError, match="no values while the model is built"):
        getattr(windows, name)(kerlite.KerasTensor(()))
