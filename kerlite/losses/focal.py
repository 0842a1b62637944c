"""Focal cross-entropies: what is predicted well already counts less.

Each is a function, one loss for each sample, and a class that reduces it. Probabilities are those
of the logits wherever these are known, in float32 at least; the functions return float32 for half
precision. On the CPU, predictions that are no probabilities raise an error; on an accelerator that
would wait for the device, and they are clipped as in Keras.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core import config
from kerlite.core.probabilities import binary_loss, classes_second, clipped, normalized
from kerlite.core.registry import register_public
from kerlite.losses.arguments import checked_axis, checked_range, checked_smoothing
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_shapes, check_values
from kerlite.losses.probabilities import check_probabilities, class_scores, logits_of, one_hot_error
from kerlite.losses.shapes import equal_shape, lifted, on_tensors

__all__ = [
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
]


@on_tensors
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """mean(-(1 - p_t)^gamma * log(p_t)) over an axis; p_t is the probability of what is true.

    Args:
        y_true: targets, from 0 to 1.
        y_pred: predictions of the same shape.
        apply_class_balancing: whether classes are weighted by alpha.
        alpha: the weight of class 1, from 0 to 1; that of class 0 is 1 - alpha.
        gamma: how much less good predictions count, at least 0.
        from_logits: whether predictions are logits or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + 0.5 * s.
        axis: the axis over which the losses of one sample are averaged.

    Example:
        >>> binary_focal_crossentropy([[1.0, 0.0]], [[0.5, 0.5]])
        tensor([0.1733])

    Source: keras.losses.binary_focal_crossentropy.
    """
    y_pred = lifted(y_pred)
    logits = y_pred if from_logits else logits_of(y_pred, "sigmoid")
    y_true, chances = equal_shape(y_true, y_pred if logits is None else logits.sigmoid())
    if logits is None:
        check_probabilities(chances, "sigmoid")
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    wrong = 1.0 - (y_true * chances + (1.0 - y_true) * (1.0 - chances))
    # Away from 0, where the gradient of a power below 1 is infinite.
    losses = wrong.clamp(min=config.epsilon()) ** gamma * binary_loss(y_true, chances, "none")
    if apply_class_balancing:
        losses = losses * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return losses.mean(axis)


@on_tensors
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """-sum(alpha * (1 - p)^gamma * y_true * log(p)) over the classes.

    Args:
        y_true: targets, distributions over the classes.
        y_pred: predictions of the same shape.
        alpha: the weight of all classes, or one for each, at least 0.
        gamma: how much less good predictions count, at least 0.
        from_logits: whether predictions are logits or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + s / number of classes.
        axis: the axis of the classes.

    Raises:
        ValueError: if the number of weights is not that of the classes.

    Example:
        >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]], alpha=[0.5, 1.0])
        tensor([0.1733])

    Source: keras.losses.categorical_focal_crossentropy.
    """
    if y_true.shape != y_pred.shape:
        raise one_hot_error(y_true, y_pred)
    scores, are_logits = class_scores(y_pred, from_logits, axis)
    chances = clipped(scores.softmax(1)) if are_logits else normalized(scores)
    y_true = classes_second(y_true.to(chances.dtype), axis)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / chances.shape[1]
    focus = (1.0 - chances) ** gamma * _class_weights(alpha, chances)
    losses = -(focus * y_true * chances.log()).sum(1)
    return losses if y_pred.ndim > 1 else losses.squeeze(0)


class BinaryFocalCrossentropy(Loss):
    """Focal cross-entropy of yes-or-no targets: mean(-(1 - p_t)^gamma * log(p_t)).

    p_t is the probability of what is true: p where y_true is 1, 1 - p where it is 0.

    Args:
        apply_class_balancing: whether class 1 is weighted by alpha, class 0 by 1 - alpha.
        alpha: the weight of class 1, from 0 to 1.
        gamma: how much less good predictions count, at least 0; 0 is the cross-entropy.
        from_logits: whether predictions are logits, p = sigmoid(y_pred), or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + 0.5 * s.
        axis: the axis over which the losses of one sample are averaged.
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Raises:
        ValueError: for an argument out of range; on the CPU, for predictions that are neither
            logits nor probabilities.

    Example:
        >>> BinaryFocalCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])
        tensor(0.1733)

    Source: keras.losses.BinaryFocalCrossentropy; Lin et al., 2018 (arXiv 1708.02002).
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.apply_class_balancing = apply_class_balancing
        self.alpha = checked_range("alpha", alpha, 0, 1)
        self.gamma = checked_range("gamma", gamma, least=0)
        self.from_logits, self.label_smoothing = from_logits, checked_smoothing(label_smoothing)
        self.axis = checked_axis(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the focal cross-entropy of each sample."""
        return binary_focal_crossentropy(
            y_true,
            y_pred,
            self.apply_class_balancing,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError for targets that do not fit the predictions, or are not in [0, 1]."""
        check_shapes(self.name, y_true, y_pred_shape)
        check_values(self.name, y_true, 0, 1)


class CategoricalFocalCrossentropy(Loss):
    """Focal cross-entropy of one-hot targets: -sum(alpha * (1 - p)^gamma * y_true * log(p)).

    Args:
        alpha: the weight of all classes, or a list of one for each, at least 0.
        gamma: how much less good predictions count, at least 0; 0 is the cross-entropy.
        from_logits: whether predictions are logits, p = softmax(y_pred), or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + s / number of classes.
        axis: the axis of the classes.
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Raises:
        ValueError: for an argument out of range; on the CPU, for negative probabilities.

    Example:
        >>> CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        tensor(0.0433)

    Source: keras.losses.CategoricalFocalCrossentropy; Lin et al., 2018 (arXiv 1708.02002). Keras
    takes the weights, and the number of classes to smooth by, along the last axis whatever the axis
    of the classes is.
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.alpha = checked_range("alpha", alpha, least=0)
        self.gamma = checked_range("gamma", gamma, least=0)
        self.from_logits, self.label_smoothing = from_logits, checked_smoothing(label_smoothing)
        self.axis = checked_axis(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the focal cross-entropy of each sample."""
        return categorical_focal_crossentropy(
            y_true,
            y_pred,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError unless targets and predictions can be compared value by value."""
        check_shapes(self.name, y_true, y_pred_shape)


def _class_weights(alpha: Any, chances: Tensor) -> Any:
    """Return a number, or one weight a class that broadcasts along axis 1."""
    if isinstance(alpha, (int, float)):
        return alpha
    weights = torch.as_tensor(alpha, dtype=chances.dtype)
    if weights.ndim and weights.shape != chances.shape[1:2]:
        raise ValueError(
            f"alpha has shape {tuple(weights.shape)}, but the predictions have {chances.shape[1]} "
            "classes. Pass one number, or one for each class."
        )
    weights = weights.to(chances.device, non_blocking=True)
    return weights.reshape(-1, *[1] * (chances.ndim - 2)) if weights.ndim else weights


for _function in (binary_focal_crossentropy, categorical_focal_crossentropy):
    register_public(_function, module="keras.losses")
