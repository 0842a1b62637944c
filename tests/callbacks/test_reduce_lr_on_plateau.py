import itertools
from types import SimpleNamespace

import pytest

from kerlite.callbacks import CallbackList, History, ReduceLROnPlateau
from tests.callbacks.fakes import FakeModel, FakeOptimizer, fit, losses, run_epochs, wandering

SETTINGS = [
    dict(zip(("patience", "min_delta", "cooldown", "min_lr", "mode"), values, strict=True))
    for values in itertools.product((1, 3), (0, 0.25), (0, 2), (0, 0.125), ("auto", "max"))
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_same_rates_as_keras(settings):
    keras = pytest.importorskip("keras")
    for seed in range(3):
        logs, results = losses(*wandering(seed)), []
        for library in (keras.callbacks, None):
            make = library.ReduceLROnPlateau if library else ReduceLROnPlateau
            wrap = library.CallbackList if library else CallbackList
            history = library.History() if library else History()
            callback, model = make(factor=0.5, **settings), FakeModel()
            run_epochs(wrap([callback, history]), model, logs)
            names = ("best", "wait", "cooldown_counter")
            results.append((history.history, [getattr(callback, name) for name in names]))
        assert results[0] == results[1]


def test_the_minimum_is_reached_and_kept_in_single_precision():
    class SinglePrecision:
        _rate = 1.0
        changes = 0

        @property
        def learning_rate(self):
            return self._rate

        @learning_rate.setter
        def learning_rate(self, value):
            import numpy as np  # noqa: PLC0415

            self._rate = np.float32(value)
            self.changes += 1

    model = FakeModel()
    model.optimizer = SinglePrecision()
    fit(ReduceLROnPlateau(patience=1, factor=0.01, min_lr=0.1), losses(*[1.0] * 9), model)
    assert model.optimizer.changes == 1


def test_missing_quantity_warns_and_still_logs_the_rate():
    history = History()
    with pytest.warns(UserWarning, match="ReduceLROnPlateau watches `val_loss`"):
        fit([ReduceLROnPlateau(), history], [{"loss": 1.0}])
    assert history.history["learning_rate"] == [0.5]


def test_several_optimizers():
    model = FakeModel()
    model.optimizer = SimpleNamespace(optimizers=[FakeOptimizer("a", 1.0), FakeOptimizer("b", 0.5)])
    fit(ReduceLROnPlateau(patience=1, factor=0.5), losses(1, 1), model)
    assert [o.learning_rate for o in model.optimizer.optimizers] == [0.5, 0.25]


def test_a_second_training_starts_afresh():
    callback = ReduceLROnPlateau(patience=2, cooldown=5)
    fit(callback, losses(1, 1, 1))
    model = fit(callback, losses(2, 2))
    assert (callback.best, callback.wait, callback.in_cooldown()) == (2, 1, False)
    assert model.optimizer.learning_rate == 0.5


def test_arguments_are_checked():
    with pytest.raises(ValueError, match=r"factor=1\.5"):
        ReduceLROnPlateau(factor=1.5)
    with pytest.raises(TypeError, match="patient"):
        ReduceLROnPlateau(patient=3)
    with pytest.warns(UserWarning, match="min_delta"):
        assert ReduceLROnPlateau(epsilon=0.5).min_delta == 0.5


def test_verbose_prints_the_rate(capsys):
    fit(ReduceLROnPlateau(patience=1, factor=0.5, verbose=1), losses(1, 1))
    assert capsys.readouterr().out == "Epoch 2: reducing the learning rate to 0.25.\n"
