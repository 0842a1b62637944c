"""The loop that `fit`, `evaluate` and `predict` share."""

import pytest

from kerlite.callbacks import Callback, CallbackList
from kerlite.data import Batches
from kerlite.training.loop import has_ended, run_epoch


class Recorder(Callback):
    """Notes the hooks of batches and what they were given."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_test_batch_begin(self, batch, logs=None):
        self.seen.append(("begin", batch, dict(logs or {})))

    def on_test_batch_end(self, batch, logs=None):
        self.seen.append(("end", batch, dict(logs or {})))


def run(batches, step, recorder=None, stop=lambda: False, together=1):
    hooks = CallbackList([recorder] if recorder else [])
    return run_epoch(iter(batches), step, hooks, "test", stop, together)


def test_hooks_surround_the_steps():
    recorder = Recorder()
    result = run([1.0, 2.0], lambda batch: {"twice": 2 * batch}, recorder)
    assert result == {"twice": 4.0}
    assert recorder.seen == [
        ("begin", 0, {}), ("end", 0, {"twice": 2.0}), ("begin", 1, {}), ("end", 1, {"twice": 4.0})
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("together", "indices"), [(1, [0, 1, 2, 3, 4]), (2, [1, 3, 4]), (5, [4]), (9, [4])]
)
def test_steps_together(together, indices):
    recorder, done = Recorder(), []
    run(range(5), done.append, recorder, together=together)
    assert done == [0, 1, 2, 3, 4]
    assert [index for hook, index, _ in recorder.seen if hook == "end"] == indices


def test_nothing_differs_from_a_step_that_returns_nothing():
    assert run([], lambda batch: {"a": 1}) is None
    assert run([1], lambda batch: None) == {}
    assert run([1, 2], lambda batch: {} if batch == 1 else {"a": 1}) == {"a": 1}


def test_it_stops_when_asked():
    done = []
    run(range(9), done.append, stop=lambda: len(done) == 3)
    assert done == [0, 1, 2]


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_the_batches_are_closed_however_the_end_comes(error):
    closed = []

    def batches():
        try:
            yield from range(4)
        finally:
            closed.append(True)

    def step(batch):
        if error is not None and batch == 2:
            raise error

    if error is None:
        run(batches(), step, stop=lambda: True)
    else:
        with pytest.raises(error):
            run(batches(), step)
    assert closed == [True]


def test_data_that_has_ended_is_warned_of_once():
    batches = Batches()
    assert not has_ended(batches, 0, 3)
    batches.exhausted = True
    with pytest.warns(UserWarning, match=r"ended with epoch 2 of 3.*while True.*steps_per_epoch"):
        assert has_ended(batches, 1, 3)
    assert has_ended(batches, 2, 3)  # nothing is missing
    batches.num_batches = 7  # a source that knows its steps has warned already
    assert has_ended(batches, 0, 3)
