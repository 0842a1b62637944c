"""Counts, precision, recall and the rates at fixed others, against Keras and scikit-learn."""

import inspect
import io
import itertools

import keras
import numpy as np
import pytest
import torch
from sklearn.metrics import precision_score, recall_score
from torchmetrics.functional.classification import binary_precision, binary_recall

from kerlite.metrics import auc, confusion, counting, thresholds

RNG = np.random.default_rng(0)
SCORES = RNG.uniform(size=(40, 5)).astype("float32")
TARGETS = RNG.integers(0, 2, (40, 5))
WEIGHTS = RNG.uniform(size=(40, 5)).astype("float32")
MAPS = RNG.uniform(size=(6, 4, 3)).astype("float32")

CASES = [
    *[(name, {}) for name in confusion.__all__],
    *[(name, {"thresholds": 0.3}) for name in confusion.__all__],
    *[(name, {"thresholds": [0.9, 0.1, 0.4]}) for name in confusion.__all__],
    *[(name, {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}) for name in confusion.__all__],
    *[(name, {"top_k": 2}) for name in ("Precision", "Recall")],
    *[(name, {"class_id": 3}) for name in ("Precision", "Recall")],
    *[(name, {"top_k": 3, "class_id": 1}) for name in ("Precision", "Recall")],
    *[(name, {"top_k": 3, "thresholds": [0.2, 0.7]}) for name in ("Precision", "Recall")],
    ("SensitivityAtSpecificity", {"specificity": 0.4}),
    ("SpecificityAtSensitivity", {"sensitivity": 0.7, "class_id": 2}),
    ("PrecisionAtRecall", {"recall": 0.3, "num_thresholds": 1}),
    ("PrecisionAtRecall", {"recall": 0.8, "num_thresholds": 2}),
    ("RecallAtPrecision", {"precision": 0.5, "num_thresholds": 50}),
    ("RecallAtPrecision", {"precision": 1.0}),
]
EDGES = {
    "all zeros": (np.zeros((4, 5)), np.zeros((4, 5)), None),
    "all ones": (np.ones((4, 5)), np.ones((4, 5)), None),
    "one class": (np.ones((4, 5)), SCORES[:4], None),
    "no weight": (TARGETS[:4], SCORES[:4], np.zeros(4)),
    "empty": (np.zeros((0, 5)), np.zeros((0, 5)), None),
    "NaN": (TARGETS[:3], np.where(SCORES[:3] > 0.8, np.nan, SCORES[:3]), None),
}


def both(name, options):
    module = thresholds if "At" in name else confusion
    return getattr(module, name)(**options), getattr(keras.metrics, name)(**options)


def assert_same_state(metric, oracle):
    # Keras takes a difference of sums for a count below; what is 0 comes out as 1e-6.
    np.testing.assert_allclose(metric.result().numpy(), oracle.result().numpy(), 1e-6, 1e-5)
    assert [v.name for v in metric.variables] == [v.name for v in oracle.variables]
    for mine, theirs in zip(metric.variables, oracle.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.value.detach().numpy(), 1e-6, 1e-5)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("weight", [None, WEIGHTS[:, 0], WEIGHTS])
def test_state_and_result_match_keras_batch_by_batch(name, options, weight):
    if "class_id" in options and np.shape(weight) == WEIGHTS.shape:
        weight = weight[:, 0]
    metric, oracle = both(name, options)
    for rows in (slice(0, 7), slice(7, 8), slice(8, 40)):
        part = weight[rows] if np.ndim(weight) else weight
        metric.update_state(TARGETS[rows], SCORES[rows], part)
        oracle.update_state(TARGETS[rows], SCORES[rows], part)
    assert_same_state(metric, oracle)
    metric.reset_state()
    assert not any(variable.any() for variable in metric.variables)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("edge", EDGES)
def test_edges_match_keras(name, options, edge):
    y_true, y_pred, weight = EDGES[edge]
    metric, oracle = both(name, options)
    if edge == "NaN" and "top_k" in options:
        y_pred = SCORES[:3]  # Keras multiplies NaN with its mask
    metric.update_state(y_true, y_pred, weight)
    if y_true.size:
        oracle.update_state(y_true, y_pred, weight)
    assert_same_state(metric, oracle)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_config_is_that_of_keras_and_comes_back(name, options):
    metric, oracle = both(name, {**options, "name": "m"})
    assert metric.get_config() == oracle.get_config()
    again = type(metric).from_config(oracle.get_config())
    assert again.get_config() == metric.get_config()
    assert again.thresholds == pytest.approx(oracle.thresholds)


@pytest.mark.parametrize("shapes", [((9,), (9, 1)), ((9, 1), (9,)), ((3, 2, 1), (3, 2))])
def test_a_last_dimension_of_one_may_be_missing(shapes):
    y_true, y_pred = TARGETS.ravel()[: np.prod(shapes[0])], SCORES.ravel()[: np.prod(shapes[0])]
    metric, oracle = both("Precision", {"thresholds": [0.3, 0.6]})
    metric.update_state(y_true.reshape(shapes[0]), y_pred.reshape(shapes[1]))
    oracle.update_state(y_true, y_pred)
    assert_same_state(metric, oracle)


@pytest.mark.parametrize("weight", [(), (6,), (6, 1), (6, 4), (6, 4, 1), (6, 4, 3), (1, 4, 1)])
def test_weights_belong_to_leading_dimensions(weight):
    y_true, weight = MAPS > 0.6, RNG.uniform(size=weight)
    metric, flat = confusion.Recall(), confusion.Recall()
    metric.update_state(y_true, MAPS, weight)
    full = np.broadcast_to(weight.reshape(weight.shape + (1,) * (3 - weight.ndim)), MAPS.shape)
    flat.update_state(y_true.ravel(), MAPS.ravel(), full.ravel())
    np.testing.assert_allclose(metric.result(), flat.result(), rtol=1e-6)


@pytest.mark.parametrize(("name", "options"), [CASES[0], CASES[-1]])
def test_a_mask_does_not_count_as_in_keras(name, options):
    y_pred = torch.tensor(SCORES)
    y_pred._keras_mask = torch.zeros(40, dtype=torch.bool)
    metric, oracle = both(name, options)
    metric.update_state(TARGETS, y_pred)
    oracle.update_state(TARGETS, y_pred)
    assert_same_state(metric, oracle)


def test_scikit_learn_and_torchmetrics_agree():
    y_true, y_pred, weight = TARGETS.ravel(), SCORES.ravel(), WEIGHTS.ravel()
    for metric, sklearn_, torch_ in (
        (confusion.Precision(thresholds=0.4), precision_score, binary_precision),
        (confusion.Recall(thresholds=0.4), recall_score, binary_recall),
    ):
        value = metric(torch.tensor(y_true), torch.tensor(y_pred))
        expected = torch_(torch.tensor(y_pred), torch.tensor(y_true), threshold=0.4)
        torch.testing.assert_close(value, expected)
        metric.reset_state()
        expected = sklearn_(y_true, y_pred > 0.4, sample_weight=weight)
        np.testing.assert_allclose(metric(y_true, y_pred, weight), expected, rtol=1e-6)


@pytest.mark.parametrize("count", [3, 50, 200, 1000])
@pytest.mark.parametrize("size", [1, 100])  # below and above where a search is faster
@pytest.mark.parametrize("ends", [0.0, 1e-7])
def test_gaps_are_exact_at_the_thresholds(count, size, ends):
    levels = torch.linspace(0, 1, count)
    levels[0], levels[-1] = -ends, 1 + ends
    metric = counting.ConfusionMetric(levels.tolist(), "m", None)
    near = [levels, levels.nextafter(torch.tensor(9.0)), levels.nextafter(torch.tensor(-9.0))]
    special = torch.tensor([0.0, 1.0, -3.0, 7.0, torch.inf, -torch.inf, torch.nan])
    y_pred = torch.cat([*near, torch.rand(100), special])
    assert metric._are_even
    expected = (y_pred[:, None] > levels).sum(1).repeat(size)
    torch.testing.assert_close(metric._gap_of(y_pred.repeat(size)).long(), expected)


@pytest.mark.parametrize("levels", [[0.5, 0.5, 0.1], [0.2], [0.1, 0.2, 0.9, 0.95]])
def test_a_prediction_that_equals_a_threshold_is_not_above_it(levels):
    y_pred = torch.tensor([0.1, 0.2, 0.5, 0.9])
    metric = confusion.TruePositives(thresholds=levels)
    expected = (y_pred[:, None] > torch.tensor(levels)).sum(0).float().squeeze()
    torch.testing.assert_close(metric(torch.ones(4), y_pred), expected)


def test_logits_and_half_precision():
    logits = torch.randn(50).to(torch.bfloat16)
    metric = confusion.TruePositives(thresholds=0, dtype="bfloat16")
    result = metric(torch.ones(50), logits)
    assert metric.accumulator.dtype == torch.float32
    torch.testing.assert_close(result, (logits > 0).sum().to(torch.bfloat16))
    whole = confusion.TruePositives(dtype="int32")
    assert whole([1, 1], [0.9, 0.8], [2.0, 3.0]).item() == 5


MERGED = [
    lambda: confusion.Precision(thresholds=[0.7, 0.2]),
    lambda: confusion.TrueNegatives(),
    lambda: thresholds.RecallAtPrecision(0.5),
    lambda: auc.AUC(curve="PR"),
]


@pytest.mark.parametrize("make", MERGED)
def test_streams_merges_and_saves(make):
    cuts = [0, *sorted(RNG.integers(0, 40, 4)), 40]
    whole, parts = make(), []
    whole.update_state(TARGETS, SCORES, WEIGHTS)
    for start, stop in itertools.pairwise(cuts):
        parts.append(make())
        parts[-1].update_state(TARGETS[start:stop], SCORES[start:stop], WEIGHTS[start:stop])
    parts[0].merge_state(parts[1:])
    torch.testing.assert_close(parts[0].result(), whole.result())
    file, loaded = io.BytesIO(), make()
    torch.save(whole.state_dict(), file)
    file.seek(0)
    loaded.load_state_dict(torch.load(file, weights_only=True))
    assert set(whole.state_dict()) == {variable.name for variable in whole.variables}
    torch.testing.assert_close(loaded.result(), whole.result(), rtol=0, atol=0)


@pytest.mark.parametrize("make", MERGED)
@pytest.mark.parametrize("weight", [None, torch.rand(8)])
def test_accelerators_and_compiled_code_count_the_same(make, weight):
    def run(metric, y_true, y_pred, weight):
        metric.update_state(y_true, y_pred, weight)
        return metric.result()

    y_true, y_pred = torch.randint(0, 2, (8,)), torch.rand(8)
    compiled = torch.compile(run, backend="eager", fullgraph=True)
    torch.testing.assert_close(
        compiled(make(), y_true, y_pred, weight), run(make(), y_true, y_pred, weight)
    )
    holder = torch.nn.ModuleList([make()]).half()
    torch.testing.assert_close(
        run(holder[0], y_true, y_pred, weight), run(make(), y_true, y_pred, weight)
    )
    meta = [None if x is None else x.to("meta") for x in (y_true, y_pred, weight)]
    assert run(make(), *meta).device.type == "meta"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: confusion.Precision(thresholds=[0.2, 1.5]), r"from 0 to 1; received \[1.5\]"),
        (lambda: confusion.TruePositives(thresholds=-1), r"from 0 to 1; received \[-1\]"),
        (lambda: confusion.Recall(thresholds=[]), r"one or more numbers"),
        (lambda: confusion.Recall(top_k=0), "top_k must be at least 1; received top_k=0"),
        (lambda: confusion.Recall(class_id=-1), "class_id counts from 0"),
        (lambda: confusion.Recall(class_id=5)(TARGETS, SCORES), r"more than 5 classes.*\(40, 5\)"),
        (lambda: confusion.Recall(class_id=0)([1], [0.5]), r"shape \(1,\)"),
        (lambda: confusion.Recall()(TARGETS[:, 0], SCORES), r"shape \(40,\).*\(40, 5\)"),
        (lambda: confusion.Recall()(TARGETS, SCORES, WEIGHTS[:3]), r"shape \(3, 5\) do not fit"),
        (lambda: confusion.Recall()([1], [0.5], [1.0, 2.0]), r"shape \(2,\) do not fit"),
        (lambda: thresholds.RecallAtPrecision(1.2), "precision must be from 0 to 1; .*=1.2"),
        (lambda: thresholds.PrecisionAtRecall(0.2, 0), "num_thresholds must be at least 1"),
        (lambda: thresholds.PrecisionAtRecall(0.5)([1, 0], [0.5, 4.0]), "from 0.5 to 4. End"),
    ],
)
def test_bad_input_says_so(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_metrics_know_where_better_is_and_keep_keras_argument_order():
    assert confusion.Precision()._direction == "up"
    assert confusion.FalsePositives()._direction is None
    for name in (*confusion.__all__, *thresholds.__all__):
        theirs = inspect.signature(getattr(keras.metrics, name)).parameters
        module = thresholds if "At" in name else confusion
        assert list(inspect.signature(getattr(module, name)).parameters) == list(theirs)
