"""The loss or metric that a name stands for, given the shapes that it is for."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F

from kerlite.losses import Loss
from kerlite.losses.lookup import as_loss
from kerlite.losses.shapes import as_tensors
from kerlite.metrics import AUC, Metric
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
            shapes, and "auc" of integer labels is that of the one-hot targets.
        y_true: the targets, or anything of their shape.
        y_pred: the predictions, or anything of their shape.

    Raises:
        ValueError: for an unknown metric.
    """
    name = identifier if isinstance(identifier, str) else None
    if name is not None and name.lower() in (*_ACCURACY, *_CROSSENTROPY):
        what = "accuracy" if name.lower() in _ACCURACY else "crossentropy"
        identifier = f"{_kind_of(y_true, y_pred)}_{what}"
    elif name is not None and name.lower() == "auc":
        sparse = _kind_of(y_true, y_pred) == "sparse_categorical"
        identifier = _LabelsAUC if sparse else AUC
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


class _LabelsAUC(AUC):
    """Area under the curve of integer labels: every class against the rest, all in one curve."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of labels and class probabilities into account."""
        y_true, y_pred = as_tensors(y_true), as_tensors(y_pred)
        labels = y_true.reshape(y_pred.shape[:-1]).to(y_pred.device).long()
        super().update_state(F.one_hot(labels, y_pred.shape[-1]), y_pred, sample_weight)


def _kind_of(y_true: Any, y_pred: Any) -> str:
    """Return what the shapes look like; anything will do where nothing is known yet."""
    if y_true is None:
        return "binary"
    true, pred = tuple(y_true.shape), tuple(y_pred.shape)
    if len(pred) == 1 or pred[-1] == 1:
        return "binary"
    sparse = len(true) < len(pred) or (true[-1] == 1 and pred[-1] > 1)
    return "sparse_categorical" if sparse else "categorical"
