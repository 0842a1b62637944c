"""Larger, smaller and bounded, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import limits
from tests.ops.support.elementwise import (
    FLOATS,
    INTS,
    agrees,
    binary,
    differentiable,
    everywhere,
    numbers,
    unary,
)

A = np.array([[1.5, -2.5, 0.75], [4.25, 3.0, -1.26]], "float32")
B = np.array([[1.25, -2.0, 0.5], [4.5, 2.0, 1.0]], "float32")
BINARY = ["maximum", "minimum", "fmax", "fmin"]


@pytest.mark.parametrize("name", BINARY)
def test_binary_is_keras_s(name):
    binary(getattr(limits, name))
    function = getattr(limits, name)
    agrees(function, name, numbers((2, 3), "int32"), 1.5)
    wide = numbers((3,), "int64")
    assert function(wide, wide.int()).dtype == torch.int64


@pytest.mark.parametrize("name", BINARY)
def test_everywhere(name):
    everywhere(getattr(limits, name), A, B)
    everywhere(getattr(limits, name), A, 0.0, file=name in ("maximum", "minimum"))
    differentiable(getattr(limits, name), A, B)


def test_a_tie_shares_the_gradient():
    x = torch.zeros(2, requires_grad=True)
    limits.maximum(x, 0).sum().backward()
    assert x.grad.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("dtype", INTS + FLOATS)
def test_clip_is_keras_s(dtype):
    for shape in ((), (3,), (0, 3), (2, 3), (2, 1, 3)):
        x = numbers(shape, dtype)
        agrees(limits.clip, "clip", x, 0, 2, dtype=bool(shape))
        if shape:  # torch takes tensors without axes for Python's numbers
            agrees(limits.clip, "clip", x, -1.5, 1.5)
    if "float" in dtype:
        agrees(limits.clip, "clip", numbers((2, 3), dtype), numbers((3,), dtype) - 3, 1.0)


def test_clip_is_numpy_s():
    np.testing.assert_array_equal(limits.clip(A, None, 1.0), np.clip(A, None, 1.0))
    np.testing.assert_array_equal(limits.clip(A, B, None), np.clip(A, B, None))
    np.testing.assert_array_equal(limits.clip(A, 2.0, 1.0), np.clip(A, 2.0, 1.0))
    special = np.array([np.nan, np.inf, -np.inf], "float32")
    np.testing.assert_array_equal(limits.clip(special, 0.0, 1.0), np.clip(special, 0.0, 1.0))
    assert limits.clip(torch.tensor([1, 2], dtype=torch.uint8), -5, 300).tolist() == [1, 2]


def test_clip_everywhere():
    everywhere(limits.clip, A, -1.0, 2.5)
    everywhere(limits.clip, A, 1, 3)
    differentiable(lambda x: limits.clip(x, -1.0, 2.5), A)
    x = kerlite.KerasTensor((None, 3), "int32")
    assert limits.clip(x, 0.5, 1.5).dtype == "float32"
    with pytest.raises(ValueError, match="clip"):
        limits.clip(A, None, None)


def test_nan_to_num():
    unary(limits.nan_to_num)
    unary(limits.nan_to_num, FLOATS, nan=1.0, posinf=5.0, neginf=-7.0)
    everywhere(limits.nan_to_num, np.array([np.nan, np.inf, 1.0], "float32"))
    everywhere(limits.nan_to_num, np.array([np.nan, np.inf], "float32"), nan=2.0, posinf=3.0)


def test_bad_input():
    for name in BINARY:
        with pytest.raises(ValueError, match=name):
            getattr(limits, name)(A, A.T)
        with pytest.raises(TypeError, match=name):
            getattr(limits, name)(A.astype("complex64"), A)
