"""Losses of sequences whose labels are not aligned with the predictions: CTC."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from kerlite.core.alignments import alignment_loss
from kerlite.core.readable import is_readable
from kerlite.core.registry import register_public
from kerlite.losses.base import Loss
from kerlite.losses.shapes import lifted, on_tensors

__all__ = ["CTC", "ctc"]

_BLANK = 0


@on_tensors
def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """-log of the probability of all alignments of the labels with the steps; see `CTC`.

    Args:
        y_true: integer labels from 1, (n, most labels), 0 after the last one.
        y_pred: logits, (n, steps, classes), class 0 for "no label here". A mask on them, True for
            the first steps of a sample and False after, tells how many there are.

    Raises:
        ValueError: for other shapes; on the CPU, for labels that are no classes.

    Example:
        >>> ctc([[1, 2]], [[[0.0, 9.0, 0.0], [0.0, 0.0, 9.0]]])
        tensor([0.0005])

    Source: keras.losses.ctc.
    """
    _check_shapes(tuple(y_true.shape), tuple(y_pred.shape))
    count, steps, classes = y_pred.shape
    mask = getattr(y_pred, "_keras_mask", None)
    y_pred = lifted(y_pred)
    labels = y_true.long()
    if is_readable(labels):
        _check_range(labels, classes)
    label_lengths = (labels != _BLANK).sum(-1)
    lengths = torch.full((count,), steps)
    if mask is not None:
        mask = mask.reshape(count, steps)
        lengths = mask.sum(-1)
        label_lengths = label_lengths * (lengths > 0)
        lengths = lengths.clamp(min=1)
    losses = alignment_loss(y_pred, labels, lengths, label_lengths, _BLANK)
    if mask is not None:
        exists = mask.any(-1)
        losses = losses.where(exists, 0)
        losses._keras_mask = exists  # type: ignore[attr-defined]
    return losses


class CTC(Loss):
    """Connectionist temporal classification: labels in order, at unknown steps.

    -log of the sum of the probabilities of all alignments; an alignment gives each step a label or
    the blank, class 0, and repeated labels count once unless a blank is between them. A sample with
    too few steps for its labels has an infinite loss.

    Labels that are no classes raise an error on the CPU; on an accelerator they are not looked at
    in a step, but before `fit` begins. torch's kernel reads the lengths of the labels, for which it
    waits for the accelerator.

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Shape:
        Logits (n, steps, classes), not softmax; integer labels (n, most labels), from 1 to
        classes - 1, filled up with 0. A mask (n, steps) on the logits, True for the first steps of
        a sample and False after, tells how many there are.

    Example:
        >>> CTC()([[1, 2]], [[[0.0, 9.0, 0.0], [0.0, 0.0, 9.0]]])
        tensor(0.0005)

    Source: keras.losses.CTC; Graves et al., 2006; runs as torch.nn.functional.ctc_loss. Keras does
    not know masks here.
    """

    _targets_keep_dtype: ClassVar[bool] = True
    _mask_is_of_losses: ClassVar[bool] = False

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each sample."""
        return ctc(y_true, y_pred)

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError for labels that are no classes, gaps, or more labels than steps."""
        _check_shapes(tuple(np.shape(y_true)), tuple(y_pred_shape))
        labels = torch.as_tensor(np.asarray(y_true) if isinstance(y_true, list) else y_true)
        steps, classes = y_pred_shape[1:]
        _check_range(labels, classes)
        is_label = labels != _BLANK
        _raise_at(
            (is_label[:, 1:] & ~is_label[:, :-1]).any(-1),
            "has labels after a 0, which ends the labels and is the class for 'no label here'. "
            "Number the classes from 1, and fill up with 0 at the end.",
        )
        if steps is not None:
            repeats = (labels[:, 1:] == labels[:, :-1]) & is_label[:, 1:]
            _raise_at(
                is_label.sum(-1) + repeats.sum(-1) > steps,
                f"has more labels than fit the {steps} steps that the model makes (two equal ones "
                "in a row need a step between them). Let the model make more steps, or leave it "
                "out.",
            )


def _check_shapes(labels: tuple[int | None, ...], logits: tuple[int | None, ...]) -> None:
    same_count = None in (labels[:1] + logits[:1]) or labels[:1] == logits[:1]
    if len(labels) != 2 or len(logits) != 3 or not same_count:
        raise ValueError(
            "CTC takes labels of shape (n, most labels) and logits of shape (n, steps, classes); "
            f"received labels of shape {labels} and logits of shape {logits}."
        )


def _check_range(labels: Tensor, classes: int | None) -> None:
    if labels.numel() == 0 or classes is None:
        return
    low, high = (extreme.item() for extreme in labels.aminmax())
    if not (low >= 0 and high < classes):
        raise ValueError(
            f"CTC expects labels from 1 to {classes - 1}, for the {classes} classes that are "
            f"predicted (0 is for 'no label here' and fills up); received labels from {low} to "
            f"{high}."
        )


def _raise_at(is_bad: Tensor, problem: str) -> None:
    if is_bad.any():
        raise ValueError(f"CTC: sample {int(is_bad.to(torch.uint8).argmax())} {problem}")


register_public(ctc, module="keras.losses")
