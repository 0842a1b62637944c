from types import SimpleNamespace

import numpy as np
import pytest
import torch

from kerlite.callbacks import CallbackList, History, LearningRateScheduler
from tests.callbacks.fakes import FakeModel, FakeOptimizer, fit, losses, run_epochs


def _rates(schedule, epochs=3, **settings):
    history = History()
    model = FakeModel(learning_rate=0.5)
    callback = LearningRateScheduler(schedule, **settings)
    run_epochs(CallbackList([callback, history]), model, losses(*range(epochs)))
    return history.history["learning_rate"]


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch, lr: lr / 2,
        lambda epoch: 1.0 / (epoch + 1),
        lambda epoch, lr=0.25: lr * 2,
        lambda epoch, lr: np.float32(lr) / 4,
        lambda epoch, lr: lr,
    ],
)
def test_same_rates_as_keras(schedule):
    keras = pytest.importorskip("keras")
    history = keras.callbacks.History()
    callbacks = [keras.callbacks.LearningRateScheduler(schedule), history]
    model = FakeModel(learning_rate=0.5)
    run_epochs(keras.callbacks.CallbackList(callbacks), model, losses(0, 1, 2))
    assert _rates(schedule) == history.history["learning_rate"]


def test_tensors_and_ints_will_do():
    assert _rates(lambda epoch, lr: torch.tensor(lr) / 2) == [0.25, 0.125, 0.0625]
    assert _rates(lambda epoch, lr: epoch) == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("bad", ["fast", None, [0.1], torch.ones(2)])
def test_what_is_no_rate_is_refused(bad):
    with pytest.raises(ValueError, match="for epoch 0 it returned"):
        _rates(lambda epoch: bad)


def test_an_error_in_the_schedule_is_not_hidden():
    def schedule(epoch, lr):
        raise TypeError("inside")

    with pytest.raises(TypeError, match="inside"):
        _rates(schedule)


def test_a_schedule_without_a_signature():
    assert _rates(max) == [0.5, 1.0, 2.0]


def test_optimizer_without_a_rate():
    model = FakeModel()
    model.optimizer = object()
    with pytest.raises(ValueError, match="no `learning_rate`"):
        fit(LearningRateScheduler(lambda epoch: 1.0), losses(1), model)


def test_several_optimizers():
    model, history = FakeModel(), History()
    model.optimizer = SimpleNamespace(optimizers=[FakeOptimizer("a", 1.0), FakeOptimizer("b", 0.5)])
    fit([LearningRateScheduler(lambda epoch, lr: lr / 2), history], losses(1), model)
    assert history.history["learning_rate_a"] == [0.5]
    assert history.history["learning_rate_b"] == [0.25]


def test_verbose_prints_the_rate(capsys):
    _rates(lambda epoch, lr: lr / 2, epochs=1, verbose=1)
    assert capsys.readouterr().out == "Epoch 1: the learning rate is 0.25.\n"
