"""F-scores: precision and recall in one number."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.errors import unknown_name
from kerlite.losses.shapes import as_tensors, equal_shape
from kerlite.metrics.counting import checked_probabilities, ratio
from kerlite.metrics.lazy import LazyMetric, value_weights
from kerlite.metrics.variable import MetricVariable

__all__ = ["F1Score", "FBetaScore"]

_AVERAGES = ("micro", "macro", "weighted")
_LEAST_SCORE = 1e-9  # what is no larger does not count as the largest of a row, so no zeros do


class FBetaScore(LazyMetric):
    """F-beta score: how precise predictions are and how complete, completeness beta times as much.

    (1 + beta^2) * TP / ((1 + beta^2) * TP + beta^2 * FN + FP), which is
    (1 + beta^2) * precision * recall / (beta^2 * precision + recall); 0 where that is 0 / 0.

    Args:
        average: None for one score a class; "micro" counts over all classes; "macro" is the mean
            of the classes' scores; "weighted" their mean weighted by the targets of each.
        beta: weight of recall against precision, above 0.
        threshold: None, and the largest prediction of each row counts as the predicted class; or a
            number, above 0 and at most 1, that predicted probabilities have to be above.
        name: its name in logs.
        dtype: number type of the result.

    Shape:
        y_true and y_pred: (samples, classes). sample_weight: (samples,) or anything that broadcasts
        to (samples, classes). Result: (classes,) for average=None, else ().

    Raises:
        ValueError: for arguments out of range; for targets of another shape than the predictions;
            on the CPU, for predictions outside [0, 1] with a threshold.

    Example:
        >>> metric = FBetaScore(beta=2.0, threshold=0.5)
        >>> metric([[1, 1, 1], [1, 0, 0]], [[0.2, 0.6, 0.7], [0.9, 0.6, 0.6]])
        tensor([0.5556, 0.8333, 0.8333])

    Source: keras.metrics.FBetaScore. Here no epsilon blurs small scores, masks count, and weights
    may be of any shape that broadcasts.
    """

    _direction = "up"
    _lazy_state = (
        "true_positives",
        "false_positives",
        "false_negatives",
        "intermediate_weights",
    )
    true_positives: MetricVariable
    false_positives: MetricVariable
    false_negatives: MetricVariable
    intermediate_weights: MetricVariable

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        if average is not None and average not in _AVERAGES:
            raise unknown_name("average", str(average), _AVERAGES)
        if isinstance(beta, bool) or not isinstance(beta, (int, float)) or not beta > 0:
            raise ValueError(f"beta must be a number above 0; received beta={beta!r}.")
        if threshold is not None and not (
            isinstance(threshold, (int, float)) and 0 < threshold <= 1
        ):
            raise ValueError(
                f"threshold must be above 0 and at most 1; received threshold={threshold!r}. For "
                "logits, end the model with a sigmoid."
            )
        self.average, self.beta, self.threshold = average, beta, threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets and predictions into account; a mask on y_pred is obeyed."""
        y_true, y_pred = as_tensors(y_true), as_tensors(y_pred)
        mask = getattr(y_pred, "_keras_mask", None)
        y_true, y_pred = self._checked(y_true.to(y_pred.device), y_pred)
        self._need_state(() if self.average == "micro" else y_pred.shape[1:], y_pred)
        predicted = self._predicted(y_pred).to(y_pred.dtype)
        weight = value_weights(sample_weight, mask, y_pred)
        targets = y_true if weight is None else y_true * weight
        weighted = predicted if weight is None else predicted * weight
        self._add("true_positives", predicted * targets)
        self._add("false_positives", weighted * (1 - y_true))
        self._add("false_negatives", (1 - predicted) * targets)
        self._add("intermediate_weights", targets)

    def result(self) -> Tensor:
        """Return the score of each class, or their average; 0 before the first batch."""
        dtype = dtypes.to_torch_dtype(self.dtype)
        if not self.is_made:
            return torch.zeros((), dtype=dtype)
        hits = (1 + self.beta**2) * self.true_positives
        score = ratio(hits, hits + self.beta**2 * self.false_negatives + self.false_positives)
        if self.average == "weighted":
            support = self.intermediate_weights
            score = ratio((score * support).sum(), support.sum())
        elif self.average == "macro":
            score = score.mean()
        return score.to(dtype)

    def _checked(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        if y_pred.ndim != 2 or y_true.ndim not in (1, 2):
            raise ValueError(
                f"The metric {self.name} takes targets and predictions of shape (samples, "
                f"classes); received {tuple(y_true.shape)} and {tuple(y_pred.shape)}. Reshape to "
                "two dimensions."
            )
        if y_true.shape != y_pred.shape and y_pred.shape[1] > 1:
            raise ValueError(
                f"The metric {self.name} takes one-hot or multi-label targets of the shape of the "
                f"predictions, {tuple(y_pred.shape)}; received {tuple(y_true.shape)}. For integer "
                f"labels: kerlite.utils.to_categorical(y, {y_pred.shape[1]})."
            )
        if self.threshold is not None:
            y_pred = checked_probabilities(y_pred, self, "End the model with a sigmoid.")
        return equal_shape(y_true, y_pred)

    def _predicted(self, y_pred: Tensor) -> Tensor:
        if self.threshold is not None:
            return y_pred > self.threshold
        return (y_pred >= y_pred.amax(-1, keepdim=True)) & (y_pred.abs() > _LEAST_SCORE)

    def _add(self, name: str, values: Tensor) -> None:
        state = getattr(self, name)
        state.add_(values.sum(dtype=state.dtype) if self.average == "micro" else values.sum(0))


class F1Score(FBetaScore):
    """F1 score, the harmonic mean of precision and recall: 2 * TP / (2 * TP + FN + FP).

    Args:
        average: None for one score a class, "micro", "macro" or "weighted"; see `FBetaScore`.
        threshold: None for the largest prediction of each row, or what probabilities have to be
            above.
        name: its name in logs.
        dtype: number type of the result.

    Shape:
        y_true and y_pred: (samples, classes). Result: (classes,) for average=None, else ().

    Raises:
        ValueError: see `FBetaScore`.

    Example:
        >>> metric = F1Score(threshold=0.5)
        >>> metric([[1, 1, 1], [1, 0, 0], [1, 1, 0]],
        ...        [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])
        tensor([0.5000, 0.8000, 0.6667])

    Source: keras.metrics.F1Score; for what differs see `FBetaScore`.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ):
        super().__init__(average=average, threshold=threshold, name=name, dtype=dtype)
