"""Hinge metrics against Keras, for targets of -1 and 1, of 0 and 1, and one-hot."""

import keras
import numpy as np
import pytest

from kerlite import metrics
from tests.metrics.support import PARTS, close, seen

RNG = np.random.default_rng(0)
SCORES = RNG.normal(size=(12, 3)).astype("float32")
BINARY = RNG.integers(0, 2, (12, 3))
NAMES = ["Hinge", "SquaredHinge", "CategoricalHinge"]
WEIGHT = RNG.uniform(size=12).astype("float32")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("y_true", [BINARY, 2 * BINARY - 1, np.eye(3)[BINARY.sum(-1) % 3]])
@pytest.mark.parametrize("weight", [None, WEIGHT, 0 * WEIGHT], ids=["plain", "weighted", "zeros"])
def test_metric_matches_keras_batch_by_batch(name, y_true, weight):
    ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
    seen(ours, y_true, SCORES, weight, PARTS)
    close(ours, seen(theirs, y_true, SCORES, weight, PARTS).result().cpu())
    assert ours._direction == "down"


@pytest.mark.parametrize("name", NAMES)
def test_one_class_nan_and_infinity_match_keras(name):
    for y_true, y_pred in (
        (np.ones((4, 1)), np.zeros((4, 1))),
        (np.zeros((4, 2)), np.zeros((4, 2))),
        (np.ones((2, 2)), np.full((2, 2), np.nan)),
        (np.ones((2, 2)), np.full((2, 2), np.inf)),
    ):
        ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
        y_true, y_pred = y_true.astype("float32"), y_pred.astype("float32")
        theirs.update_state(y_true, y_pred)
        np.testing.assert_allclose(ours(y_true, y_pred), theirs.result().cpu())
