"""Operations on bits, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import bitwise
from tests.ops.support.elementwise import INTS, agrees, binary, everywhere, numbers, unary

A = np.array([[12, 7, -3], [100, 0, 5]], "int32")
B = np.array([[1, 2, 3], [0, 4, 1]], "int32")
LOGIC = ["bitwise_and", "bitwise_or", "bitwise_xor"]
SHIFTS = ["bitwise_left_shift", "left_shift", "bitwise_right_shift", "right_shift"]
WHOLE = [("bool", "bool"), ("bool", "int32"), ("uint8", "int8"), ("int32", "int32"),
         ("int16", "uint8")]  # fmt: skip


@pytest.mark.parametrize("name", LOGIC)
def test_logic_is_keras_s(name):
    binary(getattr(bitwise, name), WHOLE, low=-100.0, high=100.0, special=False)
    everywhere(getattr(bitwise, name), A, B)


@pytest.mark.parametrize("name", SHIFTS)
def test_shifts_are_keras_s(name):
    binary(getattr(bitwise, name), WHOLE[1:], low=0.0, high=7.0, special=False)
    everywhere(getattr(bitwise, name), A, B)
    everywhere(getattr(bitwise, name), A, 2)
    expected = getattr(np, name)(A.astype("int64"), 3)
    np.testing.assert_array_equal(getattr(bitwise, name)(A.astype("int64"), 3), expected)


@pytest.mark.parametrize("name", ["bitwise_invert", "bitwise_not"])
def test_inversion_is_keras_s(name):
    unary(getattr(bitwise, name), INTS, -100.0, 100.0, special=False)
    everywhere(getattr(bitwise, name), A)


def test_64_bits_stay():
    x = numbers((3,), "int64", 0, 50)
    for name in LOGIC + SHIFTS:
        agrees(getattr(bitwise, name), name, x, x)
        assert getattr(bitwise, name)(x, x).dtype == torch.int64


@pytest.mark.parametrize("name", [*LOGIC, *SHIFTS])
def test_bad_input(name):
    with pytest.raises(TypeError, match=name):
        getattr(bitwise, name)(A.astype("float32"), B)
    with pytest.raises(ValueError, match=name):
        getattr(bitwise, name)(A, B.T)


@pytest.mark.parametrize("name", bitwise.__all__)
def test_floats_are_refused_while_a_model_is_built(name):
    function = getattr(bitwise, name)
    count = 1 if name.endswith(("not", "invert")) else 2
    for kind in ("float32", "complex64"):
        x = torch.ones(2, dtype=getattr(torch, kind))
        with pytest.raises(TypeError, match=name):
            function(*[x] * count)
        with pytest.raises(TypeError, match=f"{name}.*not {kind}"):
            function(*[kerlite.KerasTensor((None, 2), kind)] * count)
