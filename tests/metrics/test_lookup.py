"""Names, classes, configs, functions, losses and torchmetrics become metrics."""

import functools

import keras
import numpy as np
import pytest
import torch

from kerlite import losses, metrics
from kerlite.metrics.lookup import as_metric
from kerlite.metrics.torchmetrics import TorchMetric

NAMES = [
    "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "accuracy", "mean",
    "MeanSquaredError", "root_mean_squared_error", "sparse_top_k_categorical_accuracy",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_of_keras(name):
    ours, theirs = metrics.get(name), keras.metrics.get(name)
    assert (type(ours).__name__, ours.name) == (type(theirs).__name__, theirs.name)


def test_everything_else_comes_back_as_it_is():
    def mine(y_true, y_pred):
        return y_true - y_pred

    metric = metrics.Mean()
    assert metrics.get(None) is None
    assert metrics.get(mine) is mine
    assert metrics.get(metric) is metric
    assert isinstance(metrics.get(metrics.Sum), metrics.Sum)
    assert (
        metrics.get({"class_name": "BinaryAccuracy", "config": {"threshold": 0.1}}).threshold == 0.1
    )


def test_unknown_names_list_the_nearest():
    with pytest.raises(ValueError, match=r"Unknown metric: 'acuracy'.*'accuracy'"):
        metrics.get("acuracy")
    with pytest.raises(ValueError, match="received a int"):
        metrics.get(3)


def test_functions_and_losses_become_metrics():
    def RootError(y_true, y_pred):
        return (y_true - y_pred).abs().sqrt()

    assert as_metric(RootError).name == "root_error"
    assert as_metric(RootError)([4.0], [0.0]).item() == 2.0
    assert as_metric(losses.mean_squared_error).name == "mean_squared_error"
    assert as_metric(losses.mean_squared_error)._direction == "down"
    assert as_metric(losses.Huber())([[0.0]], [[2.0]]).item() == 1.5
    assert as_metric(losses.Huber()).name == "huber_loss"
    assert as_metric(lambda t, p: p).name == "lambda"
    assert as_metric(functools.partial(RootError)).name == "partial"
    assert as_metric(metrics.Mean(), name="renamed").name == "renamed"
    assert as_metric(None) is None


def test_torch_losses_are_called_in_their_own_order():
    metric = as_metric(torch.nn.CrossEntropyLoss())
    logits = torch.randn(4, 3)
    labels = torch.tensor([0, 1, 2, 0])
    torch.testing.assert_close(
        metric(labels, logits), torch.nn.functional.cross_entropy(logits, labels)
    )


def test_torchmetrics_are_wrapped():
    torchmetrics = pytest.importorskip("torchmetrics")
    assert isinstance(metrics.get(torchmetrics.MeanSquaredError()), TorchMetric)
    assert isinstance(metrics.get(torchmetrics.MeanSquaredError), TorchMetric)


def test_built_in_configs_are_those_of_keras():
    for name in ("Mean", "Sum", "BinaryAccuracy", "TopKCategoricalAccuracy", "Accuracy"):
        ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
        assert ours.get_config() == theirs.get_config()
        again = metrics.deserialize(keras.metrics.serialize(theirs))
        assert type(again) is type(ours)
        np.testing.assert_equal(again.get_config(), ours.get_config())
