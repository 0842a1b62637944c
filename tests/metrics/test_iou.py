"""Intersection over union against Keras, scikit-learn and torchmetrics."""

import io
import warnings

import keras
import numpy as np
import pytest
import torch
from sklearn.metrics import jaccard_score
from torchmetrics.functional.classification import multiclass_jaccard_index

from kerlite.metrics import iou

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 4, (6, 5, 5))
GUESSES = np.where(RNG.uniform(size=LABELS.shape) < 0.6, LABELS, RNG.integers(0, 4, LABELS.shape))
COUNTS = RNG.integers(0, 4, LABELS.shape)
SCORES = (np.eye(4)[GUESSES] + RNG.uniform(size=(6, 5, 5, 4))).astype("float32")
ONE_HOT = np.eye(4, dtype="float32")[LABELS]
BINARY = RNG.integers(0, 2, (6, 5, 5))

CASES = {
    "IoU": ("IoU", {"num_classes": 4, "target_class_ids": [1, 3]}, LABELS, GUESSES),
    "MeanIoU": ("MeanIoU", {"num_classes": 4}, LABELS, GUESSES),
    "more classes": ("MeanIoU", {"num_classes": 9}, LABELS, GUESSES),
    "ignored class": ("MeanIoU", {"num_classes": 4, "ignore_class": 2}, LABELS, GUESSES),
    "void 255": (
        "MeanIoU",
        {"num_classes": 4, "ignore_class": 255},
        np.where(BINARY == 1, 255, LABELS).astype("uint8"),
        GUESSES,
    ),
    "void -1": (
        "IoU",
        {"num_classes": 4, "target_class_ids": (0,), "ignore_class": -1},
        np.where(BINARY == 1, -1, LABELS),
        GUESSES.astype("int16"),
    ),
    "scores": ("MeanIoU", {"num_classes": 4, "sparse_y_pred": False}, LABELS, SCORES),
    "one-hot": ("OneHotIoU", {"num_classes": 4, "target_class_ids": [0, 2]}, ONE_HOT, SCORES),
    "one-hot mean": ("OneHotMeanIoU", {"num_classes": 4, "ignore_class": 1}, ONE_HOT, SCORES),
    "one-hot and labels": (
        "OneHotMeanIoU",
        {"num_classes": 4, "sparse_y_pred": True},
        ONE_HOT,
        GUESSES,
    ),
    "binary": ("BinaryIoU", {"threshold": 0.7}, BINARY, SCORES[..., 0]),
    "binary class": ("BinaryIoU", {"target_class_ids": [1]}, BINARY.astype(bool), SCORES[..., 1]),
    "floats": ("MeanIoU", {"num_classes": 4}, LABELS.astype("float32"), GUESSES.astype("int32")),
}


def both(case, **options):
    name, given, _, _ = CASES[case]
    options = {**given, **options}
    return getattr(iou, name)(**options), getattr(keras.metrics, name)(**options)


def assert_same(metric, oracle):
    np.testing.assert_allclose(metric.result().item(), float(oracle.result()), 1e-6, 1e-6)
    theirs = oracle.total_cm.value.detach().numpy()
    np.testing.assert_allclose(metric.total_cm.numpy(), theirs, rtol=1e-5)
    assert metric.total_cm.name == oracle.total_cm.name


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("weight", [None, 2, COUNTS])
def test_matches_keras_batch_by_batch(case, weight):
    metric, oracle = both(case)
    y_true, y_pred = CASES[case][2:]
    for rows in (slice(0, 1), slice(1, 4), slice(4, 6)):
        part = weight[rows] if np.ndim(weight) else weight
        metric.update_state(y_true[rows], y_pred[rows], part)
        oracle.update_state(y_true[rows], y_pred[rows], part)
    assert_same(metric, oracle)
    metric.reset_state()
    assert metric.result().item() == 0


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_that_are_fractions_count_with_float_counts(case, dtype):
    metric, oracle = both(case, dtype=dtype)
    y_true, y_pred = CASES[case][2:]
    weight = RNG.uniform(size=LABELS.shape)
    metric.update_state(y_true, y_pred, weight)
    oracle.update_state(y_true, y_pred, weight)
    assert_same(metric, oracle)


def test_weights_that_are_fractions_are_cut_with_a_warning_as_in_keras():
    metric, oracle = both("MeanIoU")
    weight = RNG.uniform(0, 3, LABELS.shape)
    with pytest.warns(UserWarning, match='cut to whole numbers. Make it with dtype="float32"'):
        metric.update_state(LABELS, GUESSES, weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle.update_state(LABELS, GUESSES, weight)
    assert_same(metric, oracle)


@pytest.mark.parametrize("shape", [(6,), (6, 1), (6, 5), (6, 1, 1), (1, 5, 1)])
def test_weights_belong_to_leading_dimensions(shape):
    weight = RNG.integers(0, 5, shape)
    metric, full = both("MeanIoU")[0], both("MeanIoU")[0]
    metric.update_state(LABELS, GUESSES, weight)
    weight = np.broadcast_to(weight.reshape(shape + (1,) * (3 - len(shape))), LABELS.shape)
    full.update_state(LABELS, GUESSES, weight.copy())
    torch.testing.assert_close(metric.result(), full.result(), rtol=0, atol=0)


@pytest.mark.parametrize("axis", [1, -3])
def test_classes_may_be_on_any_axis(axis):
    metric = iou.OneHotMeanIoU(4, axis=axis)
    value = metric(np.moveaxis(ONE_HOT, -1, 1), np.moveaxis(SCORES, -1, 1))
    torch.testing.assert_close(value, iou.OneHotMeanIoU(4)(ONE_HOT, SCORES))


def test_scikit_learn_and_torchmetrics_agree():
    value = iou.MeanIoU(4)(LABELS, GUESSES).item()
    expected = jaccard_score(LABELS.ravel(), GUESSES.ravel(), average="macro")
    assert value == pytest.approx(expected, abs=1e-6)
    y_true, y_pred = torch.tensor(LABELS), torch.tensor(GUESSES)
    expected = multiclass_jaccard_index(y_pred, y_true, 4, average=None, ignore_index=2)
    value = iou.IoU(4, [3], ignore_class=2)(y_true, y_pred)
    torch.testing.assert_close(value, expected[3])


@pytest.mark.parametrize("case", ["MeanIoU", "binary", "one-hot"])
def test_edges_match_keras(case):
    y_true, y_pred = CASES[case][2:]
    for batch in (
        (np.zeros_like(y_true), np.zeros_like(y_pred), None),
        (y_true[:0], y_pred[:0], None),
        (y_true, y_pred, np.zeros(LABELS.shape, int)),
    ):
        metric, oracle = both(case)
        metric.update_state(*batch)
        oracle.update_state(*batch)
        assert_same(metric, oracle)


def test_nan_is_never_above_a_threshold():
    assert iou.BinaryIoU([1])([1, 1], [np.nan, 0.9]).item() == pytest.approx(0.5)


@pytest.mark.parametrize("case", CASES)
def test_config_is_that_of_keras_and_comes_back(case):
    metric, oracle = both(case, name="m")
    assert metric.get_config() == oracle.get_config()
    again = type(metric).from_config(oracle.get_config())
    assert again.get_config() == metric.get_config()


@pytest.mark.parametrize("case", ["MeanIoU", "void 255", "ignored class"])
@pytest.mark.parametrize("weight", [None, torch.tensor(COUNTS)])
def test_accelerators_and_compiled_code_count_the_same(case, weight):
    def run(metric, y_true, y_pred, weight):
        metric.update_state(y_true, y_pred, weight)
        return metric.result()

    y_true, y_pred = (torch.tensor(y) for y in CASES[case][2:])
    compiled = torch.compile(run, backend="eager", fullgraph=True)
    first, second = both(case)[0], both(case)[0]
    run(second, y_true, y_pred, weight)
    outside = torch.where(y_true == 0, 0, torch.tensor([7, -3, 4, 90, -1])).to(y_true)
    compiled(first, y_true, y_pred, weight)
    assert torch.equal(first.total_cm, second.total_cm)
    compiled(first, outside, y_pred, weight)  # what cannot be looked at, does not count
    second.update_state(y_true * 0, y_pred, (y_true == 0) * (1 if weight is None else weight))
    assert torch.equal(first.total_cm, second.total_cm)
    meta = [None if x is None else x.to("meta") for x in (y_true, y_pred, weight)]
    assert run(both(case)[0], *meta).device.type == "meta"


def test_streams_merges_saves_and_large_counts():
    whole, parts = both("MeanIoU")[0], [both("MeanIoU")[0] for _ in range(3)]
    whole.update_state(LABELS, GUESSES)
    for part, rows in zip(parts, (slice(0, 1), slice(1, 5), slice(5, 6)), strict=True):
        part.update_state(LABELS[rows], GUESSES[rows])
    parts[0].merge_state(parts[1:])
    assert torch.equal(parts[0].total_cm, whole.total_cm)
    file, loaded = io.BytesIO(), both("MeanIoU")[0]
    torch.save(whole.state_dict(), file)
    file.seek(0)
    loaded.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(loaded.result(), whole.result())
    whole.update_state([0, 0], [0, 1], torch.tensor(2**32))
    assert whole.total_cm[0, 1].item() >= 2**32


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: iou.MeanIoU(0), "num_classes must be at least 1; received num_classes=0"),
        (lambda: iou.IoU(3, [1, 3]), r"from 0 to 2, one or more; received \[3\]"),
        (lambda: iou.IoU(3, [-1]), r"received \[-1\]"),
        (lambda: iou.BinaryIoU([2]), r"from 0 to 1, one or more; received \[2\]"),
        (lambda: iou.IoU(3, []), r"one or more; received \[\]"),
        (lambda: iou.MeanIoU(3)([0, 3], [0, 1]), "y_true holds labels from 0 to 2; .* 0 to 3"),
        (lambda: iou.MeanIoU(3)([0, -1], [0, 1]), "from -1 to 0.*pass ignore_class"),
        (lambda: iou.MeanIoU(3)([0, 1], [0, 5]), "y_pred holds labels .* received .* 0 to 5"),
        (lambda: iou.MeanIoU(4)(LABELS, SCORES), "pass sparse_y_pred=False"),
        (lambda: iou.MeanIoU(4)(LABELS, GUESSES, [1, 2]), r"shape \(2,\)"),
    ],
)
def test_bad_input_says_so(make, message):
    with pytest.raises(ValueError, match=message):
        make()
