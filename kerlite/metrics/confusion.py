"""Counts of right and wrong yes-or-no predictions, and precision and recall made of them."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite.metrics.counting import ConfusionMetric, as_thresholds, checked_class_id, ratio
from kerlite.metrics.variable import MetricVariable

__all__ = [
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
]

_BELOW_ALL_SCORES = -1e10  # Keras's threshold where only the place among the top k counts


class _Count(ConfusionMetric):
    """One of the four counts; a subclass says which."""

    accumulator: MetricVariable

    def __init__(self, thresholds: Any, name: str | None, dtype: Any):
        self.init_thresholds = thresholds
        self.thresholds = as_thresholds(thresholds, 0.5)
        super().__init__(self.thresholds, name, dtype)
        self._add_counts(len(self.thresholds))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets, 0 or 1, and predictions of the same shape into account."""
        self._count(*self._prepared(y_true, y_pred, sample_weight))

    def result(self) -> Tensor:
        """Return the count so far, one for each threshold if there are several."""
        count = self.accumulator[0] if len(self.thresholds) == 1 else self.accumulator
        return self._rounded(count.clone())

    def _state_names(self) -> tuple[str, ...]:
        return ("accumulator",)

    def _config_value(self, name: str) -> Any:
        return self.init_thresholds if name == "thresholds" else super()._config_value(name)


class TruePositives(_Count):
    """Number, or sum of weights, of the positive targets that are predicted positive.

    A prediction is positive where y_pred > threshold.

    Args:
        thresholds: a number from 0 to 1 (0.5 by default), or a list of them, each with a count of
            its own; pass 0 for logits.
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: for thresholds outside [0, 1], or shapes that do not fit.

    Example:
        >>> TruePositives()([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0])
        tensor(2.)

    Source: keras.metrics.TruePositives; as there, a mask on y_pred does not count: use weights.
    """

    _conditions: ClassVar = ("true_positives",)

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(thresholds, name, dtype)


class TrueNegatives(_Count):
    """Number, or sum of weights, of the negative targets that are predicted negative.

    Args:
        thresholds: see `TruePositives`.
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: for thresholds outside [0, 1], or shapes that do not fit.

    Example:
        >>> TrueNegatives()([0, 1, 0, 0], [1.0, 1.0, 0.0, 0.0])
        tensor(2.)

    Source: keras.metrics.TrueNegatives.
    """

    _conditions: ClassVar = ("true_negatives",)

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(thresholds, name, dtype)


class FalsePositives(_Count):
    """Number, or sum of weights, of the negative targets that are predicted positive.

    Args:
        thresholds: see `TruePositives`.
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: for thresholds outside [0, 1], or shapes that do not fit.

    Example:
        >>> FalsePositives()([0, 1, 0, 0], [0.0, 0.0, 1.0, 1.0])
        tensor(2.)

    Source: keras.metrics.FalsePositives.
    """

    _conditions: ClassVar = ("false_positives",)

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(thresholds, name, dtype)


class FalseNegatives(_Count):
    """Number, or sum of weights, of the positive targets that are predicted negative.

    Args:
        thresholds: see `TruePositives`.
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: for thresholds outside [0, 1], or shapes that do not fit.

    Example:
        >>> FalseNegatives()([0, 1, 1, 1], [0.0, 1.0, 0.0, 0.0])
        tensor(2.)

    Source: keras.metrics.FalseNegatives.
    """

    _conditions: ClassVar = ("false_negatives",)

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(thresholds, name, dtype)


class _Share(ConfusionMetric):
    """true_positives / (true_positives + another count)."""

    _direction = "up"
    true_positives: MetricVariable

    def __init__(
        self, thresholds: Any, top_k: int | None, class_id: int | None, name: Any, dtype: Any
    ):
        if top_k is not None and top_k < 1:
            raise ValueError(f"top_k must be at least 1; received top_k={top_k}.")
        self.init_thresholds, self.top_k = thresholds, top_k
        self.class_id = checked_class_id(class_id)
        default = 0.5 if top_k is None else _BELOW_ALL_SCORES
        self.thresholds = as_thresholds(thresholds, default)
        super().__init__(self.thresholds, name, dtype)
        self._add_counts(len(self.thresholds))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets, 0 or 1, and predictions of the same shape into account."""
        label, y_pred, weight = self._prepared(y_true, y_pred, sample_weight)
        if self.top_k is not None:
            y_pred = _only_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            checked_class_id(self.class_id, y_pred.shape)
            label, y_pred = label[..., self.class_id], y_pred[..., self.class_id]
            weight = None if weight is None else weight[..., self.class_id]
        self._count(label, y_pred, weight)

    def result(self) -> Tensor:
        """Return the value so far, one for each threshold if there are several; 0 for 0 / 0."""
        shares = ratio(
            self.true_positives, self.true_positives + getattr(self, self._conditions[1])
        )
        return self._rounded(shares[0] if len(self.thresholds) == 1 else shares)

    def _config_value(self, name: str) -> Any:
        return self.init_thresholds if name == "thresholds" else super()._config_value(name)


class Precision(_Share):
    """How many of the positive predictions are right.

    true_positives / (true_positives + false_positives), where a prediction is positive above the
    threshold.

    Args:
        thresholds: a number from 0 to 1 (0.5 by default), or a list of them, each with a value of
            its own; pass 0 for logits.
        top_k: only the k largest predictions along the last axis can be positive; without
            thresholds they all are.
        class_id: count this class only, of predictions (samples, classes).
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: for thresholds outside [0, 1], a class that is not there, or shapes that do not
            fit.

    Example:
        >>> Precision()([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0])
        tensor(0.6667)
        >>> Precision(top_k=2)([[0, 0, 1, 1]], [[0.1, 0.2, 0.5, 0.3]])
        tensor(1.)

    Source: keras.metrics.Precision; as there, a mask on y_pred does not count: use weights. What
    differs: weights (samples,) fit predictions of any number of dimensions.
    """

    _conditions: ClassVar = ("true_positives", "false_positives")
    false_positives: MetricVariable

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(thresholds, top_k, class_id, name, dtype)


class Recall(_Share):
    """How many of the positive targets are found.

    true_positives / (true_positives + false_negatives), where a prediction is positive above the
    threshold.

    Args:
        thresholds: see `Precision`.
        top_k: see `Precision`.
        class_id: see `Precision`.
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: for thresholds outside [0, 1], a class that is not there, or shapes that do not
            fit.

    Example:
        >>> Recall()([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0])
        tensor(0.6667)

    Source: keras.metrics.Recall; see `Precision` for what differs.
    """

    _conditions: ClassVar = ("true_positives", "false_negatives")
    false_negatives: MetricVariable

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(thresholds, top_k, class_id, name, dtype)


def _only_top_k(y_pred: Tensor, k: int) -> Tensor:
    """Return predictions with all but the k largest of each row below every threshold."""
    places = y_pred.topk(min(k, y_pred.shape[-1])).indices
    others = torch.ones_like(y_pred, dtype=torch.bool).scatter_(-1, places, False)
    return y_pred.masked_fill(others, -torch.inf)
