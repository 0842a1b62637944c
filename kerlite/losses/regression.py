"""Losses between numbers: squared, absolute, relative, logarithmic, robust.

Each is a function, one loss for each sample (the mean over the last axis), and a class that reduces
it. Half precision is computed in float32, and the functions return float32 for it.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from kerlite.core import config
from kerlite.core.registry import register_public
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_shapes
from kerlite.losses.shapes import at_least, on_tensors, same_shape

__all__ = [
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
]


@on_tensors
def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean((y_true - y_pred)^2) over the last axis.

    Example:
        >>> mean_squared_error([[0.0, 1.0]], [[2.0, 1.0]])
        tensor([2.])

    Source: keras.losses.mean_squared_error.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    return F.mse_loss(y_pred, y_true, reduction="none").mean(-1)


@on_tensors
def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean(|y_true - y_pred|) over the last axis.

    Example:
        >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]])
        tensor([1.])

    Source: keras.losses.mean_absolute_error.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    return F.l1_loss(y_pred, y_true, reduction="none").mean(-1)


@on_tensors
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 * mean(|y_true - y_pred| / max(|y_true|, epsilon)) over the last axis, in percent.

    Example:
        >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]])
        tensor([25.])

    Source: keras.losses.mean_absolute_percentage_error.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    relative = ((y_true - y_pred) / y_true.abs().clamp(min=config.epsilon())).abs()
    return 100.0 * relative.mean(-1)


@on_tensors
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """mean((log(1 + y_true) - log(1 + y_pred))^2) over the last axis; negative values count as 0.

    Example:
        >>> mean_squared_logarithmic_error([[0.0]], [[1.0]])
        tensor([0.4805])

    Source: keras.losses.mean_squared_logarithmic_error.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    least = config.epsilon()
    difference = torch.log(at_least(y_pred, least) + 1) - torch.log(at_least(y_true, least) + 1)
    return difference.square().mean(-1)


@on_tensors
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """Squared error near zero, absolute error beyond delta; the mean over the last axis.

    e = y_true - y_pred; 0.5 * e^2 where |e| <= delta, else delta * |e| - 0.5 * delta^2.

    Example:
        >>> huber([[0.0, 0.0]], [[1.0, 3.0]])
        tensor([1.5000])

    Source: keras.losses.huber.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    return F.huber_loss(y_pred, y_true, reduction="none", delta=delta).mean(-1)


@on_tensors
def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """mean(log(cosh(y_pred - y_true))) over the last axis.

    Example:
        >>> log_cosh([[0.0, 0.0]], [[1.0, 0.0]])
        tensor([0.2169])

    Source: keras.losses.log_cosh.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    error = y_pred - y_true
    return (error + F.softplus(-2.0 * error) - math.log(2.0)).mean(-1)


class _RegressionLoss(Loss):
    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError unless targets and predictions can be compared value by value."""
        check_shapes(self.name, y_true, y_pred_shape)


class MeanSquaredError(_RegressionLoss):
    """Mean squared error: mean((y_true - y_pred)^2).

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
        tensor(0.5000)

    Source: keras.losses.MeanSquaredError; runs as torch.nn.functional.mse_loss.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean squared error of each sample."""
        return mean_squared_error(y_true, y_pred)

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean over everything from one kernel."""
        y_true, y_pred = same_shape(y_true, y_pred)
        return F.mse_loss(y_pred, y_true)


class MeanAbsoluteError(_RegressionLoss):
    """Mean absolute error: mean(|y_true - y_pred|).

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[2.0, 1.0], [0.0, 0.0]])
        tensor(0.5000)

    Source: keras.losses.MeanAbsoluteError; runs as torch.nn.functional.l1_loss.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean absolute error of each sample."""
        return mean_absolute_error(y_true, y_pred)

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean over everything from one kernel."""
        y_true, y_pred = same_shape(y_true, y_pred)
        return F.l1_loss(y_pred, y_true)


class MeanAbsolutePercentageError(_RegressionLoss):
    """Mean absolute percentage error: 100 * mean(|y_true - y_pred| / max(|y_true|, epsilon)).

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
        tensor(25.)

    Source: keras.losses.MeanAbsolutePercentageError.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean absolute percentage error of each sample."""
        return mean_absolute_percentage_error(y_true, y_pred)


class MeanSquaredLogarithmicError(_RegressionLoss):
    """Mean squared logarithmic error: mean((log(1 + y_true) - log(1 + y_pred))^2).

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> MeanSquaredLogarithmicError()([[0.0]], [[1.0]])
        tensor(0.4805)

    Source: keras.losses.MeanSquaredLogarithmicError.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean squared logarithmic error of each sample."""
        return mean_squared_logarithmic_error(y_true, y_pred)


class Huber(_RegressionLoss):
    """Huber loss: squared error near zero, absolute error beyond delta.

    e = y_true - y_pred; 0.5 * e^2 where |e| <= delta, else delta * |e| - 0.5 * delta^2.

    Args:
        delta: the error from which on the loss is linear, above 0.
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Raises:
        ValueError: if delta is not above 0.

    Example:
        >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
        tensor(1.5000)

    Source: keras.losses.Huber; runs as torch.nn.functional.huber_loss.
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        if delta <= 0:
            raise ValueError(f"delta must be above 0; received delta={delta}.")
        self.delta = delta

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the Huber loss of each sample."""
        return huber(y_true, y_pred, delta=self.delta)

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean over everything from one kernel."""
        y_true, y_pred = same_shape(y_true, y_pred)
        return F.huber_loss(y_pred, y_true, delta=self.delta)


class LogCosh(_RegressionLoss):
    """Logarithm of the hyperbolic cosine of the error: mean(log(cosh(y_pred - y_true))).

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> LogCosh()([[0.0, 0.0]], [[1.0, 0.0]])
        tensor(0.2169)

    Source: keras.losses.LogCosh.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the log-cosh loss of each sample."""
        return log_cosh(y_true, y_pred)


for _function in (
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
):
    register_public(_function, module="keras.losses")
