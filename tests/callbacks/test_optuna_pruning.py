import sys

import optuna
import pytest

from kerlite.callbacks import LambdaCallback, OptunaPruning
from tests.callbacks import small


@pytest.fixture(autouse=True)
def _quiet():
    optuna.logging.set_verbosity(optuna.logging.WARNING)


def test_a_real_study_prunes_what_is_hopeless():
    """A trial whose loss is above the median of the others at an epoch ends there."""
    epochs = []

    def objective(trial):
        rate = trial.suggest_categorical("rate", [0.1, 1e-9])
        model = small.model("sgd")
        model.optimizer.learning_rate = rate
        count = LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(trial.number))
        history = model.fit(
            *small.data(), epochs=4, verbose=0, validation_split=0.25,
            callbacks=[count, OptunaPruning(trial)],
        )  # fmt: skip
        return history.history["val_loss"][-1]

    study = optuna.create_study(
        sampler=optuna.samplers.GridSampler({"rate": [0.1, 1e-9]}),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=1, n_warmup_steps=1),
    )
    study.enqueue_trial({"rate": 0.1})
    study.enqueue_trial({"rate": 1e-9})
    study.optimize(objective, n_trials=2)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "PRUNED"]
    assert epochs == [0] * 4 + [1] * 2
    assert sorted(study.trials[0].intermediate_values) == [0, 1, 2, 3]


def test_a_quantity_that_is_not_there_makes_a_warning():
    study = optuna.create_study()
    model = small.model()
    with pytest.warns(UserWarning, match="OptunaPruning watches `val_loss`"):
        model.fit(*small.data(), verbose=0, callbacks=OptunaPruning(study.ask()))


def test_without_the_package(monkeypatch):
    trial = optuna.create_study().ask()
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match="pip install optuna"):
        small.model().fit(*small.data(), verbose=0, callbacks=OptunaPruning(trial))
