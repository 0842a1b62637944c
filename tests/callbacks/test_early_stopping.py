import itertools

import pytest
import torch

from kerlite.callbacks import CallbackList, EarlyStopping
from tests.callbacks.fakes import FakeModel, fit, losses, run_epochs, wandering

SETTINGS = [
    dict(
        zip(("patience", "min_delta", "baseline", "start_from_epoch", "mode"), values, strict=True)
    )
    for values in itertools.product(
        (0, 1, 3), (0, 0.25), (None, 0.375), (0, 4), ("auto", "min", "max")
    )
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("restore", [False, True])
def test_same_decisions_as_keras(settings, restore):
    keras = pytest.importorskip("keras")
    settings = {**settings, "restore_best_weights": restore}
    for seed in range(4):
        logs = losses(*wandering(seed))
        results = []
        for library in (keras.callbacks, None):
            make = library.EarlyStopping if library else EarlyStopping
            wrap = library.CallbackList if library else CallbackList
            callback, model = make(**settings), FakeModel()
            epochs = run_epochs(wrap([callback]), model, logs)
            names = ("wait", "stopped_epoch", "best_epoch", "best")
            results.append((epochs, model.weight, [getattr(callback, name) for name in names]))
        assert results[0] == results[1]


def test_nothing_stops_while_the_loss_falls():
    model = fit(EarlyStopping(), losses(3, 2, 1))
    assert not model.stop_training


def test_the_first_epoch_never_stops():
    assert not fit(EarlyStopping(baseline=0.1), losses(1.0)).stop_training


def test_weights_are_restored_in_place_with_buffers():
    model = FakeModel()
    model.module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    model.module.weight = model.module[0].weight
    parameters = dict(model.module.named_parameters())
    buffers = dict(model.module.named_buffers())
    stopper = EarlyStopping("loss", restore_best_weights=True)
    stopper.set_model(model)
    stopper.on_train_begin()
    snapshots = []
    for epoch, loss in enumerate([3.0, 1.0, 2.0]):
        model.module(torch.randn(8, 2))
        with torch.no_grad():
            for parameter in parameters.values():
                parameter.add_(1)
        snapshots.append({k: v.clone() for k, v in model.module.state_dict().items()})
        stopper.on_epoch_end(epoch, {"loss": loss})
    assert stopper.best_epoch == 1
    stopper.on_train_end()
    restored = model.module.state_dict()
    assert restored.keys() == snapshots[1].keys()
    assert all(torch.equal(restored[name], snapshots[1][name]) for name in restored)
    assert all(p is parameters[n] for n, p in model.module.named_parameters())
    assert all(b is buffers[n] for n, b in model.module.named_buffers())
    assert int(restored["1.num_batches_tracked"]) == 2


def test_snapshots_reuse_their_memory_and_follow_changes():
    stopper = EarlyStopping("loss", restore_best_weights=True)
    stopper.set_model(FakeModel())
    stopper.on_train_begin()
    stopper.on_epoch_end(0, {"loss": 2.0})
    first = stopper.best_weights["weight"]
    stopper.model.weight = 5
    stopper.on_epoch_end(1, {"loss": 1.0})
    assert stopper.best_weights["weight"] is first
    assert first.item() == 5
    stopper.model.module.weight = torch.nn.Parameter(torch.ones(2, 3, dtype=torch.float64))
    stopper.on_epoch_end(2, {"loss": 0.5})
    assert stopper.best_weights["weight"].shape == (2, 3)
    assert stopper.best_weights["weight"].dtype == torch.float64


def test_a_module_itself_and_its_extra_state():
    class Counting(torch.nn.Linear):
        stop_training = False
        metrics = ()
        extra = [0]  # noqa: RUF012

        def get_extra_state(self):
            return self.extra

        def set_extra_state(self, state):
            self.extra = state

    model = Counting(1, 1)
    stopper = EarlyStopping("loss", restore_best_weights=True)
    stopper.set_model(model)
    stopper.on_train_begin()
    model.extra = [1]
    stopper.on_epoch_end(0, {"loss": 1.0})
    model.extra[0] = 2
    stopper.on_epoch_end(1, {"loss": 3.0})
    stopper.on_train_end()
    assert model.extra == [1]


def test_best_weights_come_back_when_training_ends_by_itself():
    model = fit(EarlyStopping(patience=9, restore_best_weights=True), losses(3, 1, 2))
    assert not model.stop_training
    assert model.weight == 1


def test_without_restore_no_weights_are_kept():
    stopper = EarlyStopping()
    model = fit(stopper, losses(1, 2))
    assert stopper.best_weights is None
    assert model.weight == 1


def test_a_second_training_starts_afresh():
    stopper = EarlyStopping(restore_best_weights=True)
    fit(stopper, losses(0.1, 0.2))
    model = fit(stopper, losses(3, 2, 4))
    assert (stopper.best, stopper.best_epoch, stopper.stopped_epoch) == (2, 1, 2)
    assert model.weight == 1


def test_verbose_says_what_happens(capsys):
    fit(EarlyStopping(verbose=1, restore_best_weights=True), losses(1, 2))
    out = capsys.readouterr().out
    assert "Epoch 2: early stopping" in out
    assert "best epoch, 1" in out


def test_monitor_value_may_be_computed_by_a_subclass():
    class Sum(EarlyStopping):
        def get_monitor_value(self, logs):
            return logs["a"] + logs["b"]

    stopper = Sum("loss")
    fit(stopper, [{"a": 1.0, "b": 2.0}])
    assert stopper.best == 3.0
