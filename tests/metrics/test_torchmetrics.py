"""torchmetrics as they are: called in their order, logged by their names, at home on any device."""

import copy

import pytest
import torch

from kerlite import metrics
from kerlite.metrics.torchmetrics import TorchMetric

torchmetrics = pytest.importorskip("torchmetrics")
LABELS = torch.tensor([0, 2, 1, 1])
SCORES = torch.tensor([[3.0, 1, 2], [1, 2, 3], [1, 2, 3], [3, 2, 1]])


def multiclass():
    return torchmetrics.classification.MulticlassAccuracy(num_classes=3, average="micro")


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_class_labels_reach_the_metric(shape):
    metric = TorchMetric(multiclass())
    metric.update_state(LABELS.reshape(shape), SCORES)
    assert metric.result().item() == 0.5


def test_streaming_reset_and_order():
    metric = TorchMetric(torchmetrics.MeanSquaredError())
    for start in (0, 3):
        metric.update_state(
            torch.arange(4.0)[start : start + 3], torch.ones(4, 1)[start : start + 3]
        )
    assert metric.result().item() == 1.5
    metric.reset_state()
    assert metric(torch.tensor([1.0]), torch.tensor([3.0])).item() == 4.0


def test_name_is_the_class_name():
    assert TorchMetric(multiclass()).name == "multiclass_accuracy"
    assert TorchMetric(torchmetrics.R2Score(), name="r2").name == "r2"


def test_collections_log_each_metric():
    collection = torchmetrics.MetricCollection(
        [multiclass(), torchmetrics.classification.MulticlassF1Score(num_classes=3)], prefix="x_"
    )
    result = TorchMetric(collection)(LABELS, SCORES)
    assert sorted(result) == ["x_multiclass_accuracy", "x_multiclass_f1_score"]
    named = TorchMetric(torchmetrics.MetricCollection({"Acc of mine": multiclass()}))
    assert list(named(LABELS, SCORES)) == ["Acc of mine"]


def test_inference_mode_does_not_spoil_the_state():
    metric = TorchMetric(multiclass())
    with torch.inference_mode():
        metric.update_state(LABELS, SCORES)
        metric.reset_state()
        metric.update_state(LABELS, SCORES)
    metric.update_state(LABELS, SCORES)
    assert metric.result().item() == 0.5


def test_no_gradients_are_kept():
    metric = TorchMetric(torchmetrics.MeanSquaredError())
    metric.update_state(torch.zeros(2), torch.ones(2, requires_grad=True) * 2)
    assert not metric.result().requires_grad


def test_copies_are_separate():
    metric = TorchMetric(multiclass())
    metric.update_state(LABELS, SCORES)
    twin = copy.deepcopy(metric)
    metric.reset_state()
    assert twin.result().item() == 0.5


def test_sample_weights_are_refused():
    with pytest.raises(ValueError, match="Pass it in `metrics`, not in `weighted_metrics`"):
        TorchMetric(multiclass()).update_state(LABELS, SCORES, torch.ones(4))


# ---- every task, from data as Keras code has it

N = 12
YES_NO, CHANCE = (torch.arange(N) % 2).float()[:, None], torch.linspace(0, 1, N)[:, None]
KINDS, RATES = torch.arange(N) % 3, torch.rand(N, 3, generator=torch.Generator().manual_seed(0))
MANY = (torch.arange(3 * N).reshape(N, 3) % 2).float()
REAL, GUESS = torch.linspace(1, 2, N)[:, None], torch.linspace(2, 1.5, N)[:, None] ** 2
PARTS = (slice(0, 5), slice(5, 10), slice(10, N))
ALONE = torchmetrics.classification
TASKS = {
    "binary": (lambda: ALONE.BinaryF1Score(), YES_NO, CHANCE, YES_NO.long(), CHANCE),
    "binary, flat": (lambda: ALONE.BinaryAUROC(), YES_NO, CHANCE[:, 0], YES_NO[:, 0].long(), None),
    "by task": (lambda: torchmetrics.Accuracy("binary"), YES_NO, CHANCE, YES_NO.long(), None),
    "labels": (lambda: ALONE.MulticlassF1Score(3), KINDS[:, None], RATES, KINDS, None),
    "float labels": (lambda: ALONE.MulticlassAUROC(3), KINDS.float(), RATES, KINDS, None),
    "one-hot": (
        lambda: ALONE.MulticlassAccuracy(3), torch.eye(3)[KINDS], RATES, KINDS, None
    ),
    "pixels, classes last": (
        lambda: ALONE.MulticlassJaccardIndex(3), KINDS.view(N, 1, 1).expand(N, 4, 5),
        RATES.view(N, 1, 1, 3).expand(N, 4, 5, 3), KINDS.view(N, 1, 1).expand(N, 4, 5),
        RATES.view(N, 3, 1, 1).expand(N, 3, 4, 5),
    ),
    "several labels": (lambda: ALONE.MultilabelF1Score(3), MANY, RATES, MANY.long(), None),
    "regression": (lambda: torchmetrics.MeanSquaredError(), REAL, GUESS, REAL, None),
    "integer targets": (
        lambda: torchmetrics.MeanAbsoluteError(), KINDS[:, None], GUESS, KINDS[:, None].float(),
        None,
    ),
    "one output": (
        lambda: torchmetrics.KendallRankCorrCoef(), REAL, GUESS, REAL[:, 0], GUESS[:, 0]
    ),
    "a wrapper": (
        lambda: torchmetrics.wrappers.MinMaxMetric(ALONE.BinaryAccuracy()), YES_NO, CHANCE,
        YES_NO.long(), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("task", TASKS)
def test_every_task_gets_its_data_as_it_wants_it(task):
    make, y_true, y_pred, target, preds = TASKS[task]
    ours, alone = TorchMetric(make()), make()
    for rows in PARTS:
        ours.update_state(y_true[rows], y_pred[rows])
        alone.update((y_pred if preds is None else preds)[rows], target[rows])
    torch.testing.assert_close(ours.result(), alone.compute())


def test_rows_are_queries_for_retrieval():
    relevance = (torch.rand(N, 4, generator=torch.Generator().manual_seed(1)) > 0.5).float()
    scores = torch.rand(N, 4, generator=torch.Generator().manual_seed(2))
    rows = torch.arange(N)[:, None].expand(N, 4)
    for make in (
        torchmetrics.retrieval.RetrievalMAP,
        torchmetrics.retrieval.RetrievalNormalizedDCG,
    ):
        alone = make()
        alone.update(scores, relevance.long(), rows)
        ours = TorchMetric(make())
        for _ in range(2):
            ours.reset_state()
            for part in PARTS:
                ours.update_state(relevance[part], scores[part])
            torch.testing.assert_close(ours.result(), alone.compute())
        halves = TorchMetric(make()), TorchMetric(make())
        for metric, part in zip(halves, (slice(0, 5), slice(5, N)), strict=True):
            metric.update_state(relevance[part], scores[part])
        halves[0].merge_state([halves[1]])
        torch.testing.assert_close(halves[0].result(), alone.compute())


def test_aggregation_is_of_the_predictions():
    for make in (torchmetrics.MeanMetric, torchmetrics.MaxMetric, torchmetrics.SumMetric):
        ours, alone = TorchMetric(make()), make()
        for rows in PARTS:
            ours.update_state(REAL[rows], GUESS[rows])
            alone.update(GUESS[rows])
        torch.testing.assert_close(ours.result(), alone.compute())
    assert TorchMetric(torchmetrics.MeanMetric()).name == "mean_metric"


def test_half_precision_predictions_are_summed_in_single():
    ours = TorchMetric(torchmetrics.MeanSquaredError())
    ours.update_state(torch.zeros(70000, 1), torch.ones(70000, 1, dtype=torch.float16))
    assert ours.result().item() == 1.0


@pytest.mark.parametrize("task", ["binary", "labels", "several labels", "regression"])
def test_merging_equals_one_over_all(task):
    make, y_true, y_pred, _, _ = TASKS[task]
    whole, parts = TorchMetric(make()), [TorchMetric(make()) for _ in PARTS]
    whole.update_state(y_true, y_pred)
    for metric, rows in zip(parts, PARTS, strict=True):
        metric.update_state(y_true[rows], y_pred[rows])
    parts[0].merge_state(parts[1:])
    torch.testing.assert_close(parts[0].result(), whole.result())
    with pytest.raises(ValueError, match="of one class"):
        parts[0].merge_state([metrics.Mean()])


def test_collections_merge_metric_by_metric():
    def make():
        return TorchMetric(
            torchmetrics.MetricCollection([multiclass(), ALONE.MulticlassF1Score(3)])
        )

    whole, first, second = make(), make(), make()
    for metric, rows in ((whole, slice(None)), (first, slice(0, 7)), (second, slice(7, N))):
        metric.update_state(KINDS[rows], RATES[rows])
    first.merge_state([second])
    torch.testing.assert_close(first.result(), whole.result())
