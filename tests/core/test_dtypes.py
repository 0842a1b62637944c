"""Names of number types, and the promotion lattice held against real Keras."""

import itertools

import keras
import numpy as np
import pytest
import torch
from keras.src.backend.common import dtypes as keras_dtypes

from kerlite.core import config, dtypes
from kerlite.core.policy import DTypePolicy

NAMES = [
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
]
OPERANDS = [*NAMES, bool, int, float, None]


@pytest.fixture
def keras_with_64_bits(monkeypatch):
    """Real Keras without its cut from 64 to 32 bits, which PyTorch users do not expect."""
    monkeypatch.setattr(keras_dtypes, "BIT64_TO_BIT32_DTYPE", {})


@pytest.mark.parametrize("count", [1, 2, 3])
def test_result_type_agrees_with_keras_on_every_combination(count, keras_with_64_bits):
    wrong = [
        (operands, dtypes.result_type(*operands), keras_dtypes.result_type(*operands))
        for operands in itertools.product(OPERANDS, repeat=count)
        if dtypes.result_type(*operands) != keras_dtypes.result_type(*operands)
    ]
    assert wrong == []


@pytest.mark.parametrize("floatx", ["float16", "float64"])
def test_result_type_follows_floatx(floatx, keras_with_64_bits):
    config.set_floatx(floatx)
    keras.config.set_floatx(floatx)
    try:
        for operands in itertools.product(OPERANDS, repeat=2):
            assert dtypes.result_type(*operands) == keras_dtypes.result_type(*operands)
    finally:
        keras.config.set_floatx("float32")


def test_weak_float_takes_bfloat16_as_floatx():
    config.set_floatx("bfloat16")
    assert dtypes.result_type("int32", float) == "bfloat16"


def test_result_type_does_not_depend_on_the_order():
    for operands in itertools.permutations(["int8", "uint16", float, "float16"]):
        assert dtypes.result_type(*operands) == "float16"


def test_result_type_of_nothing_is_floatx():
    assert dtypes.result_type() == "float32"


def test_result_type_takes_torch_and_numpy_types():
    assert dtypes.result_type(torch.int8, np.dtype("float64")) == "float64"
    assert dtypes.result_type(np.int16, torch.bfloat16) == "bfloat16"


@pytest.mark.parametrize("other", ["float32", "float8_e5m2", int])
def test_eight_bit_floats_are_never_promoted(other):
    with pytest.raises(ValueError, match="cast it"):
        dtypes.result_type("float8_e4m3fn", other)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("float32", "float32"), (torch.float16, "float16"), (np.float64, "float64"),
        (np.dtype("int8"), "int8"), (bool, "bool"), (int, "int32"), (float, "float32"),
        (None, "float32"), (str, "string"), ("string", "string"), ("half", "float16"),
        ("double", "float64"), ("int", "int32"), (torch.bool, "bool"),
        (DTypePolicy("mixed_bfloat16"), "bfloat16"), (np.bool_, "bool"),
        (torch.complex64, "complex64"), ("float8_e5m2", "float8_e5m2"),
    ],
)  # fmt: skip
def test_standardize_dtype(given, expected):
    assert dtypes.standardize_dtype(given) == expected


@pytest.mark.parametrize("given", ["float31", object(), torch.qint8, np.dtype("U3")])
def test_unknown_dtype_is_refused(given):
    with pytest.raises(ValueError, match="Unknown dtype"):
        dtypes.standardize_dtype(given)


@pytest.mark.parametrize("name", NAMES)
def test_to_torch_dtype_and_back(name):
    dtype = dtypes.to_torch_dtype(name)
    assert isinstance(dtype, torch.dtype)
    assert dtypes.standardize_dtype(dtype) == name


def test_strings_have_no_torch_dtype():
    with pytest.raises(ValueError, match="StringLookup"):
        dtypes.to_torch_dtype("string")


@pytest.mark.parametrize("name", NAMES)
def test_is_float_and_is_int_agree_with_keras(name):
    assert dtypes.is_float(name) == keras.backend.is_float_dtype(name)
    assert dtypes.is_int(name) == keras.backend.is_int_dtype(name)


def test_float_and_none_mean_floatx():
    config.set_floatx("float64")
    assert dtypes.standardize_dtype(float) == dtypes.standardize_dtype(None) == "float64"
    assert dtypes.standardize_dtype("float") == "float64"
