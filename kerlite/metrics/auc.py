"""Area under the curve: ROC, precision and recall, or their gains."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from kerlite.core import budget, config
from kerlite.core.errors import unknown_name
from kerlite.losses.shapes import as_tensors
from kerlite.metrics.counting import (
    FOUR_COUNTS,
    ConfusionMetric,
    as_thresholds,
    checked_probabilities,
    ratio,
)
from kerlite.metrics.lazy import LazyMetric
from kerlite.metrics.variable import MetricVariable

__all__ = ["AUC"]

_CURVES = ("ROC", "PR", "PRGAIN")
_METHODS = ("interpolation", "minoring", "majoring")


class AUC(ConfusionMetric, LazyMetric):
    """Area under a curve of two rates, as the threshold goes from 0 to 1.

    ROC: recall over false_positives / (false_positives + true_negatives). PR: precision over
    recall. PRGAIN: precision gain over recall gain. The curve is known at the thresholds; the more
    there are, the closer the area.

    Args:
        num_thresholds: number of evenly spaced thresholds, at least 2.
        curve: "ROC", "PR" or "PRGAIN".
        summation_method: "interpolation" (trapezoids; of PR the counts are interpolated, not the
            precision), "minoring" (rectangles below the curve) or "majoring" (above it).
        name: its name in logs.
        dtype: number type of the result.
        thresholds: numbers from 0 to 1 to take instead of evenly spaced ones; one below 0 and one
            above 1 are added.
        multi_label: whether the columns of predictions (samples, labels) have an area each, of
            which the mean is taken; else all predictions are one data set.
        num_labels: number of labels, with `multi_label`; by default that of the first batch.
        label_weights: one weight for each label, at least 0: of the areas with `multi_label`, else
            of the predictions.
        from_logits: whether predictions are logits of probabilities.

    Raises:
        ValueError: for unknown curves and methods, fewer than 2 thresholds or some outside [0, 1],
            label weights below 0 or not one for each label, `num_labels` without `multi_label`,
            shapes that do not fit, or predictions outside [0, 1] that are no logits. Predictions
            are looked at on the CPU only; on an accelerator they are clipped.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
        tensor(0.7500)

    Source: keras.metrics.AUC; the PR interpolation is that of Davis & Goadrich, "The Relationship
    Between Precision-Recall and ROC Curves", 2006. As in Keras, a mask on y_pred does not count:
    use weights. What differs: `curve` and `summation_method` are strings as attributes; a
    prediction that equals a threshold is never above it, where Keras's rounding may decide
    otherwise; Keras clips predictions outside [0, 1] without a word.
    """

    _direction = "up"
    _lazy_state: ClassVar = FOUR_COUNTS  # lazy where the labels are known by the first batch only
    true_positives: MetricVariable
    false_positives: MetricVariable
    true_negatives: MetricVariable
    false_negatives: MetricVariable

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ):
        self.curve = _one_of(_CURVES, curve, "curve")
        self.summation_method = _one_of(_METHODS, summation_method, "summation_method")
        inner = _inner_thresholds(num_thresholds, thresholds)
        self.num_thresholds = len(inner) + 2
        self._given_thresholds = None if thresholds is None else inner
        self._thresholds = [-config.epsilon(), *inner, 1.0 + config.epsilon()]
        super().__init__(self._thresholds, name, dtype)
        if num_labels and not multi_label:
            raise ValueError(
                f"num_labels={num_labels} is for multi_label=True; without it there is one curve."
            )
        self.multi_label, self.num_labels, self.from_logits = multi_label, num_labels, from_logits
        self.label_weights = _as_label_weights(label_weights, num_labels)
        if self.label_weights is not None:
            weights = torch.tensor(self.label_weights, dtype=self._levels.dtype)
            self._label_weights = self._keep("_label_weights", weights)
        if not multi_label:
            self._add_counts(self.num_thresholds)
        elif num_labels:
            self._add_counts(self.num_thresholds, num_labels)

    @property
    def thresholds(self) -> list[float]:
        """The thresholds, that below 0 and that above 1 included."""
        return list(self._thresholds)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets, 0 or 1, and predictions of the same shape into account."""
        y_pred = as_tensors(y_pred)
        if self.multi_label:
            self._check_labels(y_pred)
        label, y_pred, weight = self._prepared(y_true, y_pred, sample_weight)
        if self.from_logits:
            y_pred = y_pred.sigmoid()
        else:
            y_pred = checked_probabilities(
                y_pred, self, "Pass from_logits=True, or end the model with a sigmoid or softmax."
            )
        if self.label_weights is not None and not self.multi_label:
            weight = self._with_label_weights(y_pred, weight)
        self._count(label, y_pred, weight, by_label=self.multi_label)

    def result(self) -> Tensor:
        """Return the area so far; 0 before the first batch."""
        if not self.is_made:
            return self._rounded(torch.zeros(()))
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self.interpolate_pr_auc()
        x, y = self._curve()
        left, right = y[:-1], y[1:]
        if self.summation_method == "interpolation":
            heights = (left + right) / 2
        else:
            is_minoring = self.summation_method == "minoring"
            heights = torch.minimum(left, right) if is_minoring else torch.maximum(left, right)
        return self._total((x[:-1] - x[1:]) * heights)

    def interpolate_pr_auc(self) -> Tensor:
        """Return the area under the PR curve with the counts linear between two thresholds.

        From a to b, where p = true_positives + false_positives: the integral of tp / p over recall
        is slope * (tp_b - tp_a + (tp_a - slope * p_a) * log(p_b / p_a)) / positives, with
        slope = (tp_b - tp_a) / (p_b - p_a).
        """
        tp = self.true_positives + 0.0
        p = tp + self.false_positives
        gained, slope = tp[:-1] - tp[1:], ratio(tp[:-1] - tp[1:], (p[:-1] - p[1:]).clamp(min=0))
        offset = tp[1:] - slope * p[1:]
        log_ratio = torch.where((p[:-1] > 0) & (p[1:] > 0), (p[:-1] / p[1:]).log(), 0.0)
        positives = tp[1:] + self.false_negatives[1:]
        return self._total(ratio(slope * (gained + offset * log_ratio), positives))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this metric again; thresholds only where given."""
        settings = super().get_config()
        settings["thresholds"] = self._given_thresholds
        if self._given_thresholds is None:
            del settings["thresholds"]
        return settings

    def _curve(self) -> tuple[Tensor, Tensor]:
        """Return x and y at the thresholds, from the right to the left."""
        tp, fp = self.true_positives, self.false_positives
        tn, fn = self.true_negatives, self.false_negatives
        if self.curve == "ROC":
            return ratio(fp, fp + tn), ratio(tp, tp + fn)
        if self.curve == "PR":
            return ratio(tp, tp + fn), ratio(tp, tp + fp)
        odds = ratio(tp + fn, tn + fp)
        recall_gain = torch.where(tp == 0, 0.0, 1.0 - odds * ratio(fn, tp))
        precision_gain = torch.where(tp == 0, 1.0, 1.0 - odds * ratio(fp, tp))
        return recall_gain.clamp(min=0), precision_gain

    def _total(self, areas: Tensor) -> Tensor:
        """Return the sum of the areas between thresholds; the mean of it over the labels."""
        total = areas.sum(0)
        if self.multi_label and self.label_weights is None:
            total = total.mean()
        elif self.multi_label:
            total = ratio((total * self._label_weights).sum(), self._label_weights.sum())
        return self._rounded(total)

    def _with_label_weights(self, y_pred: Tensor, weight: Tensor | None) -> Tensor:
        if y_pred.shape[-1:] != self._label_weights.shape:
            raise _wrong_label_weights(len(self._label_weights), tuple(y_pred.shape))
        label_weight = self._label_weights.expand(y_pred.shape)
        return label_weight if weight is None else label_weight * weight

    def _check_labels(self, y_pred: Tensor) -> None:
        shape = tuple(y_pred.shape)
        labels = self.true_positives.shape[1] if self.is_made else shape[-1]
        if len(shape) != 2 or shape[1] != labels:
            expected = f"(samples, {labels if self.is_made else 'labels'})"
            raise ValueError(
                f"With multi_label=True, y_pred has the shape {expected}; received {shape}."
            )
        if not self.is_made:
            if self.label_weights is not None and len(self.label_weights) != labels:
                raise _wrong_label_weights(len(self.label_weights), shape)
            self._need_state((self.num_thresholds, labels), y_pred)


def _one_of(options: tuple[str, ...], given: Any, kind: str) -> str:
    """Return the option that a name in upper or lower case stands for."""
    for option in options:
        if isinstance(given, str) and given.lower() == option.lower():
            return option
    raise unknown_name(kind, str(given), options)


def _inner_thresholds(num_thresholds: int, thresholds: Any) -> list[float]:
    if thresholds is not None:
        return sorted(map(float, as_thresholds(thresholds, 0.5)))
    if num_thresholds < 2:
        raise ValueError(
            f"num_thresholds must be at least 2; received num_thresholds={num_thresholds}."
        )
    budget.spend((num_thresholds, 4), torch.float64)  # so much does a number in a list take
    return [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]


def _as_label_weights(given: Any, num_labels: int | None) -> list[float] | None:
    if given is None:
        return None
    weights = np.asarray(given.detach().cpu() if isinstance(given, Tensor) else given, dtype=float)
    if weights.ndim != 1 or not (weights >= 0).all():
        raise ValueError(
            f"label_weights must be a list of one number, at least 0, for each label; received "
            f"{given!r}."
        )
    if num_labels and len(weights) != num_labels:
        raise _wrong_label_weights(len(weights), (None, num_labels))
    return weights.tolist()


def _wrong_label_weights(count: int, shape: tuple[Any, ...]) -> ValueError:
    return ValueError(
        f"There are {count} label_weights for predictions of shape {shape}. Pass one for each "
        "label, which are on the last axis."
    )
