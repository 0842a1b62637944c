"""Intersection over union of classes, from a confusion matrix."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core import budget, config
from kerlite.losses.shapes import align_weight, as_tensors
from kerlite.metrics.base import Metric
from kerlite.metrics.counting import histogram, runs_eagerly_on_cpu
from kerlite.metrics.variable import MetricVariable

__all__ = ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"]


class IoU(Metric):
    """Mean intersection over union of some of the classes.

    Of one class: true_positives / (true_positives + false_positives + false_negatives), counted
    over all batches. A class that is in neither targets nor predictions is left out of the mean.

    Args:
        num_classes: number of classes, at least 1.
        target_class_ids: the classes to take the mean over.
        name: its name in logs.
        dtype: number type of the counts; whole numbers by default. Pass "float32" for sample
            weights that are fractions: they are cut to whole numbers else, with a warning.
        ignore_class: a label, maybe one that is no class (255, -1), whose targets do not count.
        sparse_y_true: whether targets are labels, or scores of the classes whose largest counts.
        sparse_y_pred: likewise for predictions.
        axis: the axis of the classes, where there are scores.

    Shape:
        targets and predictions: any, the same number of labels; scores have one more axis.

    Raises:
        ValueError: for classes that are not there, shapes that do not fit, or labels outside
            [0, num_classes). Labels are looked at on the CPU only; on an accelerator those out of
            range do not count.

    Example:
        >>> IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])
        tensor(0.3333)

    Source: keras.metrics.IoU; as there, a mask on y_pred does not count: use weights. What differs:
    whole numbers are counted in int64, since int32 is full after a few thousand images; labels out
    of range raise on a CPU, where Keras leaves them out; weights (samples,) fit maps; any `axis`.
    """

    _direction = "up"
    total_cm: MetricVariable

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(name=name, dtype=dtype or "int")
        if num_classes < 1:
            raise ValueError(f"num_classes must be at least 1; received num_classes={num_classes}.")
        self.num_classes, self.ignore_class, self.axis = num_classes, ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.target_class_ids = _checked_targets(target_class_ids, num_classes)
        self.total_cm = self.add_variable(
            (num_classes, num_classes),
            "zeros",
            dtype="int64" if "int" in self.dtype else self.dtype,
            name="total_confusion_matrix",
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets and predictions into account."""
        y_pred = as_tensors(y_pred)
        y_true = as_tensors(y_true).to(y_pred.device)
        labels = _labels(y_true, self.sparse_y_true, self.axis)
        guesses = _labels(y_pred, self.sparse_y_pred, self.axis)
        if labels.numel() != guesses.numel():
            raise _shape_error(labels, guesses)
        weight = None if sample_weight is None else self._weight(sample_weight, labels)
        self._add(labels.reshape(-1), guesses.reshape(-1), weight)

    def result(self) -> Tensor:
        """Return the mean over the target classes so far; 0 before the first batch."""
        counts = self.total_cm
        hits = counts.diagonal()
        union = counts.sum(0) + counts.sum(1) - hits
        kind = union.dtype if union.is_floating_point() else torch.float32
        hits, union = hits.to(kind), union.to(kind)
        if self.target_class_ids != list(range(self.num_classes)):
            hits, union = hits[self.target_class_ids], union[self.target_class_ids]
        shares = hits / (union + config.epsilon())
        return shares.sum() / ((union > 1e-9).sum() + config.epsilon())

    def _add(self, labels: Tensor, guesses: Tensor, weight: Tensor | None) -> None:
        """Add labels (n,) and what was predicted for them (n,) to the confusion matrix."""
        classes, ignored = self.num_classes, self.ignore_class
        is_class = ignored is not None and 0 <= ignored < classes
        left_out = None if ignored is None or is_class else labels == ignored
        if left_out is not None:
            labels = labels.masked_fill(left_out, 0)
        if runs_eagerly_on_cpu(labels):
            _check_range(labels, classes, "y_true", self)
            _check_range(guesses, classes, "y_pred", self)
        else:
            in_range = torch.minimum(labels, guesses) >= 0
            in_range &= torch.maximum(labels, guesses) < classes
            left_out = ~in_range if left_out is None else left_out | ~in_range
        index = torch.add(guesses, labels, alpha=classes)
        if left_out is not None:
            index.masked_fill_(left_out, classes * classes)
        counts = histogram(index, weight, classes * classes + (left_out is not None))
        counts = counts[: classes * classes].view(classes, classes)
        if is_class:
            counts[ignored] = 0
        self.total_cm.add_(counts.to(self.total_cm.dtype))

    def _weight(self, sample_weight: Any, labels: Tensor) -> Tensor:
        """Return one weight for each label, in the number type of the counts."""
        weight = as_tensors(sample_weight).to(labels.device)
        if weight.is_floating_point() and not self.total_cm.is_floating_point():
            warnings.warn(
                f"The metric {self.name} counts whole numbers, so its sample weights are cut to "
                'whole numbers. Make it with dtype="float32" to have fractions count.',
                stacklevel=4,
            )
        weight = weight.to(self.total_cm.dtype)
        if weight.numel() == labels.numel():
            return weight.reshape(-1)
        values, weight = align_weight(labels, weight)
        return weight.expand(values.shape).reshape(-1)


class BinaryIoU(IoU):
    """Mean intersection over union of the classes 0 and 1, predicted by one score.

    The predicted class is 1 where y_pred >= threshold.

    Args:
        target_class_ids: the classes to take the mean over: [0], [1] or both.
        threshold: the least score of class 1; 0 for logits.
        name: its name in logs.
        dtype: see `IoU`.

    Raises:
        ValueError: as `IoU`.

    Example:
        >>> BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])
        tensor(0.3333)

    Source: keras.metrics.BinaryIoU; see `IoU`.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(2, target_class_ids, name=name, dtype=dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets, 0 or 1, and scores into account."""
        super().update_state(y_true, as_tensors(y_pred) >= self.threshold, sample_weight)


class MeanIoU(IoU):
    """Mean intersection over union of all classes.

    Args:
        num_classes: number of classes, at least 1.
        name: its name in logs.
        dtype: see `IoU`.
        ignore_class: see `IoU`.
        sparse_y_true: see `IoU`.
        sparse_y_pred: see `IoU`.
        axis: see `IoU`.

    Raises:
        ValueError: as `IoU`.

    Example:
        >>> MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])
        tensor(0.3333)

    Source: keras.metrics.MeanIoU; see `IoU`.
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(
            num_classes,
            range(num_classes),
            name=name,
            dtype=dtype,
            ignore_class=ignore_class,
            sparse_y_true=sparse_y_true,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


class OneHotIoU(IoU):
    """Mean intersection over union of some classes, for one-hot targets.

    Args:
        num_classes: number of classes, at least 1.
        target_class_ids: the classes to take the mean over.
        name: its name in logs.
        dtype: see `IoU`.
        ignore_class: see `IoU`.
        sparse_y_pred: whether predictions are labels, or scores of the classes.
        axis: the axis of the classes.

    Raises:
        ValueError: as `IoU`.

    Example:
        >>> y_true = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]
        >>> y_pred = [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]]
        >>> OneHotIoU(num_classes=3, target_class_ids=[0, 2])(y_true, y_pred)
        tensor(0.1667)

    Source: keras.metrics.OneHotIoU; see `IoU`.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(
            num_classes,
            target_class_ids,
            name=name,
            dtype=dtype,
            ignore_class=ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


class OneHotMeanIoU(MeanIoU):
    """Mean intersection over union of all classes, for one-hot targets.

    Args:
        num_classes: number of classes, at least 1.
        name: its name in logs.
        dtype: see `IoU`.
        ignore_class: see `IoU`.
        sparse_y_pred: whether predictions are labels, or scores of the classes.
        axis: the axis of the classes.

    Raises:
        ValueError: as `IoU`.

    Example:
        >>> y_true = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]
        >>> y_pred = [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]]
        >>> OneHotMeanIoU(num_classes=3)(y_true, y_pred)
        tensor(0.1111)

    Source: keras.metrics.OneHotMeanIoU; see `IoU`.
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(
            num_classes,
            name=name,
            dtype=dtype,
            ignore_class=ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


def _labels(y: Tensor, are_labels: bool, axis: int) -> Tensor:
    """Return whole numbers of a type wide enough for the index of a confusion matrix."""
    if not are_labels:
        return y.argmax(axis)
    if y.dtype == torch.int64:
        return y
    narrow = (torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32)
    return y.to(torch.int32 if y.dtype in narrow else torch.int64)


def _check_range(labels: Tensor, classes: int, argument: str, metric: Metric) -> None:
    if not labels.numel():
        return
    low, high = (int(bound) for bound in torch.aminmax(labels))
    if low >= 0 and high < classes:
        return
    remedy = "Number the classes from 0, or make the metric with more classes."
    if argument == "y_true":
        remedy += " To leave out the targets of one label, pass ignore_class."
    raise ValueError(
        f"The metric {metric.name} has {classes} classes, so {argument} holds labels from 0 to "
        f"{classes - 1}; received labels from {low} to {high}. {remedy}"
    )


def _checked_targets(target_class_ids: Sequence[int], num_classes: int) -> list[int]:
    if isinstance(target_class_ids, range):
        budget.spend((len(target_class_ids), 8), torch.float64)  # so much takes a list of them
    ids = list(target_class_ids)
    wrong = [one for one in ids if not 0 <= one < num_classes]
    if wrong or not ids:
        raise ValueError(
            f"target_class_ids must be classes from 0 to {num_classes - 1}, one or more; received "
            f"{wrong or ids}."
        )
    return ids


def _shape_error(labels: Tensor, guesses: Tensor) -> ValueError:
    return ValueError(
        f"There are targets of shape {tuple(labels.shape)} and predictions of shape "
        f"{tuple(guesses.shape)}, which are not one label for each other. For scores of the "
        "classes pass sparse_y_pred=False, for one-hot targets sparse_y_true=False."
    )
