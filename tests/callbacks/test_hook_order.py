"""Hooks, their indices and the values in their logs, recorded beside real Keras."""

import itertools
import traceback
from collections.abc import Mapping

import numpy as np
import pytest

import kerlite
from kerlite import callbacks
from kerlite.callbacks.callback import HOOKS
from tests.callbacks import small

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Your input ran out of data:UserWarning"),  # Keras's
]

X, Y = small.data(24)
TARGET = 1e9  # no epoch is an improvement by that much


def _batches(count=None):
    """Yield four batches, again and again if no count is given."""
    starts = itertools.cycle(range(0, 24, 6))
    for start in starts if count is None else itertools.islice(starts, count):
        yield X[start : start + 6], Y[start : start + 6]


def _one_batch():
    """Yield the same batch for ever: Keras validates on the first batches in every epoch."""
    while True:
        yield X[:6], Y[:6]


def _inputs():
    for x, _ in _batches(4):
        yield (x,)


FITS = {
    "arrays": lambda: {"x": X, "y": Y, "epochs": 2, "batch_size": 10},
    "validation": lambda: {"x": X, "y": Y, "epochs": 2, "validation_data": (X[:9], Y[:9])},
    "validation every other epoch": lambda: {
        "x": X, "y": Y, "epochs": 3, "validation_split": 0.25, "validation_freq": 2,
    },
    "steps": lambda: {"x": X, "y": Y, "epochs": 2, "batch_size": 6, "steps_per_epoch": 2},
    "generator": lambda: {"x": _batches(), "epochs": 2, "steps_per_epoch": 3},
    "generators": lambda: {
        "x": _batches(), "epochs": 2, "steps_per_epoch": 3, "validation_data": _one_batch(),
        "validation_steps": 2,
    },
    "one pass of a generator": lambda: {"x": _batches(4), "epochs": 1},
}  # fmt: skip


def _models():
    keras = pytest.importorskip("keras")
    ours = small.model(metrics=["mae"])
    theirs = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
    )
    theirs.set_weights([np.array(value) for value in ours.get_weights()])
    theirs.compile("sgd", "mse", metrics=["mae"])
    return (ours, kerlite), (theirs, keras)


def _recorder(base):
    record = []

    def noting(hook):
        def note(self, *args, logs=None):
            *index, logs = (*args, logs) if logs is not None else args
            record.append((hook, *index, _plain(logs)))

        return note

    hooks = {hook: noting(hook) for hook in HOOKS if hook not in ("on_exception",)}
    hooks = {name: hook for name, hook in hooks.items() if name[3:8] != "batch"}
    return type("Recorder", (base,), hooks)(), record


def _plain(logs):
    assert isinstance(logs, Mapping)
    return {key: np.array(value) for key, value in logs.items()}


def _assert_same(ours, theirs):
    assert [entry[:-1] for entry in ours] == [entry[:-1] for entry in theirs]
    for (hook, *_, own), (*_, other) in zip(ours, theirs, strict=True):
        assert list(own) == list(other), hook
        for key, value in own.items():
            np.testing.assert_allclose(value, other[key], rtol=1e-4, atol=1e-6, err_msg=hook)


@pytest.mark.parametrize("name", FITS)
def test_fit(name):
    records = []
    for model, library in _models():
        recorder, record = _recorder(library.callbacks.Callback)
        model.fit(**FITS[name](), shuffle=False, verbose=0, callbacks=[recorder])
        records.append(record)
    _assert_same(*records)


def test_fit_that_is_stopped_early():
    records = []
    for model, library in _models():
        recorder, record = _recorder(library.callbacks.Callback)
        stopper = library.callbacks.EarlyStopping("val_mae", min_delta=TARGET, patience=2)
        model.fit(
            X, Y, epochs=9, validation_split=0.25, shuffle=False, verbose=0,
            callbacks=[stopper, recorder],
        )  # fmt: skip
        records.append(record)
    _assert_same(*records)
    assert sum(entry[0] == "on_epoch_end" for entry in records[0]) == 3


def test_fit_that_is_stopped_within_an_epoch():
    records = []
    for model, library in _models():
        recorder, record = _recorder(library.callbacks.Callback)

        def stop(batch, logs, model=model):
            model.stop_training = batch == 1

        stopper = library.callbacks.LambdaCallback(on_train_batch_end=stop)
        model.fit(
            X, Y, batch_size=6, epochs=3, validation_data=(X, Y), shuffle=False, verbose=0,
            callbacks=[stopper, recorder],
        )  # fmt: skip
        records.append(record)
    _assert_same(*records)


@pytest.mark.parametrize("source", ["arrays", "generator"])
def test_evaluate_and_predict(source):
    records = []
    for model, library in _models():
        recorder, record = _recorder(library.callbacks.Callback)
        settings = {"verbose": 0, "callbacks": [recorder]}
        if source == "arrays":
            model.evaluate(X, Y, batch_size=10, **settings)
            model.predict(X, batch_size=10, **settings)
        else:
            model.evaluate(_batches(), steps=3, **settings)
            model.predict(_inputs(), **settings)
        records.append(record)
    _assert_same(*records)


PLACES = [hook for hook in HOOKS if hook not in ("on_exception", "on_batch_begin", "on_batch_end")]


@pytest.mark.parametrize("hook", PLACES)
def test_a_callback_that_raises_is_named_and_the_model_goes_on(hook):
    class Broken(callbacks.Callback):
        pass

    def fail(self, *args, logs=None):
        raise ZeroDivisionError("mine")

    setattr(Broken, hook, fail)
    ended = []
    witness = callbacks.LambdaCallback(on_exception=ended.append)

    def work(model, given):
        model.fit(X, Y, epochs=2, batch_size=6, validation_split=0.25, verbose=0, callbacks=given)
        return model.predict(X, verbose=0, callbacks=given)

    model = small.model("adam", metrics=["mae"])
    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        work(model, [Broken(), witness])
    assert f"Broken.{hook}" in "".join(traceback.format_exception(caught.value))
    assert ended == [caught.value]
    iterations = int(model.optimizer.iterations)
    work(model, [])
    assert model.optimizer.iterations == iterations + 6
    assert np.isfinite(model.evaluate(X, Y, verbose=0)).all()
