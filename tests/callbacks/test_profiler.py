import json

import pytest

from kerlite.callbacks import LambdaCallback, Profiler
from tests.callbacks import small


def _steps(path):
    """Return how many optimizer steps a trace has."""
    events = json.loads(path.read_text())["traceEvents"]
    return sum(event.get("name", "").startswith("Optimizer.step") for event in events)


def test_the_batches_asked_for_are_in_the_trace(tmp_path):
    path = tmp_path / "new" / "trace.json"
    profiler = Profiler(path, batches=(3, 5), record_shapes=True, profile_memory=True)
    small.model().fit(*small.data(), batch_size=32, epochs=4, verbose=0, callbacks=profiler)
    assert _steps(path) == 3
    assert "aten::addmm" in profiler.table


def test_what_was_recorded_is_written_when_training_ends_first(tmp_path):
    path = tmp_path / "trace.json"
    small.model().fit(*small.data(), batch_size=32, verbose=0, callbacks=Profiler(path, (1, 99)))
    assert _steps(path) == 2

    def fail(batch, logs):
        raise OSError("gone")

    path.unlink()
    with pytest.raises(OSError, match="gone"):
        small.model().fit(
            *small.data(), verbose=0,
            callbacks=[Profiler(path, (1, 9)), LambdaCallback(on_train_batch_end=fail)],
        )  # fmt: skip
    assert _steps(path) == 1


def test_nothing_recorded_makes_a_warning(tmp_path):
    with pytest.warns(UserWarning, match="had 2 batches, and the record was to begin with batch 5"):
        small.model().fit(
            *small.data(), verbose=0, callbacks=Profiler(tmp_path / "trace.json", (5, 6))
        )
    with pytest.raises(ValueError, match=r"received \(3,\)"):
        Profiler("trace.json", batches=(3,))
