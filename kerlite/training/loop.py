"""One pass over batches: the loop that fit, evaluate and predict share."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from kerlite.callbacks import CallbackList
from kerlite.core.user_warning import warn

__all__ = ["has_ended", "run_epoch"]


def run_epoch(
    batches: Iterator[Any],
    step: Callable[[Any], Any],
    callbacks: CallbackList,
    phase: str,
    should_stop: Callable[[], bool],
    steps_per_execution: int = 1,
    start: int = 0,
) -> Any:
    """Run `step` on every batch, calling the callbacks' batch hooks.

    Hooks that no callback overrides are not called. With `steps_per_execution` above one, that
    many steps run between a begin hook and an end hook.

    Args:
        batches: what to run on; closed at the end, however the end comes.
        step: takes a batch, returns logs.
        callbacks: the callbacks.
        phase: "train", "test" or "predict".
        should_stop: asked after the hooks of a batch.
        steps_per_execution: steps between hooks.
        start: the index of the first batch.

    Returns:
        What the last step returned, {} in the place of None; None if there was no batch.
    """
    begin = _hook(callbacks, f"on_{phase}_batch_begin")
    end = _hook(callbacks, f"on_{phase}_batch_end")
    further = steps_per_execution - 1
    result: Any = None
    index = start
    try:
        for batch in batches:
            if begin is not None:
                begin(index, None)
            result = step(batch)
            if further:
                for more in itertools.islice(batches, further):
                    result = step(more)
                    index += 1
            if end is not None:
                end(index, result)
            index += 1
            if should_stop():
                break
    finally:
        getattr(batches, "close", lambda: None)()
    return {} if result is None and index > start else result


def _hook(callbacks: CallbackList, name: str) -> Callable[..., None] | None:
    return getattr(callbacks, name) if callbacks.has(name) else None


def has_ended(batches: Any, epoch: int, epochs: int) -> bool:
    """Return whether the data has ended for good; warn if there are epochs left to train.

    A source that ends before its steps are done has warned of that itself.
    """
    if batches.exhausted and batches.num_batches is None and epoch + 1 < epochs:
        warn(
            f"The data ended with epoch {epoch + 1} of {epochs}, and training with it: a generator "
            "gives its data once. Let it repeat them (`while True`) and pass steps_per_epoch, or "
            "pass a Dataset, which is read anew every epoch."
        )
    return batches.exhausted
