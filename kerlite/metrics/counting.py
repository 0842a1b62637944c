"""Predictions above and below thresholds, counted against targets in O(n + number of thresholds).

A prediction is positive where it is above the threshold, not where it equals it; NaN is never.
Each prediction is counted once, in the gap between two thresholds that it lies in; the counts at
the thresholds are running sums over the gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from kerlite.core import config, dtypes
from kerlite.losses.shapes import align_weight, as_tensors, same_rank, shape_error
from kerlite.metrics.base import Metric
from kerlite.metrics.variable import MetricVariable

__all__ = [
    "FOUR_COUNTS",
    "ConfusionMetric",
    "as_thresholds",
    "checked_class_id",
    "checked_probabilities",
    "histogram",
    "ratio",
    "runs_eagerly_on_cpu",
]

FOUR_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")
_CELLS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "true_positives": lambda label, above: label & above,
    "false_positives": lambda label, above: above > label,
    "true_negatives": lambda label, above: ~(label | above),
    "false_negatives": lambda label, above: label > above,
}
_LOWEST = -3.0e38  # below every threshold, which is where NaN belongs
_FEW = 2048  # predictions; to search for so many is faster than to compute
_UP = torch.tensor(0.75)  # of a step; one rounding error must not take the guess too far
_ROUNDING = 1e-6  # how far the mean of several probabilities may be off


class ConfusionMetric(Metric):
    """What the metrics have in common that count predictions above and below thresholds.

    Args:
        thresholds: in any order.
        name: its name in logs.
        dtype: number type of the result.
    """

    _conditions: ClassVar[Sequence[str]] = FOUR_COUNTS
    _levels: MetricVariable
    _ranks: MetricVariable

    def __init__(self, thresholds: Sequence[float], name: str | None, dtype: Any):
        super().__init__(dtype=dtype, name=name)
        kind = dtypes.to_torch_dtype(self.dtype)
        kind = torch.promote_types(kind, torch.float32)
        values = torch.tensor([float(t) for t in thresholds], dtype=kind)
        levels, order = values.sort()
        self._num_levels = len(levels)  # a number, for torch.compile to take it as one
        self._are_even = _are_even(levels.tolist())
        self._levels = self._keep("_levels", levels)
        self._are_sorted = torch.equal(levels, values)
        if not self._are_sorted:
            self._ranks = self._keep("_ranks", order.argsort())

    def _keep(self, name: str, values: Tensor) -> MetricVariable:
        """Keep what is no state in a buffer that follows the data, and keeps its type."""
        with torch.inference_mode(False):
            kept = MetricVariable(values.to(config.device()), name, "only_first_replica")
        self.register_buffer(name, kept, persistent=False)
        return kept

    def _add_counts(self, *shape: int) -> None:
        for name in self._state_names():
            setattr(self, name, self.add_variable(shape, "zeros", name=name))

    def _state_names(self) -> Sequence[str]:
        """Return the names of the variables, in the order of `_conditions`."""
        return self._conditions

    def _prepared(
        self, y_true: Any, y_pred: Any, sample_weight: Any
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return targets, predictions and weights in one shape, ready to be counted.

        Raises:
            ValueError: if the shapes do not fit.
        """
        y_true, y_pred = as_tensors(y_true), as_tensors(y_pred)
        y_true, y_pred = same_rank(y_true.to(y_pred.device), y_pred.to(self._levels.dtype))
        if y_true.shape != y_pred.shape:
            raise shape_error(y_true, y_pred)
        weight = None
        if sample_weight is not None:
            weight = as_tensors(sample_weight).to(y_pred.device, y_pred.dtype)
            weight = _spread(weight, y_pred)
        return y_true.bool(), y_pred, weight

    def _count(
        self, label: Tensor, y_pred: Tensor, weight: Tensor | None, by_label: bool = False
    ) -> None:
        """Add a batch to the state; `by_label` counts the columns of (n, labels) apart."""
        if self._num_levels > 1 or by_label:
            self._count_gaps(label, y_pred, weight, by_label)
            return
        above = y_pred > self._levels
        for name, condition in zip(self._state_names(), self._conditions, strict=True):
            cell = _CELLS[condition](label, above)
            total = cell.count_nonzero() if weight is None else torch.where(cell, weight, 0.0).sum()
            self._add(name, total)

    def _count_gaps(
        self, label: Tensor, y_pred: Tensor, weight: Tensor | None, by_label: bool
    ) -> None:
        gaps = self._num_levels + 1
        labels = y_pred.shape[-1] if by_label else 1
        index = self._gap_of(y_pred.reshape(-1)).view(-1, labels)
        index = torch.add(index, label.reshape(-1, labels), alpha=gaps)
        if by_label:
            index += torch.arange(labels, device=index.device) * (2 * gaps)
        counts = histogram(index.reshape(-1), weight, 2 * gaps * labels).view(labels, 2, gaps)
        below = counts.cumsum(-1)
        if counts.is_floating_point():  # a difference might not be exactly 0 where nothing is above
            above = counts.flip(-1).cumsum(-1).flip(-1)[..., 1:]
        else:
            above = below[..., -1:] - below[..., :-1]
        fp, tp = above.unbind(1)
        tn, fn = below[..., :-1].unbind(1)
        at_thresholds = dict(zip(FOUR_COUNTS, (tp, fp, tn, fn), strict=True))
        for name, condition in zip(self._state_names(), self._conditions, strict=True):
            at = at_thresholds[condition]
            if not self._are_sorted:
                at = at.index_select(-1, self._ranks)
            self._add(name, at.mT if by_label else at[0])

    def _gap_of(self, y_pred: Tensor) -> Tensor:
        """Return how many thresholds are below each of the predictions (n,)."""
        levels = self._levels
        y_pred = y_pred.nan_to_num(_LOWEST)
        if not (self._are_even and y_pred.is_cpu and len(y_pred) > _FEW):
            return torch.bucketize(y_pred, levels, out_int32=True)
        # A search is slow on a CPU. All thresholds up to the guess are below, and maybe that one.
        last = self._num_levels - 1
        guess = torch.add(_UP, y_pred, alpha=last).clamp_(0, last).to(torch.int32)
        return guess.add_(levels.index_select(0, guess) < y_pred)

    def _add(self, name: str, counts: Tensor) -> None:
        state = getattr(self, name)
        state.add_(counts if state.is_floating_point() else counts.to(state.dtype))

    def _rounded(self, result: Tensor) -> Tensor:
        """Return a result in the number type that was asked for."""
        return result.to(dtypes.to_torch_dtype(self.dtype))


def as_thresholds(thresholds: Any, default: float) -> list[Any]:
    """Return thresholds as a list.

    Raises:
        ValueError: for none at all, or any outside [0, 1].
    """
    if thresholds is None:
        return [default]
    given = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    wrong = [t for t in given if t is None or not 0 <= t <= 1]
    if wrong or not given:
        raise ValueError(
            f"thresholds must be one or more numbers from 0 to 1; received {wrong or given}. For "
            "logits compare with 0, which is a probability of 0.5."
        )
    return given


def checked_class_id(class_id: int | None, classes: Sequence[int] | None = None) -> int | None:
    """Return a class_id that is right, as far as the shape of the predictions is known.

    Raises:
        ValueError: for a class that the predictions do not have.
    """
    if class_id is None:
        return None
    if class_id < 0:
        raise ValueError(f"class_id counts from 0; received class_id={class_id}.")
    if classes is not None and (len(classes) < 2 or class_id >= classes[-1]):
        raise ValueError(
            f"class_id={class_id} needs predictions (samples, classes) with more than {class_id} "
            f"classes; received predictions of shape {tuple(classes)}."
        )
    return class_id


def checked_probabilities(y_pred: Tensor, metric: Metric, remedy: str) -> Tensor:
    """Return predictions from 0 to 1, or NaN.

    Raises:
        ValueError: for others, if they are on the CPU; an accelerator is not waited for, and there
            they are clipped.
    """
    if not runs_eagerly_on_cpu(y_pred):
        return y_pred.clamp(0.0, 1.0)
    if y_pred.numel():
        low, high = (float(bound) for bound in torch.aminmax(y_pred))
        if low < -_ROUNDING or high > 1.0 + _ROUNDING:
            raise ValueError(
                f"The metric {metric.name} takes probabilities from 0 to 1; received predictions "
                f"from {low:.6g} to {high:.6g}. {remedy}"
            )
        if low < 0 or high > 1:
            return y_pred.clamp(0.0, 1.0)
    return y_pred


def histogram(index: Tensor, weight: Tensor | None, size: int) -> Tensor:
    """Return how often each of 0 .. size - 1 is in an index (n,), or the sum of its weights.

    On an accelerator nothing waits for the result, as `torch.bincount` would.
    """
    weight = None if weight is None else weight.reshape(-1)
    if runs_eagerly_on_cpu(index):
        index = index.to(torch.int32) if size < 2**31 else index  # half the bytes to go over thrice
        return torch.bincount(index, None if weight is None else weight.double(), size)
    if weight is None:
        weight = torch.ones((), dtype=torch.int64, device=index.device).expand(index.shape)
    return weight.new_zeros(size).scatter_add_(0, index.long(), weight)


def ratio(part: Tensor, whole: Tensor) -> Tensor:
    """Return part / whole, 0 where whole is."""
    return torch.where(whole == 0, 0.0, part / whole)


def runs_eagerly_on_cpu(x: Tensor) -> bool:
    """Return whether values can be looked at for free."""
    return x.is_cpu and not torch.compiler.is_compiling()


def _are_even(levels: list[float]) -> bool:
    """Return whether thresholds divide [0, 1] into equal parts; the ends may lie outside."""
    if not 2 < len(levels) < 2**16 or levels[0] > 0.0 or levels[-1] < 1.0:
        return False
    even = np.linspace(0.0, 1.0, len(levels))
    return np.allclose(levels[1:-1], even[1:-1], rtol=0.0, atol=1e-6)


def _spread(weight: Tensor, values: Tensor) -> Tensor:
    """Return one weight for each value."""
    values, weight = align_weight(values, weight)
    try:
        return weight.expand(values.shape)
    except RuntimeError as error:
        raise ValueError(
            f"Sample weights of shape {tuple(weight.shape)} do not fit predictions of shape "
            f"{tuple(values.shape)}. Pass one weight a sample, or one a value."
        ) from error
