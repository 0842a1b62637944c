"""Correlations against their definitions in float64, and against Keras."""

import keras
import numpy as np
import pytest
import torch

from kerlite import metrics
from tests.metrics.support import PARTS, close, seen

RNG = np.random.default_rng(0)
NAMES = ["pearson_correlation", "concordance_correlation"]
CLASSES = {NAMES[0]: "PearsonCorrelation", NAMES[1]: "ConcordanceCorrelation"}


def by_definition(name, y_true, y_pred, axis=-1):
    y_true, y_pred = np.asarray(y_true, "float64"), np.asarray(y_pred, "float64")
    true, pred = (y - y.mean(axis, keepdims=True) for y in (y_true, y_pred))
    covariance = (true * pred).mean(axis)
    if name == NAMES[0]:
        return covariance / (y_true.std(axis) * y_pred.std(axis))
    bias = (y_true.mean(axis) - y_pred.mean(axis)) ** 2
    return 2 * covariance / (y_true.var(axis) + y_pred.var(axis) + bias)


def pair(*shape):
    y_true = RNG.normal(size=shape).astype("float32")
    return y_true, (0.5 * y_true + RNG.normal(size=shape) + 0.3).astype("float32")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("shape", "axis"), [((9,), -1), ((9, 5), -1), ((9, 5), 0), ((4, 3, 6), 1)])
def test_function_is_the_definition_and_that_of_keras(name, shape, axis):
    y_true, y_pred = pair(*shape)
    ours = getattr(metrics, name)(y_true, y_pred, axis=axis)
    np.testing.assert_allclose(ours, by_definition(name, y_true, y_pred, axis), atol=1e-6)
    theirs = getattr(keras.metrics, name)(y_true, y_pred, axis=axis)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weighted", [False, True])
def test_metric_is_the_mean_over_rows(name, weighted):
    y_true, y_pred = pair(12, 5)
    weight = RNG.uniform(size=12).astype("float32") if weighted else None
    ours = seen(getattr(metrics, CLASSES[name])(), y_true, y_pred, weight, PARTS)
    close(ours, np.average(by_definition(name, y_true, y_pred), weights=weight))
    theirs = seen(getattr(keras.metrics, CLASSES[name])(), y_true, y_pred, weight, PARTS)
    close(ours, theirs.result().cpu())


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("name", NAMES)
def test_scale_and_distance_from_zero_do_not_matter(name, scale):
    y_true, y_pred = (scale * part for part in pair(9, 5))
    ours = getattr(metrics, name)(y_true, y_pred)
    np.testing.assert_allclose(ours, by_definition(name, y_true, y_pred), atol=1e-6)
    far = [part + np.float32(100 * scale) for part in (y_true, y_pred)]
    ours = getattr(metrics, name)(*far)
    np.testing.assert_allclose(ours, by_definition(name, *far), atol=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.1, 3.3])
def test_constant_rows(value):
    constant, other = np.full((1, 3), value, "float32"), np.array([[1.0, 2.0, 4.0]], "float32")
    for y_true, y_pred in ((constant, other), (other, constant), (constant, constant)):
        assert np.isnan(metrics.pearson_correlation(y_true, y_pred).item())
        assert metrics.concordance_correlation(y_true, y_pred).item() == 0


def test_nan_and_empty_batches():
    y_true, y_pred = pair(4, 5)
    y_pred[1, 2] = np.nan
    for name in NAMES:
        assert np.isnan(getattr(metrics, name)(y_true, y_pred).numpy()).tolist() == [
            False, True, False, False
        ]  # fmt: skip
        metric = getattr(metrics, CLASSES[name])()
        assert metric(np.zeros((0, 5)), np.zeros((0, 5))).item() == 0


def test_half_precision_is_computed_in_single():
    y_true, y_pred = (torch.tensor(part * 300).half() for part in pair(4, 50))
    for name in NAMES:
        ours = getattr(metrics, name)(y_true, y_pred)
        np.testing.assert_allclose(ours, by_definition(name, y_true, y_pred), atol=1e-5)


def test_bad_arguments_and_shapes():
    with pytest.raises(ValueError, match="axis must be an integer"):
        metrics.PearsonCorrelation(axis="x")
    with pytest.raises(ValueError, match=r"shape \(4, 3\) and the predictions \(4, 5\)"):
        metrics.ConcordanceCorrelation().update_state(np.zeros((4, 3)), np.zeros((4, 5)))
