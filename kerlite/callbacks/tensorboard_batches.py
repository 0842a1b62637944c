"""What TensorBoard does with the batches of training."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, ClassVar

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.profiler import Profiler
from kerlite.callbacks.tensorboard_writers import Writers

__all__ = ["BatchSummaries"]


class BatchSummaries(Callback):
    """Write the values so far every so many batches, and profile some.

    Args:
        writers: the files.
        every: batches from one writing to the next; 0: never.
        speed: whether to write the steps per second too.
        profiled: the first and the last batch to profile, from 1; None: none.
    """

    state_names: ClassVar[tuple[str, ...]] = ("batches", "before")

    def __init__(
        self, writers: Writers, every: int, speed: bool, profiled: tuple[int, int] | None
    ) -> None:
        super().__init__()
        self.writers, self.every, self.speed = writers, every, speed
        trace = Path(writers.log_dir, "train", f"{time.time_ns()}.pt.trace.json")
        self.profiler = Profiler(trace, profiled) if profiled else None
        self.batches = self.before = 0

    def give_hooks(self, callback: Callback) -> None:
        """Give a callback the batch hooks that it needs: those that are not there cost nothing."""
        if self.profiler is not None:
            callback.on_train_batch_begin = self.profiler.on_train_batch_begin  # type: ignore[method-assign]
        if self.profiler is not None or self.every:
            callback.on_train_batch_end = self.on_train_batch_end  # type: ignore[method-assign]

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self.batches = 0
        if self.profiler is not None:
            self.profiler.on_train_begin()

    def on_train_end(self, logs: Any = None) -> None:
        """Write the profile."""
        if self.profiler is not None:
            self.profiler.on_train_end()

    def on_exception(self, error: BaseException) -> None:
        """Write the profile."""
        if self.profiler is not None:
            self.profiler.on_exception(error)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Count on from the last epoch."""
        self.before = self.batches
        self._last = time.perf_counter(), self.batches
        if self.profiler is not None:
            self.profiler.on_epoch_begin(epoch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write the values, if it is time to."""
        before, self.batches = self.batches, self.before + batch + 1
        if self.profiler is not None:
            self.profiler.on_train_batch_end(batch)
        if self.every and before // self.every != self.batches // self.every:
            values = {f"batch_{name}": value for name, value in (logs or {}).items()}
            if self.speed:
                now, (then, count) = time.perf_counter(), self._last
                values["batch_steps_per_second"] = (self.batches - count) / (now - then)
                self._last = now, self.batches
            self.writers.scalars("train", values, self.batches)
