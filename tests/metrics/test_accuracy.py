"""Accuracies against Keras: shapes, number types, ties, batches, weights."""

import keras
import numpy as np
import pytest
import torch

from kerlite import metrics

RNG = np.random.default_rng(0)
SCORES = RNG.normal(size=(20, 4)).astype("float32")
LABELS = RNG.integers(0, 4, 20)
ONE_HOT = np.eye(4, dtype="float32")[LABELS]
CHANCES = 1 / (1 + np.exp(-SCORES))
SEQUENCE = RNG.normal(size=(5, 6, 4)).astype("float32")
SEQUENCE_LABELS = RNG.integers(0, 4, (5, 6))

CASES = {
    "Accuracy": [(LABELS, SCORES.argmax(-1)), (LABELS[:, None], SCORES.argmax(-1))],
    "BinaryAccuracy": [
        (ONE_HOT, CHANCES),
        (ONE_HOT.astype(int), CHANCES),
        (ONE_HOT[:, 0], CHANCES[:, :1]),
        (ONE_HOT[:, :1], CHANCES[:, 0]),
    ],
    "CategoricalAccuracy": [(ONE_HOT, SCORES), (np.eye(4)[SEQUENCE_LABELS], SEQUENCE)],
    "SparseCategoricalAccuracy": [
        (LABELS, SCORES),
        (LABELS[:, None], SCORES),
        (LABELS.astype("float32"), SCORES),
        (LABELS.astype("uint8"), SCORES),
        (SEQUENCE_LABELS, SEQUENCE),
        (SEQUENCE_LABELS[:, :, None], SEQUENCE),
    ],
    "TopKCategoricalAccuracy": [(ONE_HOT, SCORES), (np.eye(4)[SEQUENCE_LABELS], SEQUENCE)],
    "SparseTopKCategoricalAccuracy": [
        (LABELS, SCORES),
        (LABELS[:, None], SCORES),
        (SEQUENCE_LABELS, SEQUENCE),
    ],
}
ALL = [(name, index) for name, cases in CASES.items() for index in range(len(cases))]


def both(name, **options):
    options = {"k": 2, **options} if "TopK" in name else options
    return getattr(metrics, name)(**options), getattr(keras.metrics, name)(**options)


@pytest.mark.parametrize(("name", "index"), ALL)
@pytest.mark.parametrize("weighted", [False, True])
def test_class_matches_keras_batch_by_batch(name, index, weighted):
    ours, theirs = both(name)
    once, _ = both(name)
    y_true, y_pred = CASES[name][index]
    weight = RNG.uniform(size=len(y_true)).astype("float32") if weighted else None
    for start, stop in ((0, 3), (3, 4), (4, len(y_true))):
        rows = slice(start, stop)
        batch_weight = None if weight is None else weight[rows]
        ours.update_state(y_true[rows], y_pred[rows], batch_weight)
        theirs.update_state(y_true[rows], y_pred[rows], batch_weight)
    once.update_state(y_true, y_pred, weight)
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-6)
    np.testing.assert_allclose(ours.result(), once.result(), rtol=1e-6)


@pytest.mark.parametrize(("name", "index"), [case for case in ALL if case[0] != "Accuracy"])
def test_function_matches_keras(name, index):
    function = {
        "BinaryAccuracy": "binary_accuracy",
        "CategoricalAccuracy": "categorical_accuracy",
        "SparseCategoricalAccuracy": "sparse_categorical_accuracy",
        "TopKCategoricalAccuracy": "top_k_categorical_accuracy",
        "SparseTopKCategoricalAccuracy": "sparse_top_k_categorical_accuracy",
    }[name]
    y_true, y_pred = CASES[name][index]
    options = {"k": 2} if "TopK" in name else {}
    ours = getattr(metrics, function)(y_true, y_pred, **options)
    theirs = getattr(keras.metrics, function)(y_true, y_pred, **options)
    assert ours.dtype == torch.float32
    np.testing.assert_array_equal(np.asarray(ours.flatten()), np.asarray(theirs.flatten()))


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.9])
def test_binary_threshold(threshold):
    ours, theirs = both("BinaryAccuracy", threshold=threshold)
    np.testing.assert_allclose(ours(ONE_HOT, CHANCES), theirs(ONE_HOT, CHANCES))


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k_counts_ties_and_ids_as_keras_does(k):
    y_pred = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0], [3.0, 2.0, 1.0, 0.0]])
    for label in range(4):
        y_true = np.full(3, label)
        ours, theirs = both("SparseTopKCategoricalAccuracy", k=k)
        np.testing.assert_allclose(ours(y_true, y_pred), theirs(y_true, y_pred))
        ours, theirs = both("SparseTopKCategoricalAccuracy", k=k, from_sorted_ids=True)
        ids = np.array([[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2]])
        np.testing.assert_allclose(ours(y_true, ids), theirs(y_true, ids))


def test_more_than_all_classes_is_all():
    assert metrics.SparseTopKCategoricalAccuracy(k=9)(LABELS, SCORES).item() == 1.0


def test_masked_steps_do_not_count():
    y_pred = torch.tensor(SEQUENCE)
    y_pred._keras_mask = torch.arange(6) < torch.tensor([[6], [4], [1], [0], [3]])
    ours, theirs = both("SparseCategoricalAccuracy")
    np.testing.assert_allclose(ours(SEQUENCE_LABELS, y_pred), theirs(SEQUENCE_LABELS, y_pred))


def test_large_labels_are_compared_exactly():
    y_true, y_pred = torch.tensor([2**24 + 1]), torch.zeros(1, 3)
    assert metrics.SparseCategoricalAccuracy()(y_true, y_pred).item() == 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_scores(dtype):
    y_pred = torch.tensor(SCORES).to(dtype)
    expected = (y_pred.argmax(-1) == torch.tensor(LABELS)).float().mean()
    metric = metrics.SparseCategoricalAccuracy()
    torch.testing.assert_close(metric(torch.tensor(LABELS), y_pred), expected)


@pytest.mark.parametrize("name", ["SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy"])
def test_shapes_that_do_not_fit_say_so(name):
    with pytest.raises(ValueError, match=r"shape \(20, 4\)"):
        getattr(metrics, name)()(ONE_HOT, SCORES)


def test_one_step_adds_in_place_and_makes_no_count_tensor(monkeypatch):
    metric = metrics.SparseCategoricalAccuracy()
    added = []
    original = torch.Tensor.add_
    monkeypatch.setattr(
        type(metric.count), "add_", lambda self, x, **k: added.append(k) or original(self, x, **k)
    )
    metric.update_state(torch.tensor(LABELS), torch.tensor(SCORES))
    assert added == [{}, {"alpha": 20}]
    assert metric.count.item() == 20


@pytest.mark.parametrize("case", ["plain", "column", "sequence", "weighted", "masked", "array"])
def test_every_way_to_sparse_accuracy_counts_the_same_samples(case):
    y_true = torch.tensor([0, 2, 1, 1])
    y_pred = torch.eye(3)[[0, 2, 2, 1]].requires_grad_()  # right, right, wrong, right
    weight, expected = None, 0.75
    if case == "column":
        y_true = y_true[:, None]
    elif case == "sequence":
        y_true, y_pred = y_true.reshape(2, 2), y_pred.reshape(2, 2, 3)
    elif case == "weighted":
        weight, expected = torch.tensor([1.0, 1.0, 2.0, 0.0]), 0.5
    elif case == "masked":
        y_pred, expected = y_pred.detach(), 2 / 3
        y_pred._keras_mask = torch.tensor([True, False, True, True])
    elif case == "array":
        y_true, y_pred = y_true.numpy(), y_pred.detach().numpy()
    metric = metrics.SparseCategoricalAccuracy()
    metric.update_state(y_true, y_pred, weight)
    metric.update_state(y_true, y_pred, sample_weight=weight)
    assert metric.result().item() == pytest.approx(expected)
    assert not metric.total.requires_grad
    assert metric.total.grad_fn is None


def test_better_is_up():
    assert metrics.BinaryAccuracy()._direction == "up"
    assert metrics.MeanSquaredError()._direction == "down"
    assert metrics.Mean()._direction is None
