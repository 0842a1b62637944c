import keras
import numpy as np
import pytest
import torch

from kerlite.core import config
from kerlite.utils import normalize, to_categorical


@pytest.mark.parametrize(
    ("x", "num_classes"),
    [
        ([0, 1, 2, 3], 4),
        ([0, 2], None),
        (np.array([[1], [0]]), None),
        (np.array([[1, 2], [0, 1]]), 5),
        (np.array([1.0, 0.0]), None),
        (3, None),
        (np.zeros((2, 3, 1), int), 2),
    ],
    ids=str,
)
def test_one_hot_as_in_keras(x, num_classes):
    got = to_categorical(x, num_classes)
    expected = keras.utils.to_categorical(x, num_classes)
    np.testing.assert_array_equal(got, expected)
    assert got.dtype == expected.dtype


def test_tensors_stay_tensors():
    got = to_categorical(torch.tensor([[1], [0]]), 3)
    assert torch.equal(got, torch.eye(3)[[1, 0]])
    config.set_floatx("float64")
    assert to_categorical(torch.tensor([1])).dtype == torch.float64


def test_bad_labels():
    with pytest.raises(ValueError, match=r"= \[0, 3\); received numbers from 0 to 3"):
        to_categorical([0, 3], 3)
    with pytest.raises(ValueError, match="received numbers from -1 to 1"):
        to_categorical([-1, 1])
    with pytest.raises(ValueError, match="x is empty: pass num_classes"):
        to_categorical([])
    assert to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_normalize_as_in_keras(axis, order, dtype):
    x = np.array([[3, 4, 0], [0, 0, 0], [-1, 2, 2]]).astype(dtype)
    got = normalize(x, axis, order)
    expected = keras.utils.normalize(x, axis, order)
    np.testing.assert_allclose(got, expected, rtol=1e-6)
    assert got.dtype == expected.dtype
    tensor = normalize(torch.from_numpy(x), axis, order)
    np.testing.assert_allclose(tensor, expected, rtol=1e-6)


def test_normalize_columns():
    x = np.array([[3.0, 0.0], [4.0, 0.0]])
    np.testing.assert_allclose(normalize(x, axis=0), [[0.6, 0], [0.8, 0]])
    np.testing.assert_allclose(normalize(torch.from_numpy(x), axis=0), [[0.6, 0], [0.8, 0]])


def test_normalize_takes_lists():
    assert normalize([[0.0, 2.0]]).tolist() == [[0.0, 1.0]]
    assert normalize(torch.tensor([[3, 4]])).dtype == torch.float32
