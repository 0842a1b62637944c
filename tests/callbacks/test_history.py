import pytest

from kerlite.callbacks import CallbackList, History
from tests.callbacks.fakes import FakeModel, fit, run_epochs


def test_values_of_every_epoch():
    history = History()
    model = fit(
        history, [{"loss": 2.0, "accuracy": 0.5}, {"loss": 1.0, "accuracy": 0.75, "val": 3}]
    )
    assert history.history == {"accuracy": [0.5, 0.75], "loss": [2.0, 1.0], "val": [3.0]}
    assert list(history.history) == ["accuracy", "loss", "val"]
    assert history.epoch == [0, 1]
    assert model.history is history


def test_same_record_as_keras():
    keras = pytest.importorskip("keras")
    logs = [{"loss": 2.0, "b": 1}, {"val_loss": 0.5, "loss": 3.0, "a": 2}]
    theirs, ours = keras.callbacks.History(), History()
    run_epochs(keras.callbacks.CallbackList([theirs]), FakeModel(), logs)
    run_epochs(CallbackList([ours]), FakeModel(), logs)
    assert ours.history == theirs.history
    assert list(ours.history) == list(theirs.history)
    assert ours.epoch == theirs.epoch


def test_a_second_training_starts_afresh_and_leaves_the_first_record_alone():
    history = History()
    fit(history, [{"loss": 2.0}])
    first = history.history
    fit(history, [{"loss": 1.0}])
    assert history.history == {"loss": [1.0]}
    assert first == {"loss": [2.0]}
