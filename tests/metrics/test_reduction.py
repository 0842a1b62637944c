"""Sum, Mean and the mean of a function against Keras, in one go and in batches."""

import keras
import numpy as np
import pytest
import torch

from kerlite import losses, metrics

VALUES = [(), (6,), (6, 3), (6, 3, 2), (6, 1)]
WEIGHTS = [None, (), (6,), (6, 1), (6, 3), (6, 3, 2)]


def numbers(shape, seed):
    return np.random.default_rng(seed).uniform(0.5, 2, shape).astype("float32")


def fits(values, weights):
    aligned = weights is None or len(weights) <= len(values)
    return aligned and all(w in (1, v) for v, w in zip(values, weights or (), strict=False))


PAIRS = [(values, weights) for values in VALUES for weights in WEIGHTS if fits(values, weights)]


@pytest.mark.parametrize("name", ["Sum", "Mean"])
@pytest.mark.parametrize(("shape", "weight"), PAIRS, ids=str)
def test_weighted_reduction_matches_keras(name, shape, weight):
    ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
    for seed in (0, 1):
        values = numbers(shape, seed)
        weights = None if weight is None else numbers(weight, seed + 2)
        ours.update_state(values, sample_weight=weights)
        theirs.update_state(values, sample_weight=weights)
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-6)


@pytest.mark.parametrize("name", ["Sum", "Mean"])
def test_masked_values_match_keras(name):
    values = torch.tensor(numbers((4, 3), 0))
    values._keras_mask = torch.tensor([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]]).bool()
    weight = numbers((4, 3), 1)
    for weights in (None, weight):
        ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
        np.testing.assert_allclose(ours(values, weights), theirs(values, weights), rtol=1e-6)


def test_mean_weighted_by_batch_size_is_exact_with_a_short_last_batch():
    y_pred, y_true, loss = torch.randn(10, 3), torch.randn(10, 3), losses.MeanSquaredError()
    mean = metrics.Mean("loss")
    for rows in (slice(0, 4), slice(4, 8), slice(8, 10)):
        mean.update_state(loss(y_true[rows], y_pred[rows]), sample_weight=len(y_true[rows]))
    torch.testing.assert_close(mean.result(), loss(y_true, y_pred))
    assert mean.count.item() == 10


def test_nothing_seen_is_zero_and_nan_is_not_hidden():
    mean = metrics.Mean()
    assert mean.result().item() == 0
    mean.update_state(np.zeros((0,)))
    mean.update_state(np.zeros((0, 3)))
    assert mean.result().item() == 0
    mean.update_state([np.nan, 1.0])
    assert np.isnan(mean.result().item())


def test_results_are_tensors_of_their_own():
    for metric in (metrics.Mean(), metrics.Sum()):
        before = metric([2.0])
        metric.update_state([5.0])
        assert before.item() == 2.0
        assert type(before) is torch.Tensor


@pytest.mark.parametrize("values", [[True, False, True, True], [1, 2, 3, 4], 3, 2.5])
def test_numbers_and_booleans_are_values(values):
    ours, theirs = metrics.Mean(), keras.metrics.Mean()
    np.testing.assert_allclose(ours(values), theirs(values))


def squared(y_true, y_pred, power=2):
    return (y_true - y_pred) ** power


@pytest.mark.parametrize(
    ("weight", "mask"),
    [
        (weight, mask)
        for weight in (None, (6,), (6, 1), (6, 3))
        for mask in (None, (6, 3), (6,))
        if (weight, mask) != ((6, 3), (6,))  # Keras cannot broadcast these
    ],
    ids=str,
)
def test_wrapped_function_matches_keras(weight, mask):
    y_true, y_pred = torch.tensor(numbers((6, 3), 0)), torch.tensor(numbers((6, 3), 1))
    if mask is not None:
        y_pred._keras_mask = torch.tensor(numbers(mask, 2) > 1)
    weights = None if weight is None else numbers(weight, 3)
    keras_weights = weights
    if weight == (6,) and mask == (6, 3):  # Keras broadcasts these from the right
        keras_weights = weights[:, None]
    if mask == (6, 3) and weight is not None:  # and only in place
        keras_weights = np.broadcast_to(keras_weights[..., None][:, :, 0], (6, 3)).copy()
    if mask == (6,) and weight == (6, 1):
        keras_weights = weights[:, 0]
    ours = metrics.MeanMetricWrapper(squared, power=3)(y_true, y_pred, weights)
    theirs = keras.metrics.MeanMetricWrapper(squared, power=3)(y_true, y_pred, keras_weights)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_function_of_one_number_counts_once_a_batch():
    ours = metrics.MeanMetricWrapper(lambda t, p: (t - p).mean())
    theirs = keras.metrics.MeanMetricWrapper(lambda t, p: (t - p).mean())
    for n in (4, 2):
        y_true, y_pred = torch.randn(n, 3), torch.randn(n, 3)
        ours.update_state(y_true, y_pred)
        theirs.update_state(y_true, y_pred)
    np.testing.assert_allclose(ours.result(), theirs.result().cpu(), rtol=1e-6)


def test_wrapper_round_trips():
    metric = metrics.MeanMetricWrapper(losses.huber, name="wide", delta=3.0)
    again = metrics.deserialize(metrics.serialize(metric))
    assert again.name == "wide"
    assert again([[0.0]], [[2.0]]).item() == 2.0
    metric = metrics.MeanMetricWrapper(metrics.binary_accuracy, name="b", threshold=0.9)
    again = metrics.deserialize(metrics.serialize(metric))
    assert again([1.0], [0.8]).item() == 0.0
