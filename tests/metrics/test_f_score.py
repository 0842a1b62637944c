"""F-scores against scikit-learn, Keras, and counts by hand."""

import keras
import numpy as np
import pytest
import sklearn.metrics
import torch

from kerlite import metrics
from tests.metrics.support import PARTS, ROWS, close, seen

RNG = np.random.default_rng(0)
SCORES = RNG.uniform(size=(ROWS, 3)).astype("float32")
MANY = RNG.integers(0, 2, (ROWS, 3))  # several labels a row
ONE = np.eye(3, dtype="int64")[RNG.integers(0, 3, ROWS)]
WEIGHT = RNG.uniform(0.2, 2, ROWS).astype("float32")
AVERAGES = [None, "micro", "macro", "weighted"]


def by_sklearn(y_true, predicted, beta, average, weight=None):
    return sklearn.metrics.fbeta_score(
        y_true, predicted, beta=beta, average=average, sample_weight=weight, zero_division=0
    )


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_scores_are_those_of_scikit_learn_and_keras(average, beta, weight):
    largest = np.eye(3, dtype="int64")[SCORES.argmax(-1)]
    for y_true, threshold, predicted in ((MANY, 0.4, SCORES > 0.4), (ONE, None, largest)):
        ours = metrics.FBetaScore(average, beta, threshold)
        seen(ours, y_true, SCORES, weight, PARTS)
        close(ours, by_sklearn(y_true, predicted, beta, average, weight))
        theirs = keras.metrics.FBetaScore(average, beta, threshold)
        close(ours, seen(theirs, y_true, SCORES, weight, PARTS).result().cpu())


@pytest.mark.parametrize("average", AVERAGES)
def test_f1_is_beta_of_one(average):
    ours = seen(metrics.F1Score(average, 0.5), MANY, SCORES)
    close(ours, seen(metrics.FBetaScore(average, 1.0, 0.5), MANY, SCORES))
    assert ours.name == "f1_score"
    assert "beta" not in ours.get_config()


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [
        (np.zeros((4, 3)), np.zeros((4, 3))),
        (np.zeros((4, 3)), np.ones((4, 3))),
        (np.ones((4, 3)), np.zeros((4, 3))),
        (np.ones((4, 1)), np.full((4, 1), 0.7)),
        (np.full((2, 3), 0.5), np.eye(3)[:2]),
        (np.ones((2, 2)), np.full((2, 2), np.nan)),
        (np.full((2, 2), np.nan), np.ones((2, 2))),
    ],
    ids=["zeros", "none right", "none found", "one class", "soft", "nan", "nan targets"],
)
def test_edges_match_keras(average, y_true, y_pred):
    ours = metrics.F1Score(average)(y_true, y_pred)
    theirs = keras.metrics.F1Score(average)
    theirs.update_state(y_true, y_pred)
    np.testing.assert_allclose(ours, theirs.result().cpu(), atol=1e-6)


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("threshold", [None, 0.5])
def test_an_empty_batch_changes_nothing(average, threshold):
    metric = metrics.F1Score(average, threshold)
    assert not metric(np.zeros((0, 3)), np.zeros((0, 3))).any()
    seen(metric, MANY, SCORES).update_state(np.zeros((0, 3)), np.zeros((0, 3)))
    close(metric, seen(metrics.F1Score(average, threshold), MANY, SCORES))


def test_small_weights_are_not_blurred():
    ours = seen(metrics.F1Score(threshold=0.5), MANY, SCORES, 1e-9 * WEIGHT)
    close(ours, by_sklearn(MANY, SCORES > 0.5, 1.0, None, WEIGHT))


@pytest.mark.parametrize("shape", [(), (ROWS,), (ROWS, 1), (ROWS, 3), (1, 3)], ids=str)
def test_weights_of_every_shape_count(shape):
    weight = RNG.uniform(0.2, 2, shape).astype("float32")
    full = weight.reshape(*shape, *[1] * (2 - len(shape))) * np.ones((ROWS, 3), "float32")
    ours = metrics.F1Score(threshold=0.5)
    ours.update_state(MANY, SCORES, weight)
    expected = [
        by_sklearn(MANY[:, i], SCORES[:, i] > 0.5, 1.0, "binary", full[:, i]) for i in range(3)
    ]
    close(ours, expected)


def test_masks_count_like_weights():
    mask = torch.arange(ROWS) % 3 > 0
    y_pred = torch.tensor(SCORES)
    y_pred._keras_mask = mask
    ours = metrics.F1Score("macro", 0.5)
    ours.update_state(MANY, y_pred, WEIGHT)
    close(ours, by_sklearn(MANY, SCORES > 0.5, 1.0, "macro", WEIGHT * mask.numpy()))
    y_pred._keras_mask = torch.zeros(ROWS, dtype=torch.bool)
    assert metrics.F1Score("macro", 0.5)(MANY, y_pred).item() == 0


def test_half_precision_counts_in_single():
    y_true, y_pred = torch.ones(5000, 1), torch.ones(5000, 1, dtype=torch.float16)
    metric = metrics.F1Score("micro", 0.5, dtype="bfloat16")
    assert metric(y_true, y_pred).dtype == torch.bfloat16
    assert metric.true_positives.item() == 5000


def test_before_the_first_batch_the_score_is_zero():
    assert metrics.F1Score().result().item() == 0
    metric = metrics.F1Score()
    metric.reset_state()
    assert metric.variables == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"average": "mikro"}, "Unknown average: 'mikro'. Did you mean 'micro'"),
        ({"beta": 0.0}, "beta must be a number above 0; received beta=0.0"),
        ({"beta": "1"}, "beta must be a number above 0; received beta='1'"),
        ({"threshold": 0.0}, "threshold must be above 0 and at most 1; received threshold=0.0"),
        ({"threshold": 1.5}, "threshold must be above 0"),
    ],
)
def test_impossible_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        metrics.FBetaScore(**arguments)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((4,), (4, 3)), r"received \(4,\). For integer labels: kerlite.utils.to_categorical"),
        (((4, 2), (4, 3)), r"shape of the predictions, \(4, 3\); received \(4, 2\)"),
        (((4, 5, 3), (4, 5, 3)), "Reshape to two dimensions"),
        (((4,), (4,)), "Reshape to two dimensions"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shapes, message):
    with pytest.raises(ValueError, match=message):
        metrics.F1Score().update_state(np.zeros(shapes[0]), np.zeros(shapes[1]))


def test_other_bad_data_is_refused():
    with pytest.raises(ValueError, match="probabilities from 0 to 1; received predictions from -3"):
        metrics.F1Score(threshold=0.5).update_state(MANY, SCORES - 3.5)
    with pytest.raises(ValueError, match="Sample weights"):
        metrics.F1Score().update_state(MANY, SCORES, np.ones(5))
    with pytest.raises(ValueError, match="do not fit values of shape"):
        metrics.F1Score().update_state(np.ones((4, 1)), np.ones((4, 1)), np.ones((4, 3)))
    metric = seen(metrics.F1Score(), MANY, SCORES)
    with pytest.raises(ValueError, match="has seen targets of 3 columns; received 2"):
        metric.update_state(MANY[:, :2], SCORES[:, :2])
