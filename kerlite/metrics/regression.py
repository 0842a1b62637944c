"""Mean errors between numbers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.losses import regression as losses
from kerlite.losses.shapes import as_tensors, same_shape
from kerlite.metrics.reduction import Mean, MeanMetricWrapper

__all__ = [
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "RootMeanSquaredError",
]


class MeanSquaredError(MeanMetricWrapper):
    """Mean of (y_true - y_pred)^2.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])
        tensor(0.2500)

    Source: keras.metrics.MeanSquaredError.
    """

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None):
        super().__init__(losses.mean_squared_error, name=name, dtype=dtype)


class RootMeanSquaredError(Mean):
    """Square root of the mean of (y_true - y_pred)^2 over all batches.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> RootMeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])
        tensor(0.5000)

    Source: keras.metrics.RootMeanSquaredError.
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None):
        super().__init__(name=name, dtype=dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take a batch of targets and predictions into account."""
        y_pred = as_tensors(y_pred)
        y_true, y_pred = same_shape(as_tensors(y_true).to(y_pred.device), y_pred)
        self._add((y_pred - y_true).square(), sample_weight)

    def result(self) -> Tensor:
        """Return the root of the mean so far."""
        return torch.sqrt(super().result())


class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of |y_true - y_pred|.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])
        tensor(0.2500)

    Source: keras.metrics.MeanAbsoluteError.
    """

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None):
        super().__init__(losses.mean_absolute_error, name=name, dtype=dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of 100 * |y_true - y_pred| / max(|y_true|, epsilon), in percent.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
        tensor(25.)

    Source: keras.metrics.MeanAbsolutePercentageError.
    """

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None):
        super().__init__(losses.mean_absolute_percentage_error, name=name, dtype=dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of (log(1 + y_true) - log(1 + y_pred))^2.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> MeanSquaredLogarithmicError()([[0.0]], [[1.0]])
        tensor(0.4805)

    Source: keras.metrics.MeanSquaredLogarithmicError.
    """

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None):
        super().__init__(losses.mean_squared_logarithmic_error, name=name, dtype=dtype)


class LogCoshError(MeanMetricWrapper):
    """Mean of log(cosh(y_pred - y_true)).

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> LogCoshError()([[0.0, 0.0]], [[1.0, 0.0]])
        tensor(0.2169)

    Source: keras.metrics.LogCoshError.
    """

    def __init__(self, name: str | None = "logcosh", dtype: Any = None):
        super().__init__(losses.log_cosh, name=name, dtype=dtype)
