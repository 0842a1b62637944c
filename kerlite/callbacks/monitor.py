"""The base class of callbacks that watch one of the logged quantities."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from kerlite.callbacks.callback import Callback
from kerlite.core.user_warning import warn

__all__ = ["MonitorCallback"]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"min": operator.lt, "max": operator.gt}


class MonitorCallback(Callback):
    """Know whether a logged quantity has improved.

    value is better than best  <=>  value < best - min_delta  (mode "min")
    value is better than best  <=>  value > best + min_delta  (mode "max")

    Args:
        monitor: the key of the quantity in the logs of an epoch.
        mode: "min" if less is better, "max" if more is, "auto" to find it out: less for losses,
            else what the metric of that name says of itself.
        baseline: the value to beat at first; None: any value is an improvement.
        min_delta: how much better counts as better, at least 0.

    Example:
        >>> watcher = MonitorCallback("loss", min_delta=0.1)
        >>> watcher.is_improvement(0.5, None), watcher.is_improvement(0.45, 0.5)
        (True, False)

    Source: the base class of keras.callbacks.EarlyStopping. "auto" also knows torchmetrics'
    `higher_is_better`, and the metrics and losses of models with several outputs.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        baseline: float | None = None,
        min_delta: float = 0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warn(
                f"{type(self).__name__} received mode={mode!r}, which is none of 'auto', 'min' and "
                "'max'; 'auto' is used."
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self.monitor_op: Callable[[Any, Any], bool] | None = None

    def set_model(self, model: Any) -> None:
        """Set the model; another one may have another metric under the same name."""
        if model is not self._model:
            self.monitor_op = None
        super().set_model(model)

    def get_monitor_value(self, logs: Mapping[str, Any] | None) -> Any:
        """Return the quantity, or warn and return None where the logs do not have it.

        Raises:
            ValueError: if mode is "auto" and nothing tells whether less or more is better.
        """
        self._find_direction()
        logs = logs or {}
        value = logs.get(self.monitor)
        if value is not None and np.ndim(value) == 0:
            return value
        problem = "is not in the logs" if value is None else f"is not a number but {value!r}"
        warn(
            f"{type(self).__name__} watches `{self.monitor}`, which {problem}. The logs have: "
            f"{', '.join(logs) or 'nothing'}.{self._hint()}"
        )
        return None

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Return whether the value is better than the reference by at least `min_delta`.

        Raises:
            ValueError: if mode is "auto" and nothing tells whether less or more is better.
        """
        better = self._find_direction()
        if reference is None:
            return True
        delta = -self.min_delta if better is operator.lt else self.min_delta
        return bool(better(value - delta, reference))

    def _find_direction(self) -> Callable[[Any, Any], bool]:
        # Not before the first epoch has ended: only then does the model have all its metrics.
        if self.monitor_op is None:
            self.monitor_op = _OPERATORS[self._direction()]
        return self.monitor_op

    def _direction(self) -> str:
        if self.mode != "auto":
            return self.mode
        name = self.monitor.removeprefix("val_")
        metrics = {metric.name: metric for metric in _metrics(self.model)}
        nearest = max(
            (known for known in metrics if f"_{name}".endswith(f"_{known}")), key=len, default=None
        )
        direction = _metric_direction(metrics[nearest]) if nearest else None
        if direction is None and (name == "loss" or name.endswith("_loss")):
            direction = "min"
        if direction is None:
            raise ValueError(
                f"{type(self).__name__}(monitor={self.monitor!r}) cannot tell whether less or more "
                f"is better: no metric of that name says so. Pass mode='min' or mode='max', or "
                f"watch a loss or one of the metrics {', '.join(metrics) or '(there are none)'}."
            )
        return direction

    def _hint(self) -> str:
        if self.monitor.startswith("val_"):
            return " Pass validation_data or validation_split to fit for `val_` values."
        return ""


def _metrics(model: Any) -> Iterator[Any]:
    """The model's metrics and those they hold, as far as they have names."""
    for metric in getattr(model, "metrics", None) or ():
        for found in (metric, *getattr(metric, "metrics", ())):
            if isinstance(getattr(found, "name", None), str):
                yield found


def _metric_direction(metric: Any) -> str | None:
    keras_word = getattr(metric, "_direction", None)
    if keras_word is not None:
        return "max" if keras_word == "up" else "min"
    wrapped = getattr(metric, "metric", metric)  # a torchmetrics metric has a wrapper around it
    higher_is_better = getattr(wrapped, "higher_is_better", None)
    return None if higher_is_better is None else ("max" if higher_is_better else "min")
