"""AUC against Keras, scikit-learn and torchmetrics."""

import io
import json

import keras
import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, roc_auc_score
from torchmetrics.functional.classification import binary_auroc

from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.metrics.auc import AUC

RNG = np.random.default_rng(0)
TARGETS = RNG.integers(0, 2, (60, 3))
SCORES = (0.3 * TARGETS + 0.7 * RNG.uniform(size=(60, 3))).astype("float32")
WEIGHTS = RNG.uniform(size=(60, 3)).astype("float32")
CURVES = ("ROC", "PR", "PRGAIN")
METHODS = ("interpolation", "minoring", "majoring")
OPTIONS = [
    *[{"curve": curve, "summation_method": method} for curve in CURVES for method in METHODS],
    {"num_thresholds": 2},
    {"num_thresholds": 3, "curve": "pr"},
    {"thresholds": [0.9, 0.2, 0.3], "curve": "roc"},
    {"thresholds": [0.25, 0.5, 0.75], "curve": "PR"},
    {"label_weights": [0.2, 0.0, 3.0]},
    {"multi_label": True},
    {"multi_label": True, "curve": "PR", "num_labels": 3},
    {"multi_label": True, "label_weights": [0.2, 0.0, 3.0], "num_thresholds": 20},
    {"multi_label": True, "label_weights": [1, 2, 3], "curve": "PR", "thresholds": [0.4, 0.6]},
]
EDGES = {
    "all zeros": (np.zeros((4, 3)), np.zeros((4, 3)), None),
    "all positive": (np.ones((4, 3)), SCORES[:4], None),
    "all negative": (np.zeros((4, 3)), SCORES[:4], None),
    "ends": (TARGETS[:4], np.eye(4, 3), None),
    "no weight": (TARGETS[:4], SCORES[:4], np.zeros(4)),
    "empty": (np.zeros((0, 3)), np.zeros((0, 3)), None),
    "NaN": (TARGETS[:9], np.where(SCORES[:9] > 0.8, np.nan, SCORES[:9]), None),
}


def both(options):
    return AUC(**options), keras.metrics.AUC(**options)


def assert_same(metric, oracle):
    np.testing.assert_allclose(metric.result().item(), float(oracle.result()), 1e-6, 2e-6)
    for mine, theirs in zip(metric.variables, oracle.variables, strict=True):
        assert mine.name == theirs.name
        np.testing.assert_allclose(mine.numpy(), theirs.value.detach().numpy(), 1e-6, 2e-5)


def assert_same_config(first, second):
    lists = ("label_weights", "thresholds")
    for name in lists:
        given = [config.get(name) for config in (first, second)]
        assert (given[0] is None) == (given[1] is None)
        if given[0] is not None:
            np.testing.assert_allclose(
                given[0], given[1].tolist() if name == lists[0] else given[1]
            )
    assert {k: v for k, v in first.items() if k not in lists} == {
        k: v for k, v in second.items() if k not in lists
    }


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("weight", [None, WEIGHTS[:, 0], WEIGHTS])
def test_matches_keras_batch_by_batch(options, weight):
    metric, oracle = both(options)
    for rows in (slice(0, 7), slice(7, 8), slice(8, 60)):
        part = weight[rows] if np.ndim(weight) else weight
        metric.update_state(TARGETS[rows], SCORES[rows], part)
        oracle.update_state(TARGETS[rows], SCORES[rows], part)
    assert_same(metric, oracle)
    metric.reset_state()
    assert metric.result().item() == 0 or options.get("curve") == "PRGAIN"


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("edge", EDGES)
def test_edges_match_keras(options, edge):
    y_true, y_pred, weight = EDGES[edge]
    metric, oracle = both(options)
    metric.update_state(y_true, y_pred, weight)
    if y_true.size or not options.get("thresholds"):
        oracle.update_state(y_true, y_pred, weight)
        assert_same(metric, oracle)
    assert torch.isfinite(metric.result())


def test_logits_are_turned_into_probabilities():
    logits = np.log(SCORES / (1 - SCORES)) * 4
    metric, oracle = both({"from_logits": True})
    metric.update_state(TARGETS, logits)
    oracle.update_state(TARGETS, logits)
    assert_same(metric, oracle)


def test_scikit_learn_and_torchmetrics_agree():
    y_true, weight = RNG.integers(0, 2, 500), RNG.uniform(size=500)
    y_pred = np.round(0.4 * y_true + 0.6 * RNG.uniform(size=500), 2).astype("float32")
    levels = np.unique(y_pred).tolist()  # a threshold at every prediction: the curve is exact
    roc = AUC(thresholds=levels)(y_true, y_pred, weight).item()
    assert roc == pytest.approx(roc_auc_score(y_true, y_pred, sample_weight=weight), abs=1e-5)
    roc = AUC(thresholds=levels)(torch.tensor(y_true), torch.tensor(y_pred))
    torch.testing.assert_close(roc, binary_auroc(torch.tensor(y_pred), torch.tensor(y_true)))
    bounds = [AUC(1000, "PR", method)(y_true, y_pred).item() for method in METHODS[1:]]
    assert bounds[0] < average_precision_score(y_true, y_pred) < bounds[1] + 1e-6


def test_each_label_has_a_curve_of_its_own():
    metric = AUC(thresholds=np.unique(SCORES).tolist(), multi_label=True, label_weights=[1, 2, 5])
    by_label = [roc_auc_score(TARGETS[:, i], SCORES[:, i]) for i in range(3)]
    value = metric(TARGETS, SCORES).item()
    assert value == pytest.approx(np.average(by_label, weights=[1, 2, 5]), abs=1e-6)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras, of tensors
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_config_is_that_of_keras_and_comes_back(options):
    metric, oracle = both({**options, "name": "m"})
    assert_same_config(metric.get_config(), oracle.get_config())
    assert metric.thresholds == pytest.approx(oracle.thresholds, abs=1e-12)
    again = deserialize_keras_object(json.loads(json.dumps(keras.metrics.serialize(oracle))))
    assert type(again) is AUC
    assert_same_config(again.get_config(), oracle.get_config())
    back = keras.metrics.deserialize(serialize_keras_object(metric))
    assert back.thresholds == pytest.approx(metric.thresholds)


def test_labels_become_known_with_the_first_batch():
    metric, whole = AUC(multi_label=True), AUC(multi_label=True)
    assert (metric.variables, metric.result().item()) == ([], 0.0)
    metric.reset_state()
    whole.update_state(TARGETS, SCORES)
    parts = [AUC(multi_label=True) for _ in range(2)]
    parts[0].update_state(TARGETS[:20], SCORES[:20])
    parts[1].update_state(TARGETS[20:], SCORES[20:])
    metric.merge_state([AUC(multi_label=True), *parts])
    torch.testing.assert_close(metric.result(), whole.result())
    state = [torch.zeros_like(v) for v in whole.variables]
    state = AUC(multi_label=True).stateless_update_state(state, TARGETS, SCORES)
    torch.testing.assert_close(AUC(multi_label=True).stateless_result(state), whole.result())
    file, loaded = io.BytesIO(), AUC(multi_label=True)
    torch.save(whole.state_dict(), file)
    file.seek(0)
    loaded.load_state_dict(torch.load(file, weights_only=True))
    torch.testing.assert_close(loaded.result(), whole.result(), rtol=0, atol=0)


def test_metric_merges_only_with_its_own_kind():
    with pytest.raises(ValueError, match="of one class"):
        AUC().merge_state([AUC(num_thresholds=3)])
    with pytest.raises(ValueError, match="of one class"):
        AUC(multi_label=True).merge_state([AUC(multi_label=True, num_labels=n) for n in (2, 3)])


def test_compiled_updates_are_the_same():
    def run(metric, y_true, y_pred):
        metric.update_state(y_true, y_pred)
        return metric.result()

    compiled = torch.compile(run, backend="eager", fullgraph=True)
    y_true, y_pred = torch.tensor(TARGETS), torch.tensor(SCORES)
    options = {"multi_label": True, "num_labels": 3, "label_weights": [1, 0, 2]}
    ours, eager = AUC(**options), AUC(**options)
    torch.testing.assert_close(compiled(ours, y_true, y_pred), run(eager, y_true, y_pred))
    lazy = AUC(multi_label=True)
    assert run(lazy, y_true.to("meta"), y_pred.to("meta")).device.type == "meta"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AUC(curve="RO"), "Unknown curve: 'RO'. Did you mean 'ROC'"),
        (lambda: AUC(curve=3), "Unknown curve: '3'"),
        (lambda: AUC(summation_method="minor"), "Unknown summation_method.*'minoring'"),
        (lambda: AUC(num_thresholds=1), "num_thresholds must be at least 2; .*=1"),
        (lambda: AUC(thresholds=[0.5, 1.1]), r"from 0 to 1; received \[1.1\]"),
        (lambda: AUC(num_labels=2), "num_labels=2 is for multi_label=True"),
        (lambda: AUC(label_weights=[1, -1]), r"at least 0, for each label; received \[1, -1\]"),
        (lambda: AUC(label_weights=[1], multi_label=True, num_labels=2), "are 1 label_weights"),
        (lambda: AUC(label_weights=[1], multi_label=True)(TARGETS, SCORES), r"\(60, 3\)"),
        (lambda: AUC(label_weights=[1, 2])(TARGETS, SCORES), r"2 label_weights .*\(60, 3\)"),
        (lambda: AUC(multi_label=True)([1, 0], [0.1, 0.2]), r"\(samples, labels\); rec.*\(2,\)"),
        (lambda: AUC(multi_label=True, num_labels=2)(TARGETS, SCORES), r"\(samples, 2\)"),
        (lambda: AUC()([0, 1], [-2.0, 3.5]), "from -2 to 3.5. Pass from_logits=True"),
        (lambda: AUC()([0, 1, 1], [0.1, 0.2]), r"targets have shape \(3,\)"),
    ],
)
def test_bad_input_says_so(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_probability_may_exceed_one_by_rounding():
    assert AUC()([0, 1], [0.0, np.nextafter(np.float32(1), np.float32(2))]).item() == 1
