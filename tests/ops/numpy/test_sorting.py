import itertools

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import sorting
from tests.ops.support.compare import same

RNG = np.random.default_rng(0)
X = RNG.integers(-5, 5, (3, 4, 5)).astype("float32")
NAN = float("nan")


def test_along_every_axis_as_in_numpy():
    for axis in (None, 0, 1, 2, -1, -3):
        for name in ("argmax", "argmin"):
            for keepdims in (False, True):
                expected = getattr(np, name)(X, axis=axis, keepdims=keepdims).astype("int32")
                same(getattr(sorting, name)(X, axis, keepdims), expected)
        same(sorting.sort(torch.tensor(X), axis), np.sort(X, axis))
        order = np.argsort(X, axis, kind="stable").astype("int32")
        same(sorting.argsort(torch.tensor(X), axis), order)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64"])
def test_number_types(dtype):
    x = (np.abs(X) % 3).astype(dtype)
    for name in ("argmax", "argsort", "sort"):
        same(getattr(sorting, name)(torch.tensor(x), 1), getattr(keras.ops, name)(x, axis=1))
    assert sorting.sort(torch.ones(2, dtype=torch.bfloat16)).dtype == torch.bfloat16


def test_nan_is_the_greatest_when_sorting():
    x = torch.tensor([NAN, 1.0, float("inf"), -1.0])
    same(sorting.sort(x), np.sort(x.numpy()))
    same(sorting.argmax(x), np.int32(0))
    same(sorting.argmin(x), np.int32(0))
    same(sorting.sort([]), np.zeros(0, "float32"))


def test_partitions():
    x = RNG.normal(size=(3, 7))
    for kth, axis in itertools.product((0, 3, -1), (0, 1, None)):
        if axis == 0 and kth == 3:
            continue
        order = sorting.argpartition(torch.tensor(x), kth, axis).numpy()
        assert order.dtype == "int32"
        flat = x.reshape(-1) if axis is None else x
        found = np.take_along_axis(flat, order, axis or 0)
        same(found.take(kth, axis or 0), np.sort(flat, axis or 0).take(kth, axis or 0))
        least, greatest = np.split(found, [kth % found.shape[axis or 0]], axis or 0)
        if least.size:
            assert (least.max(axis or 0) <= greatest.min(axis or 0)).all()
    assert sorting.argpartition([3, 1, 2], [0, 2]).tolist() == [1, 2, 0]
    with pytest.raises(ValueError, match=r"between -3 and 2.*kth=3"):
        sorting.argpartition(torch.ones(3), 3)


def test_insertion_points():
    edges = [1, 2, 2, 4]
    for side in ("left", "right"):
        for values in (2, [0, 2, 9], [[1.5, 2.0], [4.0, 5.0]], np.array([2], "int64")):
            expected = np.searchsorted(edges, values, side).astype("int32")
            same(sorting.searchsorted(edges, values, side), expected)
            same(sorting.searchsorted(torch.tensor(edges), values, side), expected)
    with pytest.raises(ValueError, match=r"one dimension; received the shape \(2, 2\)"):
        sorting.searchsorted(torch.ones(2, 2), 1)
    with pytest.raises(ValueError, match=r"side='middle'.*'left' or 'right'"):
        sorting.searchsorted(torch.ones(2), 1.0, side="middle")


def test_indices_of_what_is_not_zero():
    for x in (X, X[0], X[0, 0] > 0, np.zeros((2, 3)), np.zeros((0, 3))):
        found = sorting.nonzero(torch.tensor(x))
        same(found, [one.astype("int32") for one in np.nonzero(x)])


def test_the_number_of_indices_is_unknown_while_a_model_is_built():
    x = kerlite.Input(batch_shape=(2, 3))
    indices = sorting.nonzero(x)
    assert [(one.shape, one.dtype) for one in indices] == [((None,), "int32")] * 2
    assert [one.shape for one in keras.ops.nonzero(keras.KerasTensor((2, 3)))] == [(None,)] * 2
    model = kerlite.models.model_from_json(kerlite.Model(x, indices).to_json())
    same(model(torch.eye(2, 3)), [np.array([0, 1], "int32")] * 2)
    picked = kerlite.Model(x, x[indices] * 2)
    same(picked(torch.eye(2, 3)), np.array([2, 2], "float32"))


def test_bad_input():
    for name in ("sort", "argsort", "argmax"):
        with pytest.raises(ValueError, match="axis=3"):
            getattr(sorting, name)(torch.ones(2, 3), axis=3)
    with pytest.raises(ValueError, match="argmax"):
        sorting.argmax(torch.ones(2, 0), axis=1)
