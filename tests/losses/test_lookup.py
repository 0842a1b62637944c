"""Names, classes, configs, functions and torch's losses become losses."""

import functools
import json

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from kerlite import losses
from kerlite.core.registry import register_keras_serializable
from kerlite.losses.lookup import as_loss
from kerlite.losses.torch_loss import TorchLoss
from kerlite.losses.wrapper import LossFunctionWrapper

NAMES = [
    "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "kld", "KLD",
    "huber", "log_cosh", "mean_squared_error", "binary_crossentropy", "hinge", "dice", "ctc",
    "sparse_categorical_crossentropy",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_of_keras(name):
    assert losses.get(name).__name__ == keras.losses.get(name).__name__
    assert losses.get(name) is getattr(losses, losses.get(name).__name__)


@pytest.mark.parametrize("name", ["MeanSquaredError", "Huber", "CategoricalCrossentropy"])
def test_class_names_make_objects(name):
    assert isinstance(losses.get(name), getattr(losses, name))
    assert isinstance(losses.get(getattr(losses, name)), getattr(losses, name))


def test_everything_else_comes_back_as_it_is():
    def mine(y_true, y_pred):
        return y_true - y_pred

    loss = losses.Huber()
    assert losses.get(None) is None
    assert losses.get(mine) is mine
    assert losses.get(loss) is loss
    config = {"class_name": "CategoricalCrossentropy", "config": {"from_logits": True}}
    assert losses.get(config).from_logits


def test_unknown_names_list_the_nearest():
    with pytest.raises(ValueError, match=r"Unknown loss: 'mean_squred_error'.*mean_squared_error"):
        losses.get("mean_squred_error")
    with pytest.raises(ValueError, match="received a int"):
        losses.get(3)


@pytest.mark.parametrize(
    "loss",
    [torch.nn.MSELoss(), torch.nn.CrossEntropyLoss, F.l1_loss],
    ids=["instance", "class", "function"],
)
def test_torch_losses_are_wrapped(loss):
    assert isinstance(losses.get(loss), TorchLoss)


@pytest.mark.parametrize("name", NAMES)
def test_functions_become_the_class_with_the_fused_kernel(name):
    loss = as_loss(name, name=name)
    assert isinstance(loss, losses.Loss)
    assert not isinstance(loss, LossFunctionWrapper)
    assert loss.name == name


def test_functions_of_the_user_are_wrapped():
    def my_own(y_true, y_pred, power=2):
        return (y_true - y_pred).abs() ** power

    loss = as_loss(my_own)
    assert loss.name == "my_own"
    assert loss([1], [3]).item() == 4
    assert as_loss(functools.partial(my_own, power=3))([1], [3]).item() == 8
    assert as_loss(lambda t, p: p - t).name == "lambda"
    assert as_loss(None) is None


def test_wrapped_function_matches_keras():
    def cube(y_true, y_pred, power):
        return abs(y_true - y_pred) ** power

    wrapper = keras.src.losses.losses.LossFunctionWrapper
    y_true, y_pred = np.array([1, 2, 3]), np.array([[0.5], [0.0], [1.0]], "float32")
    for weight in (None, np.array([1.0, 2.0, 0.0], "float32")):
        np.testing.assert_allclose(
            LossFunctionWrapper(cube, power=3)(y_true, y_pred, weight),
            wrapper(cube, power=3)(y_true, y_pred, weight),
            rtol=1e-6,
        )


def test_wrapped_function_round_trips():
    loss = LossFunctionWrapper(losses.huber, name="wide", delta=3.0)
    again = losses.deserialize(losses.serialize(loss))
    assert again.name == "wide"
    assert again([[0.0]], [[2.0]]).item() == 2.0


def test_registered_functions_round_trip():
    @register_keras_serializable("tests")
    def scaled(y_true, y_pred, factor):
        return factor * (y_true - y_pred).abs()

    loss = LossFunctionWrapper(scaled, reduction="sum", factor=3.0)
    again = losses.deserialize(json.loads(json.dumps(losses.serialize(loss))))
    assert again([0.0, 1.0], [1.0, 3.0]).item() == 9.0
    assert losses.deserialize(losses.serialize(scaled)) is scaled


def test_functions_serialize_to_names_as_in_keras():
    assert losses.serialize(losses.mean_squared_error) == "mean_squared_error"
    assert losses.deserialize("mean_squared_error") is losses.mean_squared_error
