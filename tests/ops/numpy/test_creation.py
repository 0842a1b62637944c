"""New tensors, against real Keras and NumPy."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.core import config
from kerlite.models import model_from_json
from kerlite.ops.numpy import creation
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, INTS, agrees, differentiable, everywhere, numbers

A = np.array([[1.5, -2.5, 0.75], [4.25, 3.0, -1.26]], "float32")
LIKE = ["zeros_like", "ones_like"]


@pytest.mark.parametrize("name", ["zeros", "ones"])
@pytest.mark.parametrize("dtype", [None, *INTS, *FLOATS])
def test_constants(name, dtype):
    for shape in ((), (3,), (2, 0, 3), [2, 3], 4):
        agrees(getattr(creation, name), name, shape, dtype=dtype is not None or True)
        result = getattr(creation, name)(shape, dtype)
        assert result.dtype == getattr(torch, dtype or "float32")
        assert torch.all(result == (name == "ones"))


def test_empty():
    for dtype in (None, "int8", torch.float16):
        result = creation.empty((2, 3), dtype)
        assert result.shape == creation.empty_like(A).shape == (2, 3)
        assert result.dtype == (torch.float32 if dtype is None else result.dtype)
    assert creation.empty_like(A, "int8").dtype == torch.int8
    assert creation.empty(4).shape == (4,)


def test_they_are_of_floatx():
    config.set_floatx("float16")
    for result in (creation.zeros(2), creation.full(2, 1), creation.eye(2), creation.tri(2)):
        assert result.dtype == torch.float16


@pytest.mark.parametrize("dtype", [None, "bool", "int32", "float16", "float64"])
def test_full(dtype):
    for shape, value in (((2, 3), 2), ((), 1.5), ((0, 2), 0), ((2, 3), [1, 2, 3]), ((2, 2), True)):
        theirs = keras.ops.full(shape, value, dtype=dtype)
        same(creation.full(shape, value, dtype), theirs)
    same(creation.full((2, 3), [[1], [2]], dtype), np.full((2, 3), [[1], [2]], dtype or "float32"))
    assert creation.full(3, 1).shape == (3,)


@pytest.mark.parametrize("name", LIKE)
@pytest.mark.parametrize("dtype", INTS + FLOATS)
def test_like(name, dtype):
    x = numbers((2, 3), dtype)
    for wanted in (None, "int32", "float16"):
        result = getattr(creation, name)(x, wanted)
        assert result.dtype == getattr(torch, wanted or dtype)
        assert torch.equal(result.bool(), torch.full((2, 3), name == "ones_like"))
    agrees(getattr(creation, name), name, x)
    agrees(creation.full_like, "full_like", x, 1)
    same(creation.full_like(x, [1, 2, 3], "int8"), np.array([[1, 2, 3]] * 2, "int8"))


def test_like_everywhere():
    for name in [*LIKE, "full_like"]:
        given = (A, 2.5) if name == "full_like" else (A,)
        everywhere(getattr(creation, name), *given)
        everywhere(getattr(creation, name), *given, dtype="int32")
    assert creation.empty_like(kerlite.KerasTensor((None, 3), "int32")).dtype == "int32"


def test_torch_s_types_are_saved_by_name():
    x = kerlite.Input((3,))
    model = kerlite.Model(x, creation.ones_like(x, torch.int32))
    assert model_from_json(model.to_json())(A).dtype == torch.int32


def test_a_symbolic_value_is_spread():
    for k, full in ((keras, keras.ops.full), (kerlite, creation.full)):
        x = k.Input(batch_shape=(1,))
        model = k.Model(x, full((2, 3), x))
        again = model_from_json(model.to_json())
        same(again(np.array([2.5], "float32")), np.full((2, 3), 2.5, "float32"))
    differentiable(lambda x: creation.full((2, 3), x, "float64"), A[0])


def test_array():
    for value in (1, 1.5, True, [1, 2], [[1.5]], np.ones(2, "int8"), torch.ones(2)):
        agrees(creation.array, "array", value)
        agrees(creation.array, "array", value, "float16")
    x = torch.ones(2)
    assert creation.array(x) is x
    everywhere(creation.array, A, "int32")


@pytest.mark.parametrize("name", ["eye", "tri"])
def test_matrices(name):
    for rows, columns in ((3, None), (3, 5), (5, 3), (1, 1), (0, 2)):
        for k in (0, 1, -1, 2, -3, 7, -7):
            ours = getattr(creation, name)(rows, columns, k)
            same(ours, getattr(np, name)(rows, columns, k, dtype="float32"))
    for dtype in ("bool", "int32", "bfloat16", "float64"):
        agrees(getattr(creation, name), name, 2, 3, dtype=True, k=1)
        assert getattr(creation, name)(2, dtype=dtype).dtype == getattr(torch, dtype)


def test_identity():
    for dtype in (None, "bool", "int32", "bfloat16"):
        same(creation.identity(3, dtype), keras.ops.identity(3, dtype=dtype))


@pytest.mark.parametrize("dtype", ["int32", "int64", "float16", "float32", "float64"])
def test_vander(dtype):
    x = np.array([1, 2, 3, 5], dtype)
    for columns in (None, 0, 1, 3, 5):
        for increasing in (False, True):
            expected = np.vander(x, columns, increasing).astype(dtype)
            same(creation.vander(x, columns, increasing), expected)


def test_vander_everywhere():
    x = kerlite.KerasTensor((4,))
    assert creation.vander(x, 3).shape == (4, 3)
    model = keras.Model(x := keras.Input(batch_shape=(4,)), keras.ops.vander(x, 3))
    given = np.array([1, 2, 3, 5], "float32")
    same(model_from_json(model.to_json())(given), np.vander(given, 3).astype("float32"))
    differentiable(creation.vander, given)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("zeros", ((-1, 2),)),
        ("ones", ((2,), "float33")),
        ("full", ((2, 3), [1, 2])),
        ("full_like", (A, [1, 2])),
        ("identity", (-2,)),
        ("vander", (A,)),
    ],
)
def test_bad_input(name, args):
    with pytest.raises(ValueError, match=r"-\d|float33|2\)|\(2"):
        getattr(creation, name)(*args)
