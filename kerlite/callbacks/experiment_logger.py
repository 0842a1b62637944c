"""Send the log values to a library that records experiments."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.experiment_trackers import TRACKERS, Tracker
from kerlite.core.errors import unknown_name

__all__ = ["ExperimentLogger"]


class ExperimentLogger(Callback):
    """Record the log values of every epoch in Weights & Biases, MLflow, Comet or Trackio.

    A run that your code has opened is used and left open; otherwise one is begun with the first
    value and ended with training, as failed if an error ends that. With `every` the values so far
    are also recorded as "batch_loss" and so on, every so many batches, and what numbers the steps
    is the count of batches; else it is that of epochs.

    Args:
        tracker: "wandb", "mlflow", "comet" or "trackio"; its package must be installed.
        project: the group that the run belongs to ("experiment" in MLflow); None: the default.
        name: the run's name; None: the library makes one.
        config: values that describe the run, such as hyperparameters; recorded once.
        every: batches from one record to the next, >= 1; None: only epochs are recorded.

    Raises:
        ValueError: for an unknown tracker, or an `every` below 1.
        ImportError: when training begins, if the library is not installed.

    Example:
        >>> ExperimentLogger("mlfow")
        Traceback (most recent call last):
        ...
        ValueError: Unknown tracker: 'mlfow'. Did you mean 'mlflow', ...

    Source: kerlite's own.
    """

    state_names: ClassVar[tuple[str, ...]] = ("run_id", "batches", "before")

    def __init__(
        self,
        tracker: str,
        project: str | None = None,
        name: str | None = None,
        config: dict[str, Any] | None = None,
        every: int | None = None,
    ) -> None:
        super().__init__()
        if tracker not in TRACKERS:
            raise unknown_name("tracker", tracker, TRACKERS)
        if every is not None and every < 1:
            raise ValueError(f"ExperimentLogger's `every` must be at least 1; received {every!r}.")
        self.tracker = tracker
        self.project = project
        self.name = name
        self.config = config
        self.every = every
        self.run_id: str | None = None
        self.batches = 0
        self.before = 0
        self._tracker: Tracker | None = None
        if every is not None:  # a hook that is not there costs nothing
            self.on_train_batch_end = self._record_batch  # type: ignore[method-assign]

    def on_train_begin(self, logs: Any = None) -> None:
        """Load the library; the run begins with the first value, or goes on then."""
        self._tracker = TRACKERS[self.tracker](self.project, self.name, self.config or {})
        self.run_id, self.batches = None, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Count on from the last epoch."""
        self.before = self.batches

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Record the epoch's values."""
        numbers = _numbers(logs or {}, "")
        if self.every is None:
            self._record(numbers, epoch)
        else:
            self._record({**numbers, "epoch": float(epoch)}, self.batches)

    def on_train_end(self, logs: Any = None) -> None:
        """End the run."""
        self._close(failed=False)

    def on_exception(self, error: BaseException) -> None:
        """End the run as failed."""
        self._close(failed=True)

    def _record_batch(self, batch: int, logs: Any = None) -> None:
        before, self.batches = self.batches, self.before + batch + 1
        if self.every is not None and before // self.every != self.batches // self.every:
            self._record(_numbers(logs or {}, "batch_"), self.batches)

    def _record(self, values: dict[str, float], step: int) -> None:
        if self._tracker is None:
            return
        if self._tracker.run is None:
            self.run_id = self._tracker.open(self.run_id)
        self._tracker.log(values, step)

    def _close(self, failed: bool) -> None:
        if self._tracker is not None:
            tracker, self._tracker = self._tracker, None
            tracker.close(failed)


def _numbers(logs: Any, prefix: str) -> dict[str, float]:
    return {
        prefix + key: float(value)
        for key, value in logs.items()
        if not isinstance(value, str) and np.ndim(value) == 0
    }
