"""Callbacks at work in a Trainer, beside Keras's in a model of its own."""

import numpy as np
import pytest
import torch

from kerlite import callbacks
from kerlite.callbacks.callback import HOOKS
from kerlite.training import Trainer

CASES = {
    "plain": {"epochs": 2},
    "validation": {"epochs": 2, "validation_split": 0.25},
    "validation at times": {"epochs": 3, "validation_split": 0.25, "validation_freq": 2},
    "later start": {"epochs": 3, "initial_epoch": 1},
    "steps": {"epochs": 2, "steps_per_epoch": 2},
}


def _data():
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    return x, x.sum(axis=1, keepdims=True)


def _trainer(**settings):
    torch.manual_seed(0)
    trainer = Trainer(torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(8, 1)))
    trainer.compile("sgd", "mse", metrics=["mae"], **settings)
    return trainer


def _keras_model(keras):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def _recorder(base):
    """A callback of either library that notes hooks, indices, and the names in the logs."""
    record = []

    def noting(hook):
        def note(self, *args, logs=None):
            *index, logs = (*args, logs) if logs is not None else args
            record.append((hook, *index, sorted(logs)))

        return note

    hooks = {hook: noting(hook) for hook in HOOKS[:14]}
    return type("Recorder", (base,), hooks)(), record


@pytest.mark.parametrize("name", CASES)
def test_hooks_of_fit_are_those_of_keras(name):
    keras = pytest.importorskip("keras")
    x, y = _data()
    ours, our_record = _recorder(callbacks.Callback)
    _trainer().fit(x, y, batch_size=8, verbose=0, callbacks=[ours], **CASES[name])
    theirs, their_record = _recorder(keras.callbacks.Callback)
    _keras_model(keras).fit(x, y, batch_size=8, verbose=0, callbacks=[theirs], **CASES[name])
    assert our_record == their_record


def test_batch_hooks_come_once_an_execution_with_its_first_and_last_index():
    record = []
    watcher = callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: record.append(("begin", batch)),
        on_train_batch_end=lambda batch, logs: record.append(("end", batch)),
    )
    trainer = _trainer(steps_per_execution=3)
    trainer.fit(*_data(), batch_size=8, verbose=0, callbacks=watcher)
    assert record == [("begin", 0), ("end", 2), ("begin", 3), ("end", 3)]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_hooks_of_evaluate_and_predict_are_those_of_keras():
    keras = pytest.importorskip("keras")
    x, y = _data()
    ours, our_record = _recorder(callbacks.Callback)
    theirs, their_record = _recorder(keras.callbacks.Callback)
    for model, recorder in ((_trainer(), ours), (_keras_model(keras), theirs)):
        model.evaluate(x, y, batch_size=8, verbose=0, callbacks=[recorder])
        model.predict(x, batch_size=8, verbose=0, callbacks=[recorder])
    assert our_record == their_record


@pytest.mark.parametrize("verbose", [0, 1, 2, "auto"])
def test_weights_do_not_depend_on_verbosity_or_callbacks(verbose, tmp_path, capsys):
    def train(verbose, watchers):
        trainer = _trainer()
        trainer.fit(*_data(), batch_size=8, epochs=3, verbose=verbose, callbacks=watchers)
        return trainer.module.state_dict()

    watchers = [
        callbacks.CSVLogger(tmp_path / "log.csv"),
        callbacks.EarlyStopping("loss", patience=9),
        callbacks.TerminateOnNaN(),
        callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: logs["loss"]),
    ]
    plain, watched = train(0, None), train(verbose, watchers)
    assert all(torch.equal(plain[name], watched[name]) for name in plain)


def test_early_stopping_restores_the_weights_of_its_best_epoch():
    seen = []
    trainer = _trainer()
    values = iter([3.0, 1.0, 2.0, 2.5])

    def rewrite(epoch, logs):
        logs["loss"] = next(values)
        seen.append(trainer.module[0].weight.detach().clone())

    watchers = [
        callbacks.LambdaCallback(on_epoch_end=rewrite),
        callbacks.EarlyStopping("loss", patience=2, restore_best_weights=True),
    ]
    history = trainer.fit(*_data(), epochs=9, verbose=0, callbacks=watchers)
    assert history.epoch == [0, 1, 2, 3]
    assert torch.equal(trainer.module[0].weight, seen[1])
    assert not torch.equal(seen[1], seen[3])


def test_learning_rate_callbacks_change_the_rate_of_a_real_optimizer():
    trainer = _trainer()
    history = trainer.fit(
        *_data(),
        epochs=3,
        verbose=0,
        callbacks=callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
    )
    assert history.history["learning_rate"] == pytest.approx([0.005, 0.0025, 0.00125])
    reducer = callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=1e9)
    history = trainer.fit(*_data(), epochs=3, verbose=0, callbacks=reducer)
    assert history.history["learning_rate"] == pytest.approx([0.00125, 0.00125, 0.000625])


def test_training_ends_when_the_loss_is_not_a_number(capsys):
    x, y = _data()
    y[3] = np.nan
    trainer = _trainer()
    history = trainer.fit(x, y, epochs=5, verbose=0, callbacks=callbacks.TerminateOnNaN())
    assert history.epoch == [0]
    assert "NaN or infinite" in capsys.readouterr().out


def test_a_callback_that_fails_names_itself_and_the_model_stays_usable(capsys):
    def fail(batch, logs):
        if batch == 2:
            raise OSError("no space")

    trainer = _trainer()
    with pytest.raises(OSError, match="no space"):
        trainer.fit(
            *_data(),
            batch_size=8,
            verbose=1,
            callbacks=callbacks.LambdaCallback(on_train_batch_end=fail),
        )
    assert capsys.readouterr().out.endswith("\n")  # the bar is closed
    assert len(trainer.fit(*_data(), epochs=2, verbose=0).epoch) == 2


def test_a_checkpoint_asks_the_trainer_to_save(monkeypatch):
    saved = []
    trainer = _trainer()
    trainer.save_weights = lambda path, overwrite: saved.append(path)
    checkpoint = callbacks.ModelCheckpoint("{epoch}-{val_mae:.0f}.pt", save_weights_only=True)
    trainer.fit(*_data(), epochs=2, verbose=0, validation_split=0.25, callbacks=checkpoint)
    assert [path.split("-")[0] for path in saved] == ["1", "2"]


def test_direction_of_a_metric_is_found_in_a_real_model():
    trainer = _trainer()
    watcher = callbacks.EarlyStopping("val_mae")
    trainer.fit(*_data(), epochs=1, verbose=0, validation_split=0.25, callbacks=watcher)
    assert watcher.is_improvement(1.0, 2.0)
    assert not watcher.is_improvement(2.0, 1.0)
