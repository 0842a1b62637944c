"""Logarithms of probabilities, computed from the logits wherever these are known.

An activation leaves the logits on its result as `_keras_logits`, and in `_keras_logits_of` the name
of the function they went through. Only the logits of the right function are taken: the binary
cross-entropy of a softmax is that of its probabilities.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kerlite.core import config
from kerlite.losses.shapes import lifted

__all__ = ["class_scores", "clipped", "logits_of", "normalized"]


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
    """
    y_pred = lifted(y_pred)
    if not from_logits and (axis == -1 or axis == y_pred.ndim - 1):
        logits = logits_of(y_pred, "softmax")
        if logits is not None:
            y_pred, from_logits = logits, True
    if y_pred.ndim == 2 and axis in (-1, 1):
        return y_pred, from_logits
    if y_pred.ndim == 1:
        return y_pred.unsqueeze(0), from_logits
    return y_pred.movedim(axis, 1), from_logits


def normalized(probabilities: Tensor) -> Tensor:
    """Return probabilities that sum to one along axis 1, away from 0 and 1 by epsilon."""
    return clipped(probabilities / probabilities.sum(1, keepdim=True))


def clipped(probabilities: Tensor) -> Tensor:
    """Return probabilities in [epsilon, 1 - epsilon], whose logarithms are finite."""
    least = config.epsilon()
    return torch.clamp(probabilities, least, 1.0 - least)
