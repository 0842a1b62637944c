"""Values as tensors, arrays and other number types, held against real Keras and NumPy."""

import itertools

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops import conversion
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, INTS, agrees, everywhere, numbers

X = np.float32([[-300.5, -1.0, 0.0], [0.7, 127.0, 1e10]])


def test_cast():
    for source, target in itertools.product(("bool", "int8", "int64", *FLOATS), INTS + FLOATS):
        agrees(conversion.cast, "cast", numbers((2, 3), source, 0, 9), target)
    same(conversion.cast([1, 2], np.float16), np.float16([1, 2]))
    x = torch.ones(2)
    assert conversion.cast(x, "float32") is x
    everywhere(conversion.cast, X, "float16")
    assert conversion.cast(kerlite.KerasTensor((None, 3)), torch.int8).dtype == "int8"


def test_saturate_cast():
    sources = ("bool", "uint8", "int8", "int32", "int64", *FLOATS)
    for source, target in itertools.product(sources, INTS + FLOATS):
        x = torch.tensor(X).nan_to_num().clamp(-3e3, 3e3).to(getattr(torch, source))
        if source in INTS[1:] and target in FLOATS:  # Keras gives the lowest number for all
            kind = getattr(torch, target)
            ends = [np.float64(torch.finfo(kind).min), np.float64(torch.finfo(kind).max)]
            same(conversion.saturate_cast(x, target), x.double().clamp(*ends).to(kind))
        else:
            agrees(conversion.saturate_cast, "saturate_cast", x, target)
    everywhere(conversion.saturate_cast, X, "int8")


@pytest.mark.parametrize("source", FLOATS)
@pytest.mark.parametrize("target", ["int8", "uint8", "int16", "int32", "int64", "uint32"])
def test_saturation_ends_inside_of_the_target(source, target):
    x = torch.tensor([-float("inf"), float("inf")], dtype=getattr(torch, source))
    low, high = conversion.saturate_cast(x, target).tolist()
    info = torch.iinfo(getattr(torch, target))
    assert info.min <= low <= info.min * 0.9 or low == max(info.min, torch.finfo(x.dtype).min)
    assert min(info.max, torch.finfo(x.dtype).max) * 0.99 <= high <= info.max


def test_convert_to_tensor():
    for value in (
        1,
        2.5,
        True,
        [1, 2],
        [1.5, 2],
        [[True]],
        X,
        X[:, :2].astype("int16"),
        np.float16(2),
    ):
        agrees(conversion.convert_to_tensor, "convert_to_tensor", value)
        agrees(conversion.convert_to_tensor, "convert_to_tensor", value, dtype="float16")
    x = torch.ones(2, requires_grad=True)
    assert conversion.convert_to_tensor(x) is x
    joined = conversion.convert_to_tensor([x[0], x[1]], "float64")
    assert joined.requires_grad
    assert joined.dtype is torch.float64
    assert conversion.convert_to_tensor([0.1], "float64").item() == 0.1  # not float32's 0.1
    assert conversion.convert_to_tensor(2**40, "int64").item() == 2**40
    everywhere(conversion.convert_to_tensor, X, "float16")
    with pytest.raises(ValueError, match="sparse=True"):
        conversion.convert_to_tensor(X, sparse=True)
    with pytest.raises(ValueError, match="float31"):
        conversion.convert_to_tensor(X, "float31")


def test_convert_to_numpy():
    x = torch.tensor(X, requires_grad=True)
    array = conversion.convert_to_numpy(x)
    array[0] = 7  # its own memory
    same(x, X)
    assert conversion.convert_to_numpy(x.to(torch.bfloat16)).dtype == np.float32
    assert conversion.convert_to_numpy(torch.tensor(1 + 2j).conj()) == 1 - 2j
    assert conversion.convert_to_numpy([x, x]).shape == (2, 2, 3)
    same(conversion.convert_to_numpy([1, 2]), np.array([1, 2]))
    layer = kerlite.layers.Dense(2)
    layer.build((None, 3))
    same(conversion.convert_to_numpy(layer.kernel), layer.get_weights()[0])
    with pytest.raises(TypeError, match="no values"):
        conversion.convert_to_numpy(kerlite.KerasTensor((2,)))


def test_shape_and_dtype_and_is_tensor():
    for x in (torch.tensor(X), X, X.tolist()):
        assert conversion.shape(x) == (2, 3)
        assert conversion.dtype(x) == "float32"
    symbol = kerlite.KerasTensor((None, 3), "int8")
    assert conversion.shape(symbol) == (None, 3)
    assert conversion.dtype(symbol) == "int8"
    assert type(conversion.shape(torch.tensor(X))) is tuple
    assert not conversion.is_tensor(X)
    assert conversion.is_tensor(torch.tensor(X))


def test_stop_gradient():
    x = torch.tensor(X, requires_grad=True)
    stopped = conversion.stop_gradient(x)
    assert not stopped.requires_grad
    assert stopped.data_ptr() == x.data_ptr()
    everywhere(conversion.stop_gradient, X)
