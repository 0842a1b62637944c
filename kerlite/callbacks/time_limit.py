"""End training when its time is up."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, ClassVar

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.screen import print_line

__all__ = ["TimeLimit"]


class TimeLimit(Callback):
    """End training after the batch in which a given time has passed.

    The epoch at work is cut short; it is validated and logged as any other.

    Args:
        limit: seconds, above 0, or a `datetime.timedelta`.
        verbose: 1 prints that time is up.

    Attributes:
        elapsed: seconds of training so far, those of an interrupted run included.

    Raises:
        ValueError: if the limit is not above 0.

    Example:
        >>> class Model:
        ...     stop_training = False
        >>> watch = TimeLimit(timedelta(microseconds=1))
        >>> watch.set_model(Model())
        >>> watch.on_train_begin()
        >>> time.sleep(1e-4)
        >>> watch.on_train_batch_end(0)
        >>> watch.model.stop_training
        True

    Source: kerlite's own.
    """

    state_names: ClassVar[tuple[str, ...]] = ("elapsed",)

    def __init__(self, limit: float | timedelta, verbose: int = 0) -> None:
        super().__init__()
        self.limit = limit
        self.verbose = verbose
        self._seconds = limit.total_seconds() if isinstance(limit, timedelta) else float(limit)
        if not self._seconds > 0:
            raise ValueError(f"TimeLimit needs a time above 0; received limit={limit!r}.")
        self._begin: float | None = None
        self._before = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds of training so far."""
        return self._before + (0.0 if self._begin is None else time.perf_counter() - self._begin)

    @elapsed.setter
    def elapsed(self, seconds: float) -> None:
        self._before = seconds
        self._begin = None if self._begin is None else time.perf_counter()

    def on_train_begin(self, logs: Any = None) -> None:
        """Start the watch."""
        self._begin = time.perf_counter()
        self._before = 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """End training if the time is up."""
        if self.elapsed >= self._seconds and not self.model.stop_training:
            self.model.stop_training = True
            if self.verbose:
                print_line(f"Time is up after {self.elapsed:.0f} seconds; training ends.")

    def on_train_end(self, logs: Any = None) -> None:
        """Stop the watch."""
        self._before, self._begin = self.elapsed, None

    def on_exception(self, error: BaseException) -> None:
        """Stop the watch."""
        self.on_train_end()
