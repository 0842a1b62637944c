"""Cross-entropies: binary, categorical (targets are distributions), sparse (targets are labels).

Each is a function, one loss for each sample, and a class that reduces it. Predictions that come
straight from softmax or sigmoid are computed from their logits, stable and fused; any other
probabilities are normalized and kept away from 0 and 1 by epsilon, as in Keras. Half precision is
computed in float32, and the functions return float32 for it.

On the CPU, predictions that are no probabilities and labels out of range raise an error; on an
accelerator that would wait for the device, and probabilities are clipped as in Keras.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from kerlite.core.probabilities import (
    at_labels,
    binary_loss,
    class_labels,
    classes_second,
    normalized,
)
from kerlite.core.registry import register_public
from kerlite.losses.arguments import checked_axis, checked_smoothing
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_labels, check_shapes, check_values
from kerlite.losses.probabilities import check_probabilities, class_scores, logits_of, one_hot_error
from kerlite.losses.shapes import equal_shape, lifted, on_tensors

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
]

_NO_CLASS = -100  # torch's own mark for a label to leave out


@on_tensors
def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """mean(-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)) over an axis.

    Example:
        >>> binary_crossentropy([[1.0, 0.0]], [[0.5, 0.5]])
        tensor([0.6931])

    Source: keras.losses.binary_crossentropy.
    """
    return _binary(y_true, y_pred, from_logits, label_smoothing, "none").mean(axis)


@on_tensors
def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """-sum(y_true * log(y_pred)) over the classes.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
        tensor([0.6931])

    Source: keras.losses.categorical_crossentropy.
    """
    return _categorical(y_true, y_pred, from_logits, label_smoothing, axis, "none")


@on_tensors
def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Tensor:
    """-log(y_pred[y_true]), for integer labels y_true; 0 for those of ignore_class.

    Example:
        >>> sparse_categorical_crossentropy([1, 0], [[0.5, 0.5], [0.25, 0.75]])
        tensor([0.6931, 1.3863])

    Source: keras.losses.sparse_categorical_crossentropy.
    """
    y_true = class_labels(y_true, y_pred, axis)
    losses = _sparse(y_true, y_pred, from_logits, ignore_class, axis, "none")
    if ignore_class is not None:
        losses._keras_mask = y_true != ignore_class  # type: ignore[attr-defined]
    return losses


class BinaryCrossentropy(Loss):
    """Cross-entropy of yes-or-no targets: mean(-y_true * log(p) - (1 - y_true) * log(1 - p)).

    Args:
        from_logits: whether predictions are logits, p = sigmoid(y_pred), or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + 0.5 * s.
        axis: the axis over which the losses of one sample are averaged.
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])
        tensor(0.6931)

    Source: keras.losses.BinaryCrossentropy; runs as binary_cross_entropy_with_logits.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits, self.label_smoothing = from_logits, checked_smoothing(label_smoothing)
        self.axis = checked_axis(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the binary cross-entropy of each sample."""
        return binary_crossentropy(
            y_true, y_pred, self.from_logits, self.label_smoothing, self.axis
        )

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean over everything from one kernel."""
        return _binary(y_true, y_pred, self.from_logits, self.label_smoothing, "mean")

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError for targets that do not fit the predictions, or are not in [0, 1]."""
        check_shapes(self.name, y_true, y_pred_shape)
        check_values(self.name, y_true, 0, 1)


class CategoricalCrossentropy(Loss):
    """Cross-entropy of targets that are distributions, such as one-hot rows.

    -sum(y_true * log(p)) over the classes.

    Args:
        from_logits: whether predictions are logits, p = softmax(y_pred), or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + s / number of classes.
        axis: the axis of the classes.
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        tensor(0.6931)

    Source: keras.losses.CategoricalCrossentropy; runs as torch.nn.functional.cross_entropy. Keras
    smooths by the size of the last axis, also where the classes are on another.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits, self.label_smoothing = from_logits, checked_smoothing(label_smoothing)
        self.axis = checked_axis(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the cross-entropy of each sample."""
        return categorical_crossentropy(
            y_true, y_pred, self.from_logits, self.label_smoothing, self.axis
        )

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean over everything from one kernel."""
        return _categorical(
            y_true, y_pred, self.from_logits, self.label_smoothing, self.axis, "mean"
        )

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError unless targets and predictions can be compared value by value."""
        if y_pred_shape[self.axis] == 1:
            warnings.warn(
                f"{self.name} of one class is always 0: the predictions have shape "
                f"{tuple(y_pred_shape)}. For two classes use sigmoid and binary_crossentropy.",
                stacklevel=2,
            )
        check_shapes(self.name, y_true, y_pred_shape)


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of integer labels: -log(p[y_true]).

    Args:
        from_logits: whether predictions are logits, p = softmax(y_pred), or probabilities.
        ignore_class: a label to leave out, such as -1 or 255; a mean is over the others.
        reduction: see `Loss`.
        axis: the axis of the classes in the predictions.
        name: its name.
        dtype: number type of the computation.

    Shape:
        Predictions (n, ..., classes), labels (n, ...) or (n, ..., 1).

    Example:
        >>> SparseCategoricalCrossentropy()([1, 0], [[0.5, 0.5], [0.25, 0.75]])
        tensor(1.0397)

    Source: keras.losses.SparseCategoricalCrossentropy; runs as torch.nn.functional.cross_entropy.
    """

    _targets_keep_dtype: ClassVar[bool] = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits, self.ignore_class = from_logits, ignore_class
        self.axis = checked_axis(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the cross-entropy of each sample."""
        return sparse_categorical_crossentropy(
            y_true, y_pred, self.from_logits, self.ignore_class, self.axis
        )

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """Return the mean over everything from one kernel, where no class is left out."""
        if self.ignore_class is not None:
            return None
        y_true = class_labels(y_true, y_pred, self.axis)
        return _sparse(y_true, y_pred, self.from_logits, None, self.axis, "mean")

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError for NaN, fractions, labels out of range, or a wrong shape."""
        check_labels(self.name, y_true, y_pred_shape, self.axis, self.ignore_class)


def _binary(
    y_true: Tensor, y_pred: Tensor, from_logits: bool, label_smoothing: float, reduction: str
) -> Tensor:
    y_pred = lifted(y_pred)
    logits = y_pred if from_logits else logits_of(y_pred, "sigmoid")
    if logits is not None and not from_logits:
        # A sigmoid of an infinite logit is certain, and its cross-entropy 0 where it is right.
        most = torch.finfo(logits.dtype).max
        logits = logits.clamp(-most, most)
    y_true, scores = equal_shape(y_true, y_pred if logits is None else logits)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if logits is not None:
        return F.binary_cross_entropy_with_logits(scores, y_true, reduction=reduction)
    check_probabilities(scores, "sigmoid")
    return binary_loss(y_true, scores, reduction)


def _categorical(
    y_true: Tensor,
    y_pred: Tensor,
    from_logits: bool,
    label_smoothing: float,
    axis: int,
    reduction: str,
) -> Tensor:
    if y_true.shape != y_pred.shape:
        raise one_hot_error(y_true, y_pred)
    scores, are_logits = class_scores(y_pred, from_logits, axis)
    if y_true.dtype != scores.dtype:
        y_true = y_true.to(scores.dtype)
    y_true = classes_second(y_true, axis)
    if are_logits:
        if not from_logits:  # a softmax may exclude classes by -inf: 0 * log(0) is 0
            scores = scores.clamp(min=torch.finfo(scores.dtype).min)
        losses = F.cross_entropy(
            scores, y_true, reduction=reduction, label_smoothing=label_smoothing
        )
        return losses if y_pred.ndim > 1 or reduction == "mean" else losses.squeeze(0)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / scores.shape[1]
    losses = -(y_true * normalized(scores).log()).sum(1)
    losses = losses if y_pred.ndim > 1 else losses.squeeze(0)
    return losses.mean() if reduction == "mean" else losses


def _sparse(
    labels: Tensor,
    y_pred: Tensor,
    from_logits: bool,
    ignore_class: int | None,
    axis: int,
    reduction: str,
) -> Tensor:
    scores, are_logits = class_scores(y_pred, from_logits, axis)
    options = {
        "ignore_index": _NO_CLASS if ignore_class is None else ignore_class,
        "reduction": reduction,
    }
    if are_logits:
        losses = at_labels(F.cross_entropy, scores, labels, **options)
    else:
        losses = at_labels(F.nll_loss, normalized(scores).log(), labels, **options)
    return losses.squeeze(0) if y_pred.ndim == 1 and reduction == "none" else losses


for _function in (binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy):
    register_public(_function, module="keras.losses")
