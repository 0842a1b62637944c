import keras
import numpy as np
import pytest
import torch

from kerlite import initializers
from kerlite.core import config

TYPES = ["float16", "bfloat16", "float32", "float64", "int32", "uint8", "bool"]


@pytest.mark.parametrize("dtype", [*TYPES, None])
@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (2, 3, 4)])
@pytest.mark.parametrize("name", ["Zeros", "Ones"])
def test_zeros_and_ones_are_those_of_keras(name, shape, dtype):
    found = getattr(initializers, name)()(shape, dtype=dtype)
    expected = getattr(keras.initializers, name)()(shape, dtype=dtype).cpu()
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("value", [2.0, 3, True, np.float64(1.5), np.arange(6).reshape(2, 3)])
def test_constant_is_that_of_keras(value, dtype):
    found = initializers.Constant(value)((2, 3), dtype=dtype)
    assert found.dtype == getattr(torch, dtype)
    expected = torch.as_tensor(np.broadcast_to(value, (2, 3)).copy()).to(found.dtype)
    torch.testing.assert_close(found, expected)
    if dtype != "bool":  # Keras multiplies booleans
        theirs = keras.initializers.Constant(value)((2, 3), dtype=dtype).cpu()
        torch.testing.assert_close(found, theirs.to(found.dtype))


@pytest.mark.parametrize("value", [[1.0, 2.0], (1.0, 2.0), torch.tensor([1.0, 2.0])])
def test_constant_of_other_arrays(value):
    values = initializers.Constant(value)((3, 2))
    assert values.tolist() == [[1, 2]] * 3
    assert values.is_contiguous()
    values.add_(1)
    assert initializers.Constant(value)((2,)).tolist() == [1, 2]


def test_constant_never_shares_memory():
    source = torch.ones(2, 2, requires_grad=True)
    values = initializers.Constant(source)((2, 2))
    values.zero_()
    assert not values.requires_grad
    assert source.sum() == 4


def test_constant_of_another_shape():
    with pytest.raises(ValueError, match=r"Expected `shape` to be \(5, 5\).*shape=\(10, 10\)"):
        initializers.Constant(np.zeros((5, 5)))((10, 10))


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2), (0, 2)])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int32"])
def test_identity_is_that_of_keras(shape, dtype):
    found = initializers.Identity(2.0)(shape, dtype=dtype)
    assert found.dtype == getattr(torch, dtype)
    theirs = keras.initializers.Identity(2.0)(shape, dtype=dtype).cpu()
    torch.testing.assert_close(found, theirs.to(found.dtype))


@pytest.mark.parametrize("shape", [(), (3,), (3, 3, 3)])
def test_identity_makes_matrices(shape):
    with pytest.raises(ValueError, match="Identity makes matrices"):
        initializers.Identity()(shape)


def test_identity_keeps_its_gain():
    assert initializers.Identity(3.0).clone().gain == 3.0
    assert initializers.Identity().get_config() == {}


@pytest.mark.parametrize("name", ["Zeros", "Ones", "Constant", "Identity"])
def test_device_and_default_type(name):
    config.set_floatx("float16")
    with config.device_scope("meta"):
        values = getattr(initializers, name)()((2, 2))
    assert values.is_meta
    assert values.dtype == torch.float16


@pytest.mark.parametrize("name", ["Zeros", "Ones", "Initializer"])
def test_arguments_nobody_takes_are_refused(name):
    with pytest.raises(TypeError):
        getattr(initializers, name)(3)


def test_the_base_class_makes_nothing():
    with pytest.raises(NotImplementedError, match=r"Initializer has no __call__"):
        initializers.Initializer()((2,))
