"""Record what the device does in some batches, as a Chrome trace."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, ClassVar

import torch

from kerlite.callbacks.callback import Callback
from kerlite.core.user_warning import warn

__all__ = ["Profiler"]


class Profiler(Callback):
    """Record what CPU and accelerator do in some batches of training, with torch.profiler.

    The file opens in chrome://tracing and https://ui.perfetto.dev.

    Args:
        filename: the trace, "*.json" or "*.json.gz"; its folders are made if need be.
        batches: the first and the last batch to record, counted from 1 over all epochs. The first
            ones warm up and are slower than the others.
        record_shapes: whether to record the shapes of inputs.
        profile_memory: whether to record allocations.
        with_stack: whether to record where in the source an operation was called.

    Attributes:
        table: a text of the operations that took longest, once the trace is written.

    Raises:
        ValueError: if `batches` is no range.

    Example:
        >>> Profiler("trace.json", batches=(9, 3))
        Traceback (most recent call last):
        ...
        ValueError: Profiler's `batches` must be the first and the last batch, counted from 1...

    Source: kerlite's own; torch.profiler.
    """

    state_names: ClassVar[tuple[str, ...]] = ("before", "seen")

    def __init__(
        self,
        filename: str | PathLike[str],
        batches: Sequence[int] = (5, 10),
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
    ) -> None:
        super().__init__()
        if len(batches) != 2 or not 1 <= batches[0] <= batches[1]:
            raise ValueError(
                "Profiler's `batches` must be the first and the last batch, counted from 1; "
                f"received {batches!r}."
            )
        self.filename = fspath(filename)
        self.batches = batches
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.with_stack = with_stack
        self.table: str | None = None
        self._profile: Any = None
        self.before = self.seen = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self.table = self._profile = None
        self.before = self.seen = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Count on from the last epoch."""
        self.before = self.seen

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Begin to record, if it is time."""
        due = self.batches[0] <= self.before + batch + 1 <= self.batches[1]
        if due and self._profile is None and self.table is None:
            self._profile = torch.profiler.profile(
                record_shapes=self.record_shapes,
                profile_memory=self.profile_memory,
                with_stack=self.with_stack,
            )
            self._profile.start()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """End the record, if it is time, and write it."""
        self.seen = self.before + batch + 1
        if self.seen >= self.batches[1]:
            self._write()

    def on_train_end(self, logs: Any = None) -> None:
        """Write what was recorded, if training ended first."""
        self._write()
        if self.table is None:
            warn(
                f"Profiler recorded nothing: training had {self.seen} batches, and the record was "
                f"to begin with batch {self.batches[0]}."
            )

    def on_exception(self, error: BaseException) -> None:
        """Write what was recorded."""
        self._write()

    def _write(self) -> None:
        if self._profile is None:
            return
        profile, self._profile = self._profile, None
        profile.stop()
        Path(self.filename).parent.mkdir(parents=True, exist_ok=True)
        profile.export_chrome_trace(self.filename)
        self.table = profile.key_averages().table(sort_by="self_cpu_time_total", row_limit=20)
