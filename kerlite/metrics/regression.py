"""Mean errors between numbers, cosine similarity, and R2."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.errors import unknown_name
from kerlite.losses import regression as losses
from kerlite.losses import similarity
from kerlite.losses.arguments import checked_axis
from kerlite.losses.shapes import as_tensors, equal_shape, same_shape
from kerlite.metrics.counting import ratio
from kerlite.metrics.lazy import LazyMetric, value_weights
from kerlite.metrics.reduction import Mean, MeanMetricWrapper
from kerlite.metrics.variable import MetricVariable

__all__ = [
    "CosineSimilarity",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "R2Score",
    "RootMeanSquaredError",
]

_AGGREGATIONS = ("uniform_average", "variance_weighted_average")
# A variance that is a smaller part of the mean square is what rounding makes of constant targets.
_CONSTANT = 1e-13


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

    Source: keras.metrics.RootMeanSquaredError; here masks count.
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None):
        super().__init__(name=name, dtype=dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take a batch of targets and predictions into account; a mask on y_pred is obeyed."""
        y_pred = as_tensors(y_pred)
        mask = getattr(y_pred, "_keras_mask", None)
        y_true, y_pred = same_shape(as_tensors(y_true).to(y_pred.device), y_pred)
        weight = sample_weight if mask is None else self._masked(sample_weight, mask)
        self._add((y_pred - y_true).square(), weight)

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


class CosineSimilarity(MeanMetricWrapper):
    """Mean of sum(y_true * y_pred) / (norm(y_true) * norm(y_pred)) along an axis, from -1 to 1.

    Args:
        name: its name in logs.
        dtype: number type of the result.
        axis: the axis of the vectors.

    Example:
        >>> CosineSimilarity()([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])
        tensor(0.5000)

    Source: keras.metrics.CosineSimilarity, whose config forgets the axis. The loss of that name is
    the negative of it.
    """

    _direction = "up"

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1):
        super().__init__(_cosine, name=name, dtype=dtype, axis=checked_axis(axis))
        self.axis = axis


class R2Score(LazyMetric):
    """Coefficient of determination: 1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2).

    1 is a perfect prediction, 0 as good as always predicting the mean, below 0 worse. For targets
    that are all the same, where it is not defined, it is 1 if predictions equal them, else 0. The
    sums are kept in float64, so that targets far from zero lose nothing.

    Args:
        class_aggregation: how the scores of several outputs become one: "uniform_average" is their
            mean, "variance_weighted_average" that weighted by the variance of the targets; None
            keeps one score an output.
        num_regressors: number p of independent variables, for the adjusted score
            1 - (1 - R2) * (n - 1) / (n - p - 1) of n samples; 0 for the plain one, which is also
            the result while n - 1 is not above p.
        name: its name in logs.
        dtype: number type of the result.

    Shape:
        y_true and y_pred: (samples, outputs), or (samples,). Result: (outputs,) for
        class_aggregation=None, else ().

    Raises:
        ValueError: for an unknown aggregation, a negative number of regressors, and targets of
            another shape than the predictions.

    Example:
        >>> R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])
        tensor(0.5714)

    Source: keras.metrics.R2Score. There a constant target gives 0 or NaN, the adjusted score counts
    values where it should count samples, and no samples give NaN; here no samples give 0, and masks
    count.
    """

    _direction = "up"
    _lazy_state = ("squared_sum", "sum", "residual", "count")
    _lazy_dtype = torch.float64
    squared_sum: MetricVariable
    sum: MetricVariable
    residual: MetricVariable
    count: MetricVariable

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        if class_aggregation is not None and class_aggregation not in _AGGREGATIONS:
            raise unknown_name("class_aggregation", str(class_aggregation), _AGGREGATIONS)
        if isinstance(num_regressors, bool) or not isinstance(num_regressors, int):
            raise ValueError(f"num_regressors must be an integer; received {num_regressors!r}.")
        if num_regressors < 0:
            raise ValueError(f"num_regressors must be at least 0; received {num_regressors}.")
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.num_samples = self.add_variable((), "zeros", "int64", name="num_samples")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets and predictions into account; a mask on y_pred is obeyed."""
        y_true, y_pred = as_tensors(y_true), as_tensors(y_pred)
        mask = getattr(y_pred, "_keras_mask", None)
        y_true, y_pred = self._columns(y_true.to(y_pred.device), y_pred)
        self._need_state(y_pred.shape[1:], y_pred)
        y_true, y_pred = y_true.to(self.count.dtype), y_pred.to(self.count.dtype)
        weight = value_weights(sample_weight, mask, y_pred)
        if weight is None:
            weight = torch.ones_like(y_pred)
        weighted = y_true * weight
        self.sum.add_(weighted.sum(0))
        self.squared_sum.add_((y_true * weighted).sum(0))
        self.residual.add_(((y_true - y_pred).square() * weight).sum(0))
        self.count.add_(weight.sum(0))
        rows = len(y_pred) if mask is None else mask.reshape(len(mask), -1).any(-1).sum()
        self.num_samples.add_(rows)

    def result(self) -> Tensor:
        """Return the score so far; 0 before the first batch."""
        if not self.is_made:
            return torch.zeros((), dtype=dtypes.to_torch_dtype(self.dtype))
        total = self.squared_sum - ratio(self.sum.square(), self.count)
        total = torch.where(total <= _CONSTANT * self.squared_sum, 0.0, total)
        if_constant = torch.where(self.residual == 0, 1.0, 0.0 * self.residual)
        score = torch.where(total == 0, if_constant, 1 - self.residual / total)
        score = torch.where(self.count == 0, 0.0, score)
        return self._adjusted(self._aggregated(score, total)).to(dtypes.to_torch_dtype(self.dtype))

    def _columns(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        if y_true.ndim == y_pred.ndim == 1:
            y_true, y_pred = y_true.unsqueeze(-1), y_pred.unsqueeze(-1)
        y_true, y_pred = equal_shape(y_true, y_pred)
        if y_pred.ndim != 2:
            raise ValueError(
                f"The metric {self.name} takes targets and predictions of shape (samples, "
                f"outputs); received {tuple(y_pred.shape)}. Reshape to two dimensions."
            )
        return y_true, y_pred

    def _aggregated(self, score: Tensor, total: Tensor) -> Tensor:
        if self.class_aggregation is None:
            return score
        if self.class_aggregation == "uniform_average":
            return score.mean()
        weighted = (total * score).sum() / total.sum()
        return torch.where(total.sum() == 0, score.mean(), weighted)

    def _adjusted(self, score: Tensor) -> Tensor:
        if not self.num_regressors:
            return score
        freedom = self.num_samples - 1
        adjusted = 1 - (1 - score) * freedom / (freedom - self.num_regressors)
        return torch.where(freedom > self.num_regressors, adjusted, score)


def _cosine(y_true: Tensor, y_pred: Tensor, axis: int = -1) -> Tensor:
    return -similarity.cosine_similarity(y_true, y_pred, axis=axis)
