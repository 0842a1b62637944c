"""R2 against scikit-learn, torchmetrics and Keras."""

import keras
import numpy as np
import pytest
import sklearn.metrics
import torch

from kerlite import metrics
from tests.metrics.support import PARTS, ROWS, close, seen

RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(ROWS, 3)).astype("float32") * [1, 5, 0.1]
GUESS = REAL + RNG.normal(size=(ROWS, 3)) * 0.5
REAL, GUESS = REAL.astype("float32"), GUESS.astype("float32")
WEIGHT = RNG.uniform(0.2, 2, ROWS).astype("float32")
HOW = {
    None: "raw_values",
    "uniform_average": "uniform_average",
    "variance_weighted_average": "variance_weighted",
}


def by_sklearn(y_true, y_pred, how="uniform_average", weight=None):
    wide = (np.asarray(y, "float64") for y in (y_true, y_pred))
    return sklearn.metrics.r2_score(*wide, sample_weight=weight, multioutput=HOW[how])


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_score_is_that_of_scikit_learn_and_keras(how, weight):
    ours = seen(metrics.R2Score(how), REAL, GUESS, weight, PARTS)
    close(ours, by_sklearn(REAL, GUESS, how, weight))
    theirs = seen(keras.metrics.R2Score(how), REAL, GUESS, weight, PARTS)
    close(ours, theirs.result().cpu())


@pytest.mark.parametrize("regressors", [1, 4, 10, 11, 40])
def test_adjusted_score_counts_samples(regressors):
    torchmetrics = pytest.importorskip("torchmetrics")
    ours = seen(metrics.R2Score(num_regressors=regressors), REAL, GUESS, None, PARTS)
    plain = by_sklearn(REAL, GUESS)
    if regressors < ROWS - 1:
        expected = 1 - (1 - plain) * (ROWS - 1) / (ROWS - 1 - regressors)
        other = torchmetrics.regression.R2Score(adjusted=regressors)
        close(ours, other(torch.tensor(GUESS), torch.tensor(REAL)))
    close(ours, expected if regressors < ROWS - 1 else plain)
    single = seen(metrics.R2Score(num_regressors=regressors), REAL[:, :1], GUESS[:, :1])
    if regressors < ROWS - 1:  # Keras is right about one output
        theirs = keras.metrics.R2Score(num_regressors=regressors)
        close(single, seen(theirs, REAL[:, :1], GUESS[:, :1]).result().cpu())


@pytest.mark.parametrize("offset", [1e3, 1e4])
def test_targets_far_from_zero_lose_nothing(offset):
    real, guess = REAL + np.float32(offset), GUESS + np.float32(offset)
    close(seen(metrics.R2Score(), real, guess, None, PARTS), by_sklearn(real, guess))


@pytest.mark.parametrize("value", [0.0, 0.1, 1234.5])
@pytest.mark.parametrize("how", HOW)
def test_constant_targets_are_as_in_scikit_learn(value, how):
    real = np.full((ROWS, 2), value, "float32")
    for guess in (real, real + 1, np.stack([real[:, 0], real[:, 0] + 1], -1)):
        close(seen(metrics.R2Score(how), real, guess, None, PARTS), by_sklearn(real, guess, how))
    mixed = np.stack([real[:, 0], REAL[:, 0]], -1)
    close(seen(metrics.R2Score(how), mixed, mixed + 1), by_sklearn(mixed, mixed + 1, how))


@pytest.mark.parametrize("shape", [(), (ROWS,), (ROWS, 1), (ROWS, 3)], ids=str)
def test_weights_of_every_shape_count(shape):
    weight = RNG.uniform(0.2, 2, shape).astype("float32")
    full = weight.reshape(*shape, *[1] * (2 - len(shape))) * np.ones((ROWS, 3), "float32")
    ours = metrics.R2Score(None)
    ours.update_state(REAL, GUESS, weight)
    close(ours, [by_sklearn(REAL[:, i], GUESS[:, i], weight=full[:, i]) for i in range(3)])


def test_masks_count_like_weights():
    mask = torch.arange(ROWS) % 3 > 0
    guess = torch.tensor(GUESS)
    guess._keras_mask = mask
    ours = metrics.R2Score(num_regressors=2)
    ours.update_state(REAL, guess)
    kept = mask.numpy()
    close(ours, seen(metrics.R2Score(num_regressors=2), REAL[kept], GUESS[kept]))
    guess._keras_mask = torch.zeros(ROWS, dtype=torch.bool)
    assert metrics.R2Score()(REAL, guess).item() == 0


def test_flat_targets_are_one_output():
    expected = by_sklearn(REAL[:, 0], GUESS[:, 0])
    for y_true, y_pred in (
        (REAL[:, 0], GUESS[:, 0]), (REAL[:, 0], GUESS[:, :1]), (REAL[:, :1], GUESS[:, 0])
    ):  # fmt: skip
        close(seen(metrics.R2Score(), y_true, y_pred), expected)


def test_nothing_nan_and_infinity():
    for metric in (metrics.R2Score(), metrics.R2Score(None), metrics.R2Score(num_regressors=3)):
        assert metric.result().item() == 0
    nothing = np.zeros((0, 3))
    assert metrics.R2Score(None)(nothing, nothing).tolist() == [0, 0, 0]
    weightless = seen(metrics.R2Score("variance_weighted_average"), REAL, GUESS, 0 * WEIGHT)
    assert weightless.result().item() == 0
    for y_true, y_pred in (
        (REAL, GUESS * np.nan),
        (REAL * np.nan, GUESS),
        (0 * REAL, REAL * np.nan),
    ):
        assert np.isnan(metrics.R2Score()(y_true, y_pred).item())
    infinite = metrics.R2Score(None)(REAL, GUESS * np.array([1, 1, np.inf], "float32"))
    assert infinite[2].item() == -np.inf


def test_half_precision_does_not_overflow():
    real, guess = torch.tensor(REAL * 500).half(), torch.tensor(GUESS * 500).half()
    close(seen(metrics.R2Score(), real, guess), by_sklearn(real, guess))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"class_aggregation": "uniform"}, "Unknown class_aggregation: 'uniform'"),
        ({"num_regressors": -1}, "num_regressors must be at least 0; received -1"),
        ({"num_regressors": 1.5}, "num_regressors must be an integer; received 1.5"),
    ],
)
def test_impossible_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        metrics.R2Score(**arguments)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"targets have shape \(12, 3\)"):
        metrics.R2Score().update_state(REAL, GUESS[:, :2])
    with pytest.raises(ValueError, match="Reshape to two dimensions"):
        metrics.R2Score().update_state(np.zeros((2, 3, 4)), np.zeros((2, 3, 4)))
    metric = seen(metrics.R2Score(), REAL, GUESS)
    with pytest.raises(ValueError, match="has seen targets of 3 columns; received 2"):
        metric.update_state(REAL[:, :2], GUESS[:, :2])
