"""Probabilities and labels of classes; logarithms from the logits wherever these are known.

An activation leaves the logits on its result as `_keras_logits`, and in `_keras_logits_of` the name
of the function they went through. Only the logits of the right function are taken: the binary
cross-entropy of a softmax is that of its probabilities.

Whether predictions are probabilities, and labels in range, is checked on the CPU only, where it
costs next to nothing; on an accelerator it would wait for the device. There, predictions are
clipped as in Keras.
"""

from __future__ import annotations

from torch import Tensor

from kerlite.core.probabilities import classes_second
from kerlite.core.readable import is_readable
from kerlite.losses.shapes import lifted

__all__ = ["check_probabilities", "class_scores", "logits_of", "one_hot_error"]

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
