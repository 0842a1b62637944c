"""Targets looked through once, before training: what would fail on the device fails here."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

__all__ = ["check_labels", "check_shapes", "check_values"]

Shape = tuple[int | None, ...]


def check_shapes(loss: str, y_true: Any, y_pred_shape: Shape) -> None:
    """Raise unless targets and predictions can be compared value by value.

    Args:
        loss: the name of the loss, for the message.
        y_true: the targets of all samples.
        y_pred_shape: the shape of the predictions, the batch dimension first.

    Raises:
        ValueError: if the shapes of one sample's targets and predictions do not fit.
    """
    target, prediction = tuple(np.shape(y_true))[1:], tuple(y_pred_shape)[1:]
    if len(target) == len(prediction) + 1 and target[-1] == 1:
        target = target[:-1]
    if len(prediction) == len(target) + 1 and prediction[-1] == 1:
        prediction = prediction[:-1]
    pairs = zip(target, prediction, strict=False)
    if len(target) != len(prediction) or any(not _fit(t, p) for t, p in pairs):
        raise ValueError(
            f"The loss {loss} compares targets and predictions value by value, but one sample has "
            f"targets of shape {tuple(np.shape(y_true))[1:]} and predictions of shape "
            f"{tuple(y_pred_shape)[1:]}. Give the last layer as many units as a target has values, "
            "or reshape the targets; for integer class labels use sparse_categorical_crossentropy."
        )


def check_labels(
    loss: str, y_true: Any, y_pred_shape: Shape, axis: int = -1, ignore_class: int | None = None
) -> None:
    """Raise unless targets are whole numbers from 0 to (number of classes - 1).

    Args:
        loss: the name of the loss, for the message.
        y_true: the labels of all samples.
        y_pred_shape: the shape of the predictions, the batch dimension first.
        axis: the axis of the classes in the predictions.
        ignore_class: a label that is allowed although it is no class.

    Raises:
        ValueError: for NaN, fractions, strings, labels out of range, or a shape that does not fit.
    """
    labels = y_true if isinstance(y_true, torch.Tensor) else np.asarray(y_true)
    if isinstance(labels, np.ndarray) and labels.dtype.kind not in "biuf":
        raise ValueError(
            f"The loss {loss} takes integer labels; y holds {labels.dtype} values such as "
            f"{labels.flat[0]!r}. Number the classes from 0: "
            "np.unique(y, return_inverse=True)[1]."
        )
    _check_label_shape(loss, tuple(labels.shape), y_pred_shape, axis)
    classes = y_pred_shape[axis]
    if classes is not None and not _all_in_range(labels, classes):
        _raise_for_first_bad(loss, labels, classes, ignore_class)


def check_values(loss: str, y_true: Any, least: float, most: float) -> None:
    """Raise unless all targets are from `least` to `most`.

    Args:
        loss: the name of the loss, for the message.
        y_true: the targets of all samples.
        least: the smallest value allowed.
        most: the largest value allowed.

    Raises:
        ValueError: for the first target that is NaN or out of range.
    """
    targets = y_true if isinstance(y_true, torch.Tensor) else np.asarray(y_true)
    is_number = isinstance(targets, torch.Tensor) or targets.dtype.kind in "iuf"
    if not is_number or targets.dtype == torch.bool or 0 in targets.shape:
        return
    if float(targets.min()) >= least and float(targets.max()) <= most:
        return  # NaN compares as False
    flat = torch.as_tensor(targets).flatten()
    where = int((~((flat >= least) & (flat <= most))).to(torch.uint8).argmax())
    value = flat[where].item()
    raise ValueError(
        f"The loss {loss} expects targets from {least} to {most}, but y holds {value} at position "
        f"{where}. {_range_remedy(value)}"
    )


def _range_remedy(value: float) -> str:
    if value != value:
        return "Remove the samples whose target is missing."
    if value == 255:
        return "Divide images by 255 first: y / 255."
    return "Scale the targets; for integer class labels use sparse_categorical_crossentropy."


def _check_label_shape(loss: str, shape: Shape, y_pred_shape: Shape, axis: int) -> None:
    expected = list(y_pred_shape)
    del expected[axis]
    seen = list(shape)
    if len(seen) == len(y_pred_shape) and seen[axis] == 1:
        del seen[axis]
    if len(seen) != len(expected) or not all(map(_fit, seen[1:], expected[1:])):
        hint = (
            " The targets look one-hot: use categorical_crossentropy."
            if shape[1:] == y_pred_shape[1:]
            else ""
        )
        raise ValueError(
            f"The loss {loss} takes one integer label for each prediction: targets of shape "
            f"{(None, *expected[1:])}; received {shape}.{hint}"
        )


def _all_in_range(labels: Any, classes: int) -> bool:
    """Return whether all is well, in a pass or two over data that may be large."""
    if 0 in labels.shape or labels.dtype in (bool, torch.bool):
        return True
    if not (float(labels.min()) >= 0 and float(labels.max()) <= classes - 1):
        return False  # NaN compares as False too
    has_fractions = isinstance(labels, np.ndarray) and labels.dtype.kind == "f"
    if isinstance(labels, torch.Tensor):
        has_fractions = labels.is_floating_point()
    return not has_fractions or bool((labels % 1 == 0).all())


def _raise_for_first_bad(loss: str, labels: Any, classes: int, ignore_class: int | None) -> None:
    flat = torch.as_tensor(np.array(labels) if isinstance(labels, np.ndarray) else labels).flatten()
    flat = flat if flat.is_floating_point() else flat.long()
    bad = ~((flat >= 0) & (flat <= classes - 1) & (flat % 1 == 0))
    if ignore_class is not None:
        bad &= flat != ignore_class
    if not bad.any():
        return
    where = int(bad.to(torch.uint8).argmax())
    value = flat[where].item()
    raise ValueError(
        f"The loss {loss} expects labels from 0 to {classes - 1}, for the {classes} classes that "
        f"the model predicts, but y holds {value} at position {where}. " + _remedy(value, classes)
    )


def _remedy(value: float, classes: int) -> str:
    if value != value:
        return "Remove the samples whose label is missing, or give them ignore_class."
    if value % 1:
        return "Labels are whole numbers; for probabilities use categorical_crossentropy."
    if value < 0:
        return "Number the classes from 0, or pass ignore_class to leave this label out."
    return (
        f"Give the last layer at least {int(value) + 1} units, or number the classes from 0: "
        "np.unique(y, return_inverse=True)[1]."
    )


def _fit(a: int | None, b: int | None) -> bool:
    return a is None or b is None or a == b or a == 1 or b == 1
