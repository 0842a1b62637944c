"""The loss or metric that a name stands for, given the shapes that it is for."""

from __future__ import annotations

from typing import Any

from kerlite.losses import Loss
from kerlite.losses.lookup import as_loss
from kerlite.metrics import Metric
from kerlite.metrics.lookup import as_metric

__all__ = ["free_name", "resolve_loss", "resolve_metric"]

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")


def resolve_loss(identifier: Any, y_true: Any, y_pred: Any) -> Loss:
    """Return the loss, called by the name that the user wrote.

    Args:
        identifier: what `losses.get` takes; "crossentropy" and "ce" go by the shapes.
        y_true: the targets, or anything of their shape; None accepts these two names unresolved.
        y_pred: the predictions, or anything of their shape.

    Raises:
        ValueError: for an unknown loss, and for one that is not reduced to a number.
    """
    name = identifier if isinstance(identifier, str) else None
    if name is not None and name.lower() in _CROSSENTROPY:
        identifier = f"{_kind_of(y_true, y_pred)}_crossentropy"
    loss = as_loss(identifier, name)
    assert loss is not None
    if loss.reduction in (None, "none"):
        raise ValueError(
            f"The loss {loss.name} has reduction={loss.reduction!r}, which gives one loss for each "
            "sample; training needs one number. Use reduction='sum_over_batch_size'."
        )
    return loss


def resolve_metric(identifier: Any, y_true: Any, y_pred: Any) -> Metric:
    """Return the metric, called by the name that the user wrote.

    Args:
        identifier: what `metrics.get` takes; "accuracy", "acc", "crossentropy" and "ce" go by the
            shapes.
        y_true: the targets, or anything of their shape.
        y_pred: the predictions, or anything of their shape.

    Raises:
        ValueError: for an unknown metric.
    """
    name = identifier if isinstance(identifier, str) else None
    if name is not None and name.lower() in (*_ACCURACY, *_CROSSENTROPY):
        what = "accuracy" if name.lower() in _ACCURACY else "crossentropy"
        identifier = f"{_kind_of(y_true, y_pred)}_{what}"
    metric = as_metric(identifier, name)
    if metric is None:
        raise ValueError("A metric is None; leave it out, or give a name, a function or a Metric.")
    return metric


def free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number if it is taken, and take it."""
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def _kind_of(y_true: Any, y_pred: Any) -> str:
    """Return what the shapes look like; anything will do where nothing is known yet."""
    if y_true is None:
        return "binary"
    true, pred = tuple(y_true.shape), tuple(y_pred.shape)
    if len(pred) == 1 or pred[-1] == 1:
        return "binary"
    sparse = len(true) < len(pred) or (true[-1] == 1 and pred[-1] > 1)
    return "sparse_categorical" if sparse else "categorical"
