"""Probabilities of classes, and the labels that they are held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core import config

__all__ = [
    "at_labels",
    "binary_loss",
    "class_labels",
    "classes_second",
    "clipped",
    "normalized",
]


def classes_second(x: Tensor, axis: int) -> Tensor:
    """Return the tensor with the classes on axis 1, one sample as a batch of one."""
    if x.ndim == 2 and axis in (-1, 1):
        return x
    return x.unsqueeze(0) if x.ndim == 1 else x.movedim(axis, 1)


def normalized(probabilities: Tensor, axis: int = 1) -> Tensor:
    """Return probabilities that sum to one along an axis, away from 0 and 1 by epsilon."""
    return clipped(probabilities / probabilities.sum(axis, keepdim=True))


def clipped(probabilities: Tensor) -> Tensor:
    """Return probabilities in [epsilon, 1 - epsilon], whose logarithms are finite."""
    least = config.epsilon()
    return torch.clamp(probabilities, least, 1.0 - least)


def binary_loss(y_true: Tensor, probabilities: Tensor, reduction: str) -> Tensor:
    """Return -y_true * log(p) - (1 - y_true) * log(1 - p), p kept away from 0 and 1 by epsilon.

    Not by torch's own kernel, which stops the program at NaN.
    """
    p = clipped(probabilities)
    losses = -torch.lerp((-p).log1p(), p.log(), y_true)
    return losses.mean() if reduction == "mean" else losses


def class_labels(y_true: Tensor, y_pred: Tensor, axis: int) -> Tensor:
    """Return labels as int64, without a class axis of size one.

    Raises:
        ValueError: unless there is one label for each prediction.
    """
    if y_true.ndim == y_pred.ndim and y_true.shape[axis] == 1:
        y_true = y_true.squeeze(axis)
    wanted = list(y_pred.shape)
    del wanted[axis]
    if list(y_true.shape) != wanted:
        raise ValueError(
            f"Integer labels have one dimension fewer than the predictions; received labels of "
            f"shape {tuple(y_true.shape)} and predictions of shape {tuple(y_pred.shape)}, whose "
            f"labels have shape {tuple(wanted)}. For one-hot targets use categorical_crossentropy."
        )
    return y_true if y_true.dtype == torch.int64 else y_true.long()


def at_labels(
    kernel: Callable[..., Tensor], scores: Tensor, labels: Tensor, **options: Any
) -> Tensor:
    """Return what a torch loss of (scores, labels) makes of them.

    Raises:
        ValueError: on the CPU, for labels out of range.
    """
    labels = labels.unsqueeze(0) if labels.ndim == 0 else labels
    try:
        return kernel(scores, labels, **options)
    except IndexError as error:
        classes = scores.shape[1]
        raise ValueError(
            f"Labels are from 0 to {classes - 1}, for the {classes} classes that are predicted: "
            f"{error}. Give the last layer more units, number the classes from 0, or pass "
            "ignore_class for a label that is none."
        ) from error
