"""Errors against Keras, in batches, with weights, in half precision."""

import keras
import numpy as np
import pytest
import torch

from kerlite import metrics

NAMES = [
    "MeanSquaredError",
    "RootMeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "LogCoshError",
]


def numbers(shape, seed):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shapes", [((9, 3), (9, 3)), ((9,), (9, 1)), ((9, 4, 2), (9, 4, 2))])
@pytest.mark.parametrize("weighted", [False, True])
def test_metric_matches_keras_batch_by_batch(name, shapes, weighted):
    y_true, y_pred = numbers(shapes[0], 0), numbers(shapes[1], 1)
    weight = np.abs(numbers(9, 2)) if weighted else None
    ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
    once = getattr(metrics, name)()
    for rows in (slice(0, 4), slice(4, 8), slice(8, 9)):
        batch_weight = None if weight is None else weight[rows]
        ours.update_state(y_true[rows], y_pred[rows], batch_weight)
        theirs.update_state(y_true[rows], y_pred[rows], batch_weight)
    once.update_state(y_true, y_pred, weight)
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=2e-6)
    np.testing.assert_allclose(ours.result(), once.result(), rtol=2e-6)


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_does_not_overflow(name):
    y_true, y_pred = torch.ones(4, 1), torch.full((4, 1), 300.0)
    expected = getattr(metrics, name)()(y_true, y_pred)
    torch.testing.assert_close(getattr(metrics, name)()(y_true, y_pred.half()), expected)


@pytest.mark.parametrize("name", NAMES)
def test_config_is_that_of_keras(name):
    ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
    assert ours.get_config() == theirs.get_config()
    assert keras.metrics.deserialize(metrics.serialize(ours)).get_config() == ours.get_config()


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("weighted", [False, True])
def test_cosine_similarity_matches_keras(axis, weighted):
    y_true, y_pred = numbers((9, 4, 2), 0), numbers((9, 4, 2), 1)
    weight = np.abs(numbers(9, 2)) if weighted and axis != 0 else None
    ours, theirs = (m.CosineSimilarity(axis=axis) for m in (metrics, keras.metrics))
    theirs.update_state(y_true, y_pred, weight if weight is None else weight[:, None])
    np.testing.assert_allclose(ours(y_true, y_pred, weight), theirs.result(), rtol=1e-5)
    assert ours.get_config() == {**theirs.get_config(), "axis": axis}
    assert ours._direction == "up"


def test_cosine_similarity_of_zeros_is_zero():
    zeros = np.zeros((3, 4), "float32")
    assert metrics.CosineSimilarity()(zeros, zeros).item() == 0
    assert metrics.CosineSimilarity()(zeros, zeros + 1).item() == 0
    with pytest.raises(ValueError, match="axis must be an integer"):
        metrics.CosineSimilarity(axis=1.0)


@pytest.mark.parametrize("weight", [None, np.arange(4.0)], ids=["plain", "weighted"])
def test_root_mean_squared_error_obeys_masks_as_the_mean_squared_error_does(weight):
    y_true, y_pred = numbers((4, 3, 2), 0), torch.tensor(numbers((4, 3, 2), 1))
    y_pred._keras_mask = torch.arange(12).reshape(4, 3) % 3 > 0
    root = metrics.RootMeanSquaredError()(y_true, y_pred, weight)
    square = metrics.MeanSquaredError()(y_true, y_pred, weight)
    np.testing.assert_allclose(root**2, square, rtol=1e-6)
