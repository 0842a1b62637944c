import io
import math
import random
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from tqdm import tqdm

from kerlite.callbacks import CallbackList, LambdaCallback, ProgbarLogger, progbar_logger
from kerlite.callbacks.screen import print_line
from kerlite.core import config

HEAVY, LIGHT = "━", "─"


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when it is told to."""
    now = [100.0]
    for module in ("progbar_logger", "progress_line"):
        monkeypatch.setattr(f"kerlite.callbacks.{module}.time.perf_counter", lambda: now[0])
    return now


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def _logger(verbose=1, epochs=1, steps=4):
    return CallbackList(ProgbarLogger(), verbose=verbose, epochs=epochs, steps=steps)


def _epoch(callbacks, epoch=0, steps=4, logs=None):
    callbacks.on_epoch_begin(epoch)
    for batch in range(steps):
        callbacks.on_train_batch_end(batch, {"loss": 0.5})
    callbacks.on_epoch_end(epoch, logs or {"loss": 0.25, "accuracy": 0.5, "val_loss": 1e-5})


def _screen(text):
    """What stays to be seen: every line after its last carriage return."""
    return [line.split("\r")[-1].rstrip() for line in text.split("\n") if line]


def test_bar_moves_and_stays(capsys, clock):
    callbacks = _logger(epochs=2)
    callbacks.on_train_begin()
    for epoch in range(2):
        _epoch(callbacks, epoch)
        clock[0] += 1
    callbacks.on_train_end()
    out = capsys.readouterr().out
    assert f"1/4 {HEAVY * 5}{LIGHT * 15} 0s 0us/step - loss: 0.5000" in out
    finished = (
        f"4/4 {HEAVY * 20} 0s 0us/step - accuracy: 0.5000 - loss: 0.2500 - val_loss: 1.0000e-05"
    )
    assert _screen(out) == ["Epoch 1/2", finished, "Epoch 2/2", finished]


def test_one_line_an_epoch(capsys, clock):
    callbacks = _logger(verbose=2, epochs=2)
    callbacks.on_train_begin()
    for epoch in range(2):
        callbacks.on_epoch_begin(epoch)
        clock[0] += 3
        callbacks.on_train_batch_end(3, {})
        callbacks.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 2.0})
    line = "4/4 - 3s - 750ms/step - loss: 0.5000 - val_loss: 2.0000\n"
    assert capsys.readouterr().out == f"Epoch 1/2\n{line}Epoch 2/2\n{line}"


def test_lines_are_those_of_keras(capsys):
    keras = pytest.importorskip("keras")
    logs = {"loss": 0.25, "accuracy": 0.5, "val_loss": 1e-5, "a": 123.456, "n": math.nan}
    lines = []
    for make in (keras.callbacks.ProgbarLogger, ProgbarLogger):
        wrap = CallbackList if make is ProgbarLogger else keras.callbacks.CallbackList
        callbacks = wrap([make()], verbose=2, epochs=3, steps=4)
        callbacks.on_train_begin()
        _epoch(callbacks, 1, logs=logs)
        parts = capsys.readouterr().out.replace("\n", " - ").split(" - ")
        lines.append([part for part in parts if "/step" not in part])
    assert lines[0] == lines[1]
    assert lines[1][0] == "Epoch 2/3"


def test_silent(capsys):
    callbacks = _logger(verbose=0, epochs=3)
    callbacks.on_train_begin()
    _epoch(callbacks)
    callbacks.on_predict_begin()
    callbacks.on_predict_batch_end(0, {})
    callbacks.on_predict_end()
    callbacks.on_train_end()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("verbose", [3, -1, "yes", None])
def test_unknown_verbosity(verbose):
    with pytest.raises(ValueError, match=f"received verbose={verbose!r}"):
        _logger(verbose=verbose)


def test_auto_without_a_terminal_shows_finished_bars_only(capsys):
    callbacks = _logger(verbose="auto", epochs=2)
    callbacks.on_train_begin()
    _epoch(callbacks)
    out = capsys.readouterr().out
    assert "\r" not in out
    assert out.startswith(f"Epoch 1/2\n4/4 {HEAVY * 20} 0s ")
    assert out.endswith(" - accuracy: 0.5000 - loss: 0.2500 - val_loss: 1.0000e-05\n")


def test_auto_in_a_terminal_is_a_bar(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    callbacks = _logger(verbose="auto")
    _epoch(callbacks)
    assert "\r" in sys.stdout.getvalue()


def test_auto_without_interactive_logging_is_a_line(capsys):
    config.disable_interactive_logging()
    try:
        _epoch(_logger(verbose="auto"))
    finally:
        config.enable_interactive_logging()
    assert capsys.readouterr().out.startswith("4/4 - 0s - ")


def test_values_are_read_ten_times_a_second_and_at_the_end(clock, capsys):
    reads = []
    callbacks = _logger(steps=1000)
    callbacks.on_epoch_begin(0)
    for batch in range(1000):
        clock[0] += 0.001
        callbacks.on_train_batch_end(batch, {"loss": lambda: reads.append(1) or 0.5})
    assert 9 <= len(reads) <= 11
    callbacks.on_epoch_end(0, {"loss": 0.25})
    assert _screen(capsys.readouterr().out)[-1].endswith("1s 1ms/step - loss: 0.2500")


def test_time_still_needed(clock, capsys):
    callbacks = _logger(steps=100)
    callbacks.on_epoch_begin(0)
    clock[0] += 1000  # the first step warms up: it does not count once there are others
    callbacks.on_train_batch_end(0, {})
    clock[0] += 2
    callbacks.on_train_batch_end(1, {})
    assert capsys.readouterr().out.rstrip().endswith("3:16 2s/step")
    callbacks.on_epoch_end(0, {})
    assert "16:42 2s/step" in capsys.readouterr().out


def test_unknown_number_of_steps_is_learned(clock, capsys):
    callbacks = _logger(epochs=3, steps=None)
    callbacks.on_train_begin()
    _epoch(callbacks, 0, steps=7)
    out = capsys.readouterr().out
    assert "1/Unknown 0s 0us/step - loss: 0.5000" in out
    assert _screen(out)[-1].startswith(f"7/7 {HEAVY * 20} ")
    _epoch(callbacks, 1, steps=7)
    assert f"1/7 {HEAVY * 2}{LIGHT * 18} " in capsys.readouterr().out
    _epoch(callbacks, 2, steps=9)  # and may change
    assert "9/7" in capsys.readouterr().out


def test_an_epoch_cut_short_shows_what_was_done(clock, capsys):
    callbacks = _logger(steps=10)
    _epoch(callbacks, steps=5)
    assert f" 5/10 {HEAVY * 10}{LIGHT * 10} " in _screen(capsys.readouterr().out)[-1]


@pytest.mark.parametrize("kind", ["test", "predict"])
def test_evaluation_and_prediction(kind, clock, capsys):
    callbacks = _logger(steps=2)
    getattr(callbacks, f"on_{kind}_begin")()
    for batch in range(2):
        getattr(callbacks, f"on_{kind}_batch_end")(batch, {"loss": torch.tensor(0.5)})
    getattr(callbacks, f"on_{kind}_end")({"loss": 0.5})
    expected = " - loss: 0.5000" if kind == "test" else ""
    assert _screen(capsys.readouterr().out) == [f"2/2 {HEAVY * 20} 0s 0us/step{expected}"]


def test_validation_is_silent_and_evaluation_after_training_is_not(clock, capsys):
    callbacks = _logger(steps=2)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_end(1, {"loss": 0.5})
    capsys.readouterr()
    callbacks.on_test_begin()
    callbacks.on_test_batch_end(0, {"loss": 9.0})
    callbacks.on_test_end({"loss": 9.0})
    assert capsys.readouterr().out == ""
    callbacks.on_epoch_end(0, {"loss": 0.5})
    callbacks.on_train_end()
    capsys.readouterr()
    callbacks.on_test_begin()
    callbacks.on_test_batch_end(1, {"loss": 9.0})
    callbacks.on_test_end({"loss": 9.0})
    assert _screen(capsys.readouterr().out) == [f"2/2 {HEAVY * 20} 0s 0us/step - loss: 9.0000"]


def test_long_lines_are_cut_while_they_move_and_whole_at_the_end(monkeypatch, clock):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("kerlite.callbacks.screen.Bar.__init__", _narrow(60))
    logs = {f"metric_{i}": 0.5 for i in range(12)}
    callbacks = _logger(steps=2)
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_end(0, logs)
    moving = sys.stdout.getvalue().split("\r")
    assert max(map(len, moving)) <= 60
    callbacks.on_train_batch_end(1, logs)
    callbacks.on_epoch_end(0, logs)
    assert all(f"metric_{i}: 0.5000" in _screen(sys.stdout.getvalue())[-1] for i in range(12))


def _narrow(columns):
    def init(self, *args, dynamic_ncols, **kwargs):
        tqdm.__init__(self, *args, ncols=columns, **kwargs)

    return init


def test_names_with_braces_and_values_of_other_kinds(clock, capsys):
    _epoch(_logger(), logs={"{loss}": 0.5, "name": "run", "z": np.ones(2), "zero": 0.0})
    assert _screen(capsys.readouterr().out)[-1].endswith(
        "- name: run - z: [1. 1.] - zero: 0.0000e+00 - {loss}: 0.5000"
    )


def test_messages_stand_above_the_bar(clock, capsys):
    callbacks = _logger()
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_end(0, {"loss": 0.5})
    print_line("saving")
    callbacks.on_epoch_end(0, {"loss": 0.5})
    screen = _screen(capsys.readouterr().out)
    assert screen[0] == "saving"
    assert screen[1].startswith("1/4")
    assert len(screen) == 2


def test_an_exception_leaves_the_bar_closed(clock, capsys):
    callbacks = _logger()
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_end(1, {"loss": 0.5})
    callbacks.on_exception(KeyboardInterrupt())
    out = capsys.readouterr().out
    assert out.endswith("\n")
    assert _screen(out) == [f"2/4 {HEAVY * 10}{LIGHT * 10} 0s 0us/step - loss: 0.5000"]
    callbacks.on_test_begin()
    callbacks.on_test_batch_end(3, {})
    callbacks.on_test_end({"loss": 1.0})
    assert "4/4" in capsys.readouterr().out


def test_beginning_again_closes_what_was_left_open(clock, capsys):
    callbacks = _logger()
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_end(1, {})
    callbacks.on_epoch_begin(0)
    assert len(_screen(capsys.readouterr().out)) == 2
    callbacks.on_exception(KeyboardInterrupt())


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
@pytest.mark.parametrize("moment", ["before", "amid"])
def test_a_closed_stream_is_no_error(monkeypatch, verbose, moment):
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    if moment == "before":
        stream.close()
    callbacks = _logger(verbose, epochs=2)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_end(0, {"loss": 0.5})
    stream.close()
    _epoch(callbacks)
    print_line("nobody hears")


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_no_stream_is_no_error(monkeypatch, verbose):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    _epoch(_logger(verbose, epochs=2))


def test_a_screen_without_unicode(monkeypatch, clock):
    class Ascii(Terminal):
        encoding = "ascii"

        def write(self, text):
            text.encode("ascii")
            return super().write(text)

    monkeypatch.setattr(sys, "stdout", Ascii())
    _epoch(_logger(), logs={"précision": 0.5})
    print_line("gespeichert für später")
    assert _screen(sys.stdout.getvalue()) == [
        f"4/4 {'=' * 20} 0s 0us/step - pr?cision: 0.5000",
        "gespeichert f?r sp?ter",
    ]


def test_no_random_number_is_drawn(capsys):
    def states():
        return random.getstate(), str(np.random.get_state()), torch.get_rng_state().tolist()

    before = states()
    callbacks = _logger(epochs=2)
    callbacks.on_train_begin()
    _epoch(callbacks)
    callbacks.on_train_end()
    assert states() == before


def test_no_thread_is_started_and_the_start_method_stays_free(capsys):
    threads = threading.active_count()
    code = (
        "import multiprocessing\n"
        "from kerlite.callbacks import CallbackList\n"
        "callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=1)\n"
        "callbacks.on_epoch_begin(0)\n"
        "callbacks.on_train_batch_end(0, {'loss': 0.5})\n"
        "callbacks.on_epoch_end(0, {'loss': 0.5})\n"
        "multiprocessing.set_start_method('spawn')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    _epoch(_logger())
    assert threading.active_count() == threads


def test_bars_of_a_caller_stay_in_place(clock, capsys):
    with tqdm(total=2, file=sys.stdout, mininterval=0) as outer:
        for _ in range(2):
            _epoch(_logger())
            outer.update()
    assert capsys.readouterr().out.count("val_loss: 1.0000e-05") >= 2


def test_reads_go_through_even_in_a_list_of_many(clock, capsys):
    seen = []
    callbacks = CallbackList(
        [LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["loss"]))],
        add_progbar=True,
        verbose=2,
        epochs=1,
        steps=4,
    )
    _epoch(callbacks)
    assert seen == [0.25]
    assert progbar_logger.__all__ == ["ProgbarLogger"]
