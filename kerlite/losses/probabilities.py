"""Probabilities and labels of classes; logarithms from the logits wherever these are known.

An activation leaves the logits on its result as `_keras_logits`, and in `_keras_logits_of` the name
of the function they went through. Only the logits of the right function are taken: the binary
cross-entropy of a softmax is that of its probabilities.

Whether predictions are probabilities, and labels in range, is checked on the CPU only, where it
costs next to nothing; on an accelerator it would wait for the device. There, predictions are
clipped as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core import config
from kerlite.losses.shapes import lifted

__all__ = [
    "at_labels",
    "binary_loss",
    "check_probabilities",
    "class_labels",
    "class_scores",
    "classes_second",
    "clipped",
    "is_readable",
    "logits_of",
    "normalized",
    "one_hot_error",
]

_ROUNDING = 0.01  # how far half precision takes what are probabilities out of [0, 1]


def logits_of(y_pred: Tensor, activation: str) -> Tensor | None:
    """Return the logits that an activation ("softmax", "sigmoid") turned into y_pred, or None."""
    logits = getattr(y_pred, "_keras_logits", None)
    # Keras code that sets logits of its own does not say of what: it is taken at its word.
    if logits is None or getattr(y_pred, "_keras_logits_of", activation) != activation:
        return None
    return logits if logits.dtype == y_pred.dtype else logits.to(y_pred.dtype)


def class_scores(y_pred: Tensor, from_logits: bool, axis: int) -> tuple[Tensor, bool]:
    """Return logits and True, or probabilities and False, at least float32, the classes on axis 1.

    One sample without a batch dimension comes back as a batch of one.

    Raises:
        ValueError: on the CPU, for negative probabilities.
    """
    y_pred = lifted(y_pred)
    if not from_logits:
        last = axis == -1 or axis == y_pred.ndim - 1
        logits = logits_of(y_pred, "softmax") if last else None
        if logits is None:
            check_probabilities(y_pred, "softmax", most=None)
        else:
            y_pred, from_logits = logits, True
    return classes_second(y_pred, axis), from_logits


def classes_second(x: Tensor, axis: int) -> Tensor:
    """Return the tensor with the classes on axis 1, one sample as a batch of one."""
    if x.ndim == 2 and axis in (-1, 1):
        return x
    return x.unsqueeze(0) if x.ndim == 1 else x.movedim(axis, 1)


def normalized(probabilities: Tensor) -> Tensor:
    """Return probabilities that sum to one along axis 1, away from 0 and 1 by epsilon."""
    return clipped(probabilities / probabilities.sum(1, keepdim=True))


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


def check_probabilities(
    y_pred: Tensor, activation: str, most: float | None = 1.0, can_be_logits: bool = True
) -> None:
    """Raise, on the CPU, for predictions that cannot be probabilities; NaN passes.

    Args:
        y_pred: the predictions.
        activation: what makes probabilities of logits ("softmax", "sigmoid").
        most: the largest value allowed; None where they are normalized anyway.
        can_be_logits: whether the loss has an argument `from_logits`.

    Raises:
        ValueError: for negative values, and values above `most`.
    """
    if not is_readable(y_pred) or not y_pred.numel():
        return
    low, high = (extreme.item() for extreme in y_pred.detach().aminmax())
    if low < -_ROUNDING or (most is not None and high > most + _ROUNDING):
        remedy = "Pass from_logits=True if they are logits, or e" if can_be_logits else "E"
        raise ValueError(
            f"Expected probabilities, from 0 to 1; received predictions from {low:.6g} to "
            f"{high:.6g}. {remedy}nd the model with activation='{activation}'."
        )


def one_hot_error(y_true: Tensor, y_pred: Tensor) -> ValueError:
    """Return the error for targets that are no distributions over the classes, by their shape."""
    hint = " For integer labels use sparse_categorical_crossentropy."
    return ValueError(
        f"Categorical cross-entropy compares distributions over the classes: targets need the "
        f"shape of the predictions, {tuple(y_pred.shape)}; received {tuple(y_true.shape)}.{hint}"
    )


def is_readable(x: Tensor) -> bool:
    """Return whether the values of a tensor can be looked at for free: real ones, on the CPU."""
    return (
        x.device.type == "cpu"
        and type(x) is Tensor
        and not torch.compiler.is_compiling()
        and not torch._C._are_functorch_transforms_active()
    )
