import pytest

from kerlite.callbacks import LambdaCallback, Timer, timer
from tests.callbacks import small


def test_seconds_of_epochs_and_of_validation(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(timer.time, "perf_counter", lambda: now[0])

    def wait(seconds):
        def hook(*args, **kwargs):
            now[0] += seconds

        return hook

    waiting = LambdaCallback(on_train_batch_end=wait(1.0), on_test_batch_end=wait(0.5))
    watch = Timer()
    history = small.model().fit(
        *small.data(), batch_size=16, epochs=2, verbose=0, validation_split=0.5,
        callbacks=[waiting, watch],
    )  # fmt: skip
    assert history.history["seconds"] == [3.0, 3.0]
    assert history.history["val_seconds"] == [1.0, 1.0]
    assert watch.total == pytest.approx(6.0)


def test_without_validation_there_are_no_values_of_it():
    history = small.model().fit(*small.data(), epochs=1, verbose=0, callbacks=Timer())
    assert sorted(history.history) == ["loss", "seconds"]
