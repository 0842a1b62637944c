"""BackupAndRestore when the process is told to end."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kerlite import callbacks
from kerlite.saving.checkpoint import read_checkpoint
from tests.callbacks.backups import Stop, StopAt, X, Y, fit, numbers, same

ROOT = Path(__file__).parents[2]


def test_sigterm_saves_and_then_does_what_it_did(tmp_path):
    expected, history = fit(tmp_path / "a")
    folder, heard = tmp_path / "b", []

    def before(number, frame):
        heard.append(numbers(folder))
        raise Stop

    old = signal.signal(signal.SIGTERM, before)
    try:
        terminate = StopAt(9, lambda: signal.raise_signal(signal.SIGTERM))
        with pytest.raises(Stop):
            fit(folder, terminate, save_freq=1000)
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGTERM, old)
    assert heard == [[0]]
    state = read_checkpoint(folder / "backup-00000000.checkpoint")
    assert (state["epoch"], state["batch"]) == (1, 3)
    model, found = fit(folder, StopAt(100), save_freq=1000)
    assert found == history
    assert same(model, expected)


def test_sigterm_within_a_validation(tmp_path):
    def validated(folder, *others):
        return fit(folder, *others, save_freq=1000, validation_data=(X, Y), epochs=3)

    class Terminate(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            if (self.model.history.epoch, batch) == ([0], 1):
                signal.raise_signal(signal.SIGTERM)

    expected, history = validated(tmp_path / "a")
    folder, seen = tmp_path / "b", []

    def before(number, frame):
        raise Stop

    old = signal.signal(signal.SIGTERM, before)
    try:
        with pytest.raises(Stop):
            validated(folder, Terminate())
    finally:
        signal.signal(signal.SIGTERM, old)
    assert read_checkpoint(max(folder.iterdir()))["phase"] == "validation"
    count = callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: seen.append(batch))
    model, found = validated(folder, count)
    assert found == history
    assert same(model, expected)
    assert seen == [0, 1, 2, 3, 4, 5]  # of the last epoch alone


SCRIPT = """
import os, signal, sys
from pathlib import Path
from tests.callbacks.backups import StopAt, fit
fit(Path(sys.argv[1]), StopAt(4, lambda: os.kill(os.getpid(), signal.SIGTERM)), save_freq=1000)
"""


def test_sigterm_ends_a_process(tmp_path):
    """In a process of its own: a fork cannot train where torch has threads for gradients."""
    folder = tmp_path / "backup"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGTERM, done.stderr
    assert numbers(folder) == [0]


def test_training_in_another_thread_leaves_signals_alone(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    seen = []
    watch = StopAt(2, lambda: seen.append(signal.getsignal(signal.SIGTERM)))
    thread = threading.Thread(target=fit, args=(tmp_path, watch))
    thread.start()
    thread.join()
    assert seen == [before]
