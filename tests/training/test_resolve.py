"""Names that go by the shapes mean what they mean in Keras."""

import keras
import numpy as np
import pytest
import torch

from kerlite import losses, metrics
from kerlite.training.resolve import free_name, resolve_loss, resolve_metric

utils = keras.src.trainers.compile_utils
SHAPES = [
    ((8,), (8, 1)), ((8, 1), (8, 1)), ((8,), (8, 3)), ((8, 1), (8, 3)), ((8, 3), (8, 3)),
    ((8, 5), (8, 5, 3)), ((8, 5, 1), (8, 5, 3)), ((8, 5, 3), (8, 5, 3)), ((8, 5), (8, 5, 1)),
]  # fmt: skip


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["accuracy", "acc", "Accuracy"])
def test_accuracy_is_that_of_keras(shapes, name):
    y_true, y_pred = (np.zeros(shape, "float32") for shape in shapes)
    ours, theirs = resolve_metric(name, y_true, y_pred), utils.get_metric(name, y_true, y_pred)
    assert (type(ours).__name__, ours.name) == (type(theirs).__name__, theirs.name)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["crossentropy", "ce"])
def test_crossentropy_is_that_of_keras(shapes, name):
    y_true, y_pred = (np.zeros(shape, "float32") for shape in shapes)
    ours, theirs = resolve_loss(name, y_true, y_pred), utils.get_loss(name, y_true, y_pred)
    assert ours.name == theirs.name == name
    assert type(ours) is type(losses.get(_class_name(theirs.fn.__name__)))
    assert type(resolve_metric(name, y_true, y_pred)).__name__ == type(ours).__name__


def _class_name(function):
    return "".join(part.title() for part in function.split("_"))


@pytest.mark.parametrize("labels", [(8,), (8, 1)], ids=str)
def test_auc_of_labels_is_that_of_one_hot_targets(labels):
    y_true, y_pred = torch.arange(8) % 3, torch.rand(8, 3).softmax(-1)
    weight = torch.rand(8)
    ours = resolve_metric("auc", y_true.reshape(labels), y_pred)
    ours.update_state(y_true.reshape(labels), y_pred, weight)
    expected = keras.metrics.AUC()
    expected.update_state(torch.eye(3)[y_true], y_pred, weight.numpy()[:, None].repeat(3, 1))
    np.testing.assert_allclose(ours.result(), expected.result().cpu(), rtol=1e-5)
    assert ours.name == "auc"
    assert type(resolve_metric("AUC", torch.eye(3), torch.eye(3))) is metrics.AUC
    assert type(resolve_metric("auc", torch.zeros(8), torch.zeros(8, 1))) is metrics.AUC


def test_flat_predictions_are_binary():
    metric = resolve_metric("accuracy", torch.zeros(8), torch.zeros(8))
    assert isinstance(metric, metrics.BinaryAccuracy)


@pytest.mark.parametrize(
    "identifier",
    ["mse", "MeanSquaredError", "mean_absolute_error", "root_mean_squared_error"],
)
def test_metrics_are_called_as_they_were_written(identifier):
    theirs = utils.get_metric(identifier, None, None)
    assert resolve_metric(identifier, None, None).name == theirs.name == identifier


@pytest.mark.parametrize("identifier", ["mse", "MeanSquaredError", "mean_absolute_error", "huber"])
def test_losses_are_called_as_they_were_written(identifier):
    assert resolve_loss(identifier, None, None).name == utils.get_loss(identifier, None, None).name


def test_functions_and_classes_are_called_as_in_keras():
    def MyOwn(y_true, y_pred):
        return y_true - y_pred

    for identifier in (MyOwn, lambda t, p: p):
        ours = resolve_metric(identifier, None, None).name
        assert ours == utils.get_metric(identifier, None, None).name
        ours = resolve_loss(identifier, None, None).name
        assert ours == utils.get_loss(identifier, None, None).name
    assert resolve_metric(metrics.MeanSquaredError, None, None).name == "mean_squared_error"


def test_losses_for_training_are_numbers():
    with pytest.raises(ValueError, match=r"huber_loss has reduction=None.*sum_over_batch_size"):
        resolve_loss(losses.Huber(reduction=None), None, None)


def test_a_metric_of_none_is_refused():
    with pytest.raises(ValueError, match="A metric is None"):
        resolve_metric(None, None, None)


def test_names_are_numbered_when_taken():
    taken = set()
    assert [free_name("a", taken) for _ in range(3)] == ["a", "a_1", "a_2"]
