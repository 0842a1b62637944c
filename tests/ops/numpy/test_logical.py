"""Truth values, against real Keras."""

import numpy as np
import pytest

from kerlite.ops.numpy import logical
from tests.ops.support.elementwise import binary, everywhere, unary

A = np.array([[1.0, 0.0, 3.0], [0.0, 5.0, 0.0]], "float32")
BINARY = ["logical_and", "logical_or", "logical_xor"]


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    binary(getattr(logical, name), low=-1.0, high=1.0)
    everywhere(getattr(logical, name), A > 0, A[::-1] > 0)
    everywhere(getattr(logical, name), A, A[::-1].copy())
    expected = getattr(np, name)(A, True)
    np.testing.assert_array_equal(getattr(logical, name)(A, True), expected)


def test_unary():
    unary(logical.logical_not)
    everywhere(logical.logical_not, A)


def test_bad_input():
    for name in BINARY:
        with pytest.raises(ValueError, match=name):
            getattr(logical, name)(A, A.T)
