"""The best value of one rate at a threshold where another one is good enough."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import budget
from kerlite.metrics.counting import (
    ConfusionMetric,
    checked_class_id,
    checked_probabilities,
    ratio,
)
from kerlite.metrics.variable import MetricVariable

__all__ = [
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
]


class _AtFixedRate(ConfusionMetric):
    """The four counts at evenly spaced thresholds, and the choice between them."""

    _direction = "up"
    true_positives: MetricVariable
    false_positives: MetricVariable
    true_negatives: MetricVariable
    false_negatives: MetricVariable

    def __init__(
        self,
        argument: str,
        value: float,
        num_thresholds: int,
        class_id: int | None,
        name: str | None,
        dtype: Any,
    ):
        if not 0 <= value <= 1:
            raise ValueError(f"{argument} must be from 0 to 1; received {argument}={value}.")
        if num_thresholds < 1:
            raise ValueError(
                f"num_thresholds must be at least 1; received num_thresholds={num_thresholds}."
            )
        self.value, self.num_thresholds = value, num_thresholds
        self.class_id = checked_class_id(class_id)
        budget.spend((num_thresholds, 4), torch.float64)  # so much does a number in a list take
        last = num_thresholds - 1
        self.thresholds = [i / last for i in range(num_thresholds)] if last else [0.5]
        super().__init__(self.thresholds, name, dtype)
        self._add_counts(num_thresholds)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets, 0 or 1, and probabilities of the same shape into account."""
        label, y_pred, weight = self._prepared(y_true, y_pred, sample_weight)
        if self.class_id is not None:
            checked_class_id(self.class_id, y_pred.shape)
            label, y_pred = label[..., self.class_id], y_pred[..., self.class_id]
            weight = None if weight is None else weight[..., self.class_id]
        y_pred = checked_probabilities(y_pred, self, "End the model with a sigmoid or softmax.")
        self._count(label, y_pred, weight)

    def _best(self, wanted: Tensor, given: Tensor) -> Tensor:
        """Return the largest of the wanted rates where the given one reaches its value, else 0."""
        return self._rounded(torch.where(given >= self.value, wanted, 0.0).amax())

    def _recall(self) -> Tensor:
        return ratio(self.true_positives, self.true_positives + self.false_negatives)

    def _precision(self) -> Tensor:
        return ratio(self.true_positives, self.true_positives + self.false_positives)

    def _specificity(self) -> Tensor:
        return ratio(self.true_negatives, self.true_negatives + self.false_positives)


class SensitivityAtSpecificity(_AtFixedRate):
    """Largest sensitivity at a threshold where the specificity is high enough.

    sensitivity = true_positives / (true_positives + false_negatives);
    specificity = true_negatives / (true_negatives + false_positives).

    Args:
        specificity: what it must at least be, from 0 to 1.
        num_thresholds: number of evenly spaced thresholds from 0 to 1 to choose from.
        class_id: count this class only, of predictions (samples, classes).
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: for a specificity outside [0, 1], fewer than one threshold, a class that is not
            there, shapes that do not fit, or predictions outside [0, 1]. Predictions are looked
            at on the CPU only; on an accelerator they are clipped.

    Example:
        >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        tensor(0.5000)

    Source: keras.metrics.SensitivityAtSpecificity. What differs: a prediction that equals a
    threshold is never above it, where Keras's rounding may decide otherwise; Keras clips
    predictions outside [0, 1] without a word.
    """

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.specificity = specificity
        super().__init__("specificity", specificity, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """Return the sensitivity so far."""
        return self._best(self._recall(), self._specificity())


class SpecificityAtSensitivity(_AtFixedRate):
    """Largest specificity at a threshold where the sensitivity is high enough.

    sensitivity = true_positives / (true_positives + false_negatives);
    specificity = true_negatives / (true_negatives + false_positives).

    Args:
        sensitivity: what it must at least be, from 0 to 1.
        num_thresholds: number of evenly spaced thresholds from 0 to 1 to choose from.
        class_id: count this class only, of predictions (samples, classes).
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: as `SensitivityAtSpecificity`.

    Example:
        >>> SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        tensor(0.6667)

    Source: keras.metrics.SpecificityAtSensitivity; see `SensitivityAtSpecificity`.
    """

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.sensitivity = sensitivity
        super().__init__("sensitivity", sensitivity, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """Return the specificity so far."""
        return self._best(self._specificity(), self._recall())


class PrecisionAtRecall(_AtFixedRate):
    """Largest precision at a threshold where the recall is high enough.

    precision = true_positives / (true_positives + false_positives);
    recall = true_positives / (true_positives + false_negatives).

    Args:
        recall: what it must at least be, from 0 to 1.
        num_thresholds: number of evenly spaced thresholds from 0 to 1 to choose from.
        class_id: count this class only, of predictions (samples, classes).
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: as `SensitivityAtSpecificity`.

    Example:
        >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        tensor(0.5000)

    Source: keras.metrics.PrecisionAtRecall; see `SensitivityAtSpecificity`.
    """

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.recall = recall
        super().__init__("recall", recall, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """Return the precision so far."""
        return self._best(self._precision(), self._recall())


class RecallAtPrecision(_AtFixedRate):
    """Largest recall at a threshold where the precision is high enough; 0 where it never is.

    precision = true_positives / (true_positives + false_positives);
    recall = true_positives / (true_positives + false_negatives).

    Args:
        precision: what it must at least be, from 0 to 1.
        num_thresholds: number of evenly spaced thresholds from 0 to 1 to choose from.
        class_id: count this class only, of predictions (samples, classes).
        name: its name in logs.
        dtype: number type of the result.

    Raises:
        ValueError: as `SensitivityAtSpecificity`.

    Example:
        >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
        tensor(0.5000)

    Source: keras.metrics.RecallAtPrecision; see `SensitivityAtSpecificity`.
    """

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        self.precision = precision
        super().__init__("precision", precision, num_thresholds, class_id, name, dtype)

    def result(self) -> Tensor:
        """Return the recall so far."""
        return self._best(self._recall(), self._precision())
