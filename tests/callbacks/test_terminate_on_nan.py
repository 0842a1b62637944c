import math

import pytest
import torch

from kerlite.callbacks import CallbackList, TerminateOnNaN
from tests.callbacks.fakes import FakeModel

BAD = [float("nan"), float("inf"), -float("inf")]


class Elsewhere:
    """What the callback sees of a tensor's device, for a device that is not the CPU."""

    type = "cuda"


class DeviceTensor(torch.Tensor):
    """A tensor that says it is on an accelerator and counts how often it is waited for."""

    waits = 0
    device = Elsewhere()

    def __float__(self):
        DeviceTensor.waits += 1
        return float(self.as_subclass(torch.Tensor))


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("kerlite.callbacks.terminate_on_nan.time.perf_counter", lambda: now[0])
    return now


def _started(callback):
    model = FakeModel()
    callbacks = CallbackList([callback], model=model)
    callbacks.on_train_begin()
    return callbacks, model


def _on_device(value):
    return torch.tensor(value).as_subclass(DeviceTensor)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("kind", [float, torch.tensor, lambda bad: lambda: torch.tensor(bad)])
def test_training_ends_at_the_batch_as_in_keras(bad, kind, capsys):
    callbacks, model = _started(TerminateOnNaN())
    callbacks.on_train_batch_end(0, {"loss": kind(0.5)})
    assert not model.stop_training
    callbacks.on_train_batch_end(1, {"loss": kind(bad)})
    assert model.stop_training
    assert "batch 1" in capsys.readouterr().out


@pytest.mark.parametrize("bad", BAD)
def test_an_error_on_request(bad):
    callbacks, _ = _started(TerminateOnNaN(raise_error=True))
    with pytest.raises(RuntimeError, match=r"NaN or infinite: noticed after batch 3.*clipnorm"):
        callbacks.on_train_batch_end(3, {"loss": bad})


def test_logs_without_a_loss():
    callbacks, model = _started(TerminateOnNaN())
    callbacks.on_train_batch_end(0, {"accuracy": math.nan})
    callbacks.on_train_batch_end(0, None)
    callbacks.on_epoch_end(0, {})
    assert not model.stop_training


@pytest.mark.parametrize("bad", BAD)
def test_a_device_is_asked_ten_times_a_second(bad, clock, capsys):
    DeviceTensor.waits = 0
    callbacks, model = _started(TerminateOnNaN())
    for batch in range(50):
        callbacks.on_train_batch_end(batch, {"loss": _on_device(1.0)})
    assert DeviceTensor.waits == 1
    callbacks.on_train_batch_end(50, {"loss": _on_device(bad)})
    callbacks.on_train_batch_end(51, {"loss": _on_device(1.0)})
    assert not model.stop_training
    clock[0] += 0.2
    callbacks.on_train_batch_end(52, {"loss": _on_device(1.0)})
    assert DeviceTensor.waits == 2
    assert model.stop_training


@pytest.mark.parametrize("bad", BAD)
def test_a_device_is_asked_when_an_epoch_ends(bad, clock, capsys):
    callbacks, model = _started(TerminateOnNaN())
    callbacks.on_train_batch_end(0, {"loss": _on_device(1.0)})
    callbacks.on_train_batch_end(1, {"loss": _on_device(bad)})
    assert not model.stop_training
    callbacks.on_epoch_end(0, {"loss": 1.0})
    assert model.stop_training


def test_a_second_training_starts_afresh(clock):
    callback = TerminateOnNaN()
    callbacks, _ = _started(callback)
    callbacks.on_train_batch_end(0, {"loss": _on_device(1.0)})
    callbacks.on_train_batch_end(1, {"loss": _on_device(math.nan)})
    callbacks, model = _started(callback)
    callbacks.on_epoch_end(0, {})
    assert not model.stop_training
