import gc
import sys
import traceback

import pytest
import torch

from kerlite.callbacks import (
    Callback,
    CallbackList,
    EarlyStopping,
    History,
    LambdaCallback,
    Logs,
    ProgbarLogger,
)
from kerlite.callbacks.callback import HOOKS
from kerlite.callbacks.hook_table import _add_note
from tests.callbacks.fakes import FakeModel


class Recorder(Callback):
    def __init__(self, name="", record=None):
        super().__init__()
        self.name = name
        self.record = [] if record is None else record

    def on_epoch_end(self, epoch, logs=None):
        self.record.append((self.name, "on_epoch_end", epoch, dict(logs)))

    def on_train_batch_end(self, batch, logs=None):
        self.record.append((self.name, "on_train_batch_end", batch, dict(logs)))


def _kinds(callbacks):
    return [type(callback) for callback in callbacks.callbacks]


def test_accepts_nested_lists_lists_of_its_own_and_one_callback():
    a, b, c = Callback(), Callback(), Callback()
    assert CallbackList([a, [b, (c,)]]).callbacks == [a, b, c]
    assert CallbackList(CallbackList([a, b])).callbacks == [a, b]
    assert CallbackList([CallbackList(a), b]).callbacks == [a, b]
    assert CallbackList(a).callbacks == [a]
    assert CallbackList(None).callbacks == CallbackList([]).callbacks == []


def test_history_and_progress_bar_come_last_and_only_once():
    assert _kinds(CallbackList([Callback()], add_history=True, add_progbar=True)) == [
        Callback,
        History,
        ProgbarLogger,
    ]
    given = [ProgbarLogger(), History(), Callback()]
    assert CallbackList(given, add_history=True, add_progbar=True).callbacks == given


def test_order_of_default_callbacks_is_that_of_keras():
    keras = pytest.importorskip("keras")
    theirs = keras.callbacks.CallbackList(
        [keras.callbacks.Callback()], add_history=True, add_progbar=True
    )
    ours = CallbackList([Callback()], add_history=True, add_progbar=True)
    assert [kind.__name__ for kind in _kinds(ours)] == [kind.__name__ for kind in _kinds(theirs)]


def test_model_and_params_reach_everybody():
    model, callback = FakeModel(), Callback()
    callbacks = CallbackList([callback], add_history=True, model=model, verbose=0, epochs=3)
    assert callback.model is callbacks.model is model
    assert callback.params == callbacks.params == {"verbose": 0, "epochs": 3}
    assert model.history is callbacks.callbacks[1]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (print, "LambdaCallback"),
        (EarlyStopping, r"pass an instance, EarlyStopping\(\.\.\.\)"),
        (None, "received None"),
        ("early", "received 'early', a builtins.str"),
        ({"a": Callback()}, "builtins.dict"),
    ],
)
def test_what_is_no_callback_is_refused(bad, message):
    with pytest.raises(TypeError, match=message):
        CallbackList([Callback(), [bad]])


@pytest.mark.parametrize("hook", HOOKS)
def test_has_tells_who_overrides_a_hook(hook):
    assert not CallbackList([Callback(), EarlyStopping()]).has("on_predict_batch_end")
    assert not CallbackList([Callback()]).has(hook)
    assert CallbackList([Callback(), type("Own", (Callback,), {hook: print})()]).has(hook)
    assert CallbackList([LambdaCallback(**{hook: print})]).has(hook)


def test_a_hook_that_nobody_overrides_looks_at_nothing():
    class Untouchable(dict):
        def __getattribute__(self, name):
            raise AssertionError(name)

    callbacks = CallbackList([Callback(), History()])
    callbacks.on_train_batch_begin(0, Untouchable())
    callbacks.on_train_batch_end(0, Untouchable())
    callbacks.on_test_batch_end(0, Untouchable())
    callbacks.on_predict_batch_end(0, Untouchable())


def test_old_names_stand_in_for_the_new_ones():
    record = []

    class Old(Callback):
        def on_batch_end(self, batch, logs=None):
            record.append(("old", batch))

    class Both(Old):
        def on_train_batch_end(self, batch, logs=None):
            record.append(("new", batch))

    class Polite(Old):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)

    callbacks = CallbackList([Old(), Both(), Polite()])
    callbacks.on_train_batch_end(4, {})
    assert record == [("old", 4), ("new", 4), ("old", 4)]
    record.clear()
    callbacks.on_batch_end(5, {})
    assert record == [("old", 5)] * 3
    assert not callbacks.has("on_train_batch_begin")


def test_a_hook_may_be_set_on_the_object_until_training_begins():
    record = []
    late = Callback()
    callbacks = CallbackList([late])
    late.on_epoch_end = lambda epoch, logs: record.append(epoch)
    callbacks.on_epoch_end(0, {})
    callbacks.on_train_begin()
    callbacks.on_epoch_end(1, {})
    assert record == [1]


def test_calls_and_arguments_are_those_of_keras():
    keras = pytest.importorskip("keras")

    def drive(library):
        record = []

        def recording(hook):
            return lambda *args, **kwargs: record.append((hook, args, kwargs))

        class Spy(library.Callback):
            pass

        spy = Spy()
        for hook in HOOKS[:-1]:
            setattr(spy, hook, recording(hook))
        callbacks = library.CallbackList([spy])
        logs = {"loss": torch.tensor(0.5), "accuracy": 0.25}
        for kind in ("train", "test", "predict"):
            getattr(callbacks, f"on_{kind}_begin")()
            if kind == "train":
                callbacks.on_epoch_begin(3)
            getattr(callbacks, f"on_{kind}_batch_begin")(0)
            getattr(callbacks, f"on_{kind}_batch_end")(0, logs)
            if kind == "train":
                callbacks.on_epoch_end(3, logs)
            getattr(callbacks, f"on_{kind}_end")(logs=logs)
        return [(hook, args, {k: dict(v) for k, v in kw.items()}) for hook, args, kw in record]

    assert drive(sys.modules["kerlite.callbacks"]) == drive(keras.callbacks)


def test_logs_reach_hooks_sorted_as_floats_and_shared():
    seen = []

    def write(epoch, logs):
        logs["extra"] = 1

    given = {"loss": torch.tensor(0.5), "accuracy": lambda: torch.tensor(1.0)}
    CallbackList(
        [
            LambdaCallback(on_epoch_end=write),
            LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(list(logs.items()))),
        ]
    ).on_epoch_end(0, given)
    assert seen == [[("accuracy", 1.0), ("loss", 0.5), ("extra", 1.0)]]
    assert "extra" not in given


def test_batch_logs_that_are_not_read_are_not_computed():
    def explode():
        raise AssertionError("read")

    class Counter(Callback):
        batches = 0

        def on_train_batch_end(self, batch, logs=None):
            assert isinstance(logs, Logs)
            self.batches += 1

    counter = Counter()
    callbacks = CallbackList([counter, ProgbarLogger()], verbose=2, epochs=1, steps=3)
    callbacks.on_epoch_begin(0)
    for batch in range(3):
        callbacks.on_train_batch_end(batch, {"loss": explode})
    assert counter.batches == 3


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_test_batch_end"])
def test_batch_logs_that_are_kept_do_not_change_afterwards(hook):
    kept, total = [], torch.zeros(())

    def half():
        return total / 2

    def keep(batch, logs):
        kept.append(logs)

    callbacks = CallbackList([LambdaCallback(**{hook: keep})])
    for batch in range(3):
        total.add_(1)  # in place, as a metric's state
        getattr(callbacks, hook)(batch, {"loss": half})
    gc.collect()
    assert [logs["loss"] for logs in kept] == [0.5, 1.0, 1.5]


def test_an_error_keeps_its_type_and_names_callback_and_hook():
    class Broken(Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyError("no such")

        def on_train_batch_end(self, batch, logs=None):
            {}[batch]

    callbacks = CallbackList([Broken()])
    for call, hook in (
        (lambda: callbacks.on_epoch_end(0, {}), "on_epoch_end"),
        (lambda: callbacks.on_train_batch_end(7, {}), "on_train_batch_end"),
    ):
        with pytest.raises(KeyError) as caught:
            call()
        assert f"Broken.{hook}" in "".join(traceback.format_exception(caught.value))
        assert caught.traceback[-1].name == hook


def test_notes_are_chained_where_python_prints_none(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))

    def fail():
        try:
            {}["first"]
        except KeyError as error:
            raise ValueError("second") from error

    with pytest.raises(ValueError, match="second") as caught:
        fail()
    error = caught.value
    _add_note(error, "Raised by the callback X.on_y.")
    text = "".join(traceback.format_exception(error))
    assert "RuntimeError: Raised by the callback X.on_y." in text
    assert "KeyError: 'first'" in text
    assert text.rstrip().endswith("ValueError: second")


def test_ctrl_c_is_left_alone():
    def interrupt(epoch, logs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        CallbackList([LambdaCallback(on_epoch_end=interrupt)]).on_epoch_end(0, {})
    assert not getattr(caught.value, "__notes__", [])


def test_on_exception_reaches_everybody_whatever_happens():
    seen = []

    def fail(error):
        raise OSError("disk")

    callbacks = CallbackList(
        [LambdaCallback(on_exception=fail), LambdaCallback(on_exception=seen.append)]
    )
    error = KeyboardInterrupt()
    with pytest.warns(UserWarning, match=r"LambdaCallback.on_exception.*disk"):
        callbacks.on_exception(error)
    assert seen == [error]


def test_recorder_order():
    record = []
    callbacks = CallbackList([Recorder("a", record), Recorder("b", record)])
    callbacks.on_train_batch_end(0, {"loss": torch.tensor(1.0)})
    callbacks.on_epoch_end(0, {"loss": 2})
    assert record == [
        ("a", "on_train_batch_end", 0, {"loss": 1.0}),
        ("b", "on_train_batch_end", 0, {"loss": 1.0}),
        ("a", "on_epoch_end", 0, {"loss": 2.0}),
        ("b", "on_epoch_end", 0, {"loss": 2.0}),
    ]
