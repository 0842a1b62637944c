import time
from datetime import timedelta

import pytest

from kerlite.callbacks import LambdaCallback, TimeLimit, time_limit
from tests.callbacks import small


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by a second at each batch."""
    now = [0.0]
    monkeypatch.setattr(time_limit.time, "perf_counter", lambda: now[0])

    def tick(batch, logs):
        now[0] += 1

    return LambdaCallback(on_train_batch_end=tick)


@pytest.mark.parametrize("limit", [6, timedelta(seconds=6)], ids=["seconds", "timedelta"])
def test_training_ends_after_the_batch_in_which_time_is_up(limit, clock, capsys):
    batches = []
    counter = LambdaCallback(on_train_batch_end=lambda batch, logs: batches.append(batch))
    watch = TimeLimit(limit, verbose=1)
    history = small.model().fit(
        *small.data(), batch_size=16, epochs=9, verbose=0, callbacks=[clock, counter, watch]
    )
    assert batches == [0, 1, 2, 3, 0, 1]
    assert history.epoch == [0, 1]
    assert "Time is up after 6 seconds" in capsys.readouterr().out
    assert watch.elapsed == 6


def test_a_resumed_run_has_what_is_left(clock):
    watch = TimeLimit(6)
    watch.on_train_begin()
    watch.load_state_dict({"elapsed": 4.0})
    clock.on_train_batch_end(0, {})
    assert watch.state_dict() == {"elapsed": 5.0}


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="limit=0"):
        TimeLimit(0)
    assert TimeLimit(1).elapsed == 0.0
    assert time.perf_counter() > 0
