"""torchmetrics as they are: called in their order, logged by their names, at home on any device."""

import copy

import pytest
import torch

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
