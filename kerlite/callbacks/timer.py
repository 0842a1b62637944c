"""How long training takes."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from kerlite.callbacks.callback import Callback

__all__ = ["Timer"]


class Timer(Callback):
    """Measure each epoch, and add the seconds to its logs.

    The logs get "seconds", the whole epoch, and with validation "val_seconds", its part of that.
    What other callbacks do at the end of an epoch counts as far as they come before this one.

    Attributes:
        total: seconds of all epochs so far.

    Example:
        >>> timer, logs = Timer(), {}
        >>> timer.on_train_begin()
        >>> timer.on_epoch_begin(0)
        >>> timer.on_epoch_end(0, logs)
        >>> timer.total == logs["seconds"] > 0
        True

    Source: kerlite's own.
    """

    state_names: ClassVar[tuple[str, ...]] = ("total",)

    def __init__(self) -> None:
        super().__init__()
        self.total = 0.0
        self._begin = 0.0
        self._test_begin = 0.0
        self._tested: float | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self.total = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the watch."""
        self._begin = time.perf_counter()
        self._tested = None

    def on_test_begin(self, logs: Any = None) -> None:
        """Start the watch of validation."""
        self._test_begin = time.perf_counter()

    def on_test_end(self, logs: Any = None) -> None:
        """Read the watch of validation."""
        self._tested = time.perf_counter() - self._test_begin

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Read the watch."""
        seconds = time.perf_counter() - self._begin
        self.total += seconds
        if logs is not None:
            logs["seconds"] = seconds
            if self._tested is not None:
                logs["val_seconds"] = self._tested
