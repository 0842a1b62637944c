"""Operands of one type, held against real Keras's operations."""

import itertools

import keras
import numpy as np
import pytest
import torch

from kerlite.core.promotion import as_floating, common_dtype, promote, promote_all

KINDS = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32"]


def tensor(kind):
    return torch.ones(2, dtype=getattr(torch, kind))


@pytest.mark.parametrize("floating", [False, True])
def test_two_tensors_meet_as_in_keras(floating):
    reference = keras.ops.divide if floating else keras.ops.multiply
    for one, other in itertools.product(KINDS, repeat=2):
        first, second = promote(tensor(one), tensor(other), floating)
        assert first.dtype is second.dtype
        if (one, other) != ("bool", "bool"):  # Keras multiplies booleans as booleans
            assert first.dtype is reference(tensor(one), tensor(other)).dtype, (one, other)


@pytest.mark.parametrize("number", [True, 2, 2.5], ids=repr)
def test_a_number_is_weak(number):
    for kind in KINDS:
        expected = keras.ops.multiply(tensor(kind), number).dtype
        for pair in ((tensor(kind), number), (number, tensor(kind))):
            operands = promote(*pair)
            found = next(one for one in operands if isinstance(one, torch.Tensor))
            if kind != "bool" or number is not True:
                assert found.dtype is expected, kind
            assert any(one is number for one in operands)
            assert all(one.dtype is found.dtype for one in promote_all(pair))


def test_complex_numbers():
    assert promote(tensor("int32"), 1j)[0].dtype is torch.complex64
    assert promote(tensor("float16"), 1j)[0].dtype is torch.complex64
    assert promote(tensor("float32"), 1j)[0].dtype is torch.complex64


def test_tensors_of_one_type_pass_untouched():
    x, y = tensor("float16"), tensor("float16")
    assert promote(x, y)[0] is x
    assert promote_all([x, y])[1] is y


def test_lists_and_arrays_become_tensors():
    first, second = promote([1, 2], np.array([0.5], "float32"))
    assert first.dtype is second.dtype is torch.float32
    first, second = promote(2, 3.0)
    assert (first.dtype, second.dtype) == (torch.float32, torch.float32)
    assert [one.tolist() for one in promote_all([1, [2, 3], torch.tensor(4)])] == [1, [2, 3], 4]


def test_as_floating():
    assert as_floating([True]).dtype is torch.float32
    assert as_floating(tensor("int64")).dtype is torch.float32
    assert as_floating(tensor("bfloat16")).dtype is torch.bfloat16
    assert as_floating(1j).dtype is torch.complex64


def test_gradients_pass():
    x = torch.ones(2, dtype=torch.float16, requires_grad=True)
    promote(x, tensor("float32"))[0].sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_bad_input():
    with pytest.raises(ValueError, match="empty sequence"):
        promote_all([])
    with pytest.raises(ValueError, match="never converted unasked"):
        common_dtype(torch.float8_e5m2, torch.float32)
