"""Cross-entropies, and the ratio of signal to noise."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.probabilities import (
    at_labels,
    binary_loss,
    class_labels,
    classes_second,
    normalized,
)
from kerlite.core.promotion import as_floating, promote_all

__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "psnr",
    "sparse_categorical_crossentropy",
]


@operation("nn", inputs=2)
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """Return -target * log(p) - (1 - target) * log(1 - p), element by element.

    Args:
        target: numbers from 0 to 1.
        output: p, kept away from 0 and 1 by `config.epsilon()`; or logits, p = sigmoid(output).
        from_logits: whether they are logits.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> binary_crossentropy([0.0, 1.0], [0.5, 0.25])
        tensor([0.6931, 1.3863])

    Source: keras.ops.binary_crossentropy. Half precision is computed in float32.
    """
    y, p, kind = _pair("binary_crossentropy", target, output)
    if from_logits:
        return F.binary_cross_entropy_with_logits(p, y, reduction="none").to(kind)
    return binary_loss(y, p, "none").to(kind)


@operation("nn", inputs=2)
def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Return -sum(target * log(p)) over the classes.

    Args:
        target: the probabilities of the classes.
        output: p, which is divided by its sum and kept away from 0 and 1 by `config.epsilon()`; or
            logits, p = softmax(output).
        from_logits: whether they are logits.
        axis: the axis of the classes.

    Raises:
        ValueError: if the shapes differ, or have no such axis.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
        tensor([0.6931])

    Source: keras.ops.categorical_crossentropy. Half precision is computed in float32.
    """
    y, p, kind = _pair("categorical_crossentropy", target, output)
    logarithms = p.log_softmax(axis) if from_logits else normalized(p, axis).log()
    return -(y * logarithms).sum(axis).to(kind)


@operation("nn", inputs=2)
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Return -log(p[target]), for integer labels.

    Args:
        target: the labels, with or without an axis of size 1 for the classes.
        output: p, which is divided by its sum and kept away from 0 and 1 by `config.epsilon()`; or
            logits, p = softmax(output).
        from_logits: whether they are logits.
        axis: the axis of the classes.

    Raises:
        ValueError: unless there is a label for each prediction; on the CPU, for labels out of
            range.

    Example:
        >>> sparse_categorical_crossentropy([1, 0], [[0.5, 0.5], [0.25, 0.75]])
        tensor([0.6931, 1.3863])

    Source: keras.ops.sparse_categorical_crossentropy. Half precision is computed in float32.
    """
    p = as_floating(output)
    if p.ndim == 0:
        raise ValueError("sparse_categorical_crossentropy needs an output with an axis of classes.")
    labels = class_labels(as_tensor(target), p, axis)
    scores = classes_second(p.float() if p.itemsize == 2 else p, axis)
    if from_logits:
        losses = at_labels(F.cross_entropy, scores, labels, reduction="none")
    else:
        losses = at_labels(F.nll_loss, normalized(scores).log(), labels, reduction="none")
    losses = losses.squeeze(0) if p.ndim == 1 else losses
    return losses.to(p.dtype)


@operation("nn", "PSNR", inputs=2)
def psnr(x1: Any, x2: Any, max_val: float) -> Tensor:
    """Return the peak signal-to-noise ratio, 20 * log10(max_val) - 10 * log10(mean((x1 - x2)^2)).

    Args:
        x1: a signal, such as an image.
        x2: another, of the same shape.
        max_val: the largest value that a signal can have, such as 255.

    Returns:
        A number of decibels for all of it; inf for equal signals.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> psnr([0.0, 1.0], [0.1, 0.9], max_val=1.0)
        tensor(20.0000)

    Source: keras.ops.psnr.
    """
    x1, x2 = promote_all([x1, x2], floating=True)
    if x1.shape != x2.shape:
        raise _shapes_differ("psnr", "x1", x1, "x2", x2)
    if isinstance(max_val, (int, float)):
        peak: Any = math.log10(max_val)
    else:
        peak = torch.log10(as_floating(max_val).to(x1.dtype))
    return 20 * peak - 10 * torch.log10((x1 - x2).square().mean())


def _pair(owner: str, target: Any, output: Any) -> tuple[Tensor, Tensor, torch.dtype]:
    """Return both in one type, at least float32, and the type of the result."""
    y, p = promote_all([target, output], floating=True)
    if y.shape != p.shape:
        raise _shapes_differ(owner, "target", y, "output", p)
    kind = p.dtype
    return (y.float(), p.float(), kind) if p.itemsize == 2 else (y, p, kind)


def _shapes_differ(owner: str, name1: str, x1: Tensor, name2: str, x2: Tensor) -> ValueError:
    return ValueError(
        f"{owner} needs {name1} and {name2} of one shape; received {tuple(x1.shape)} and "
        f"{tuple(x2.shape)}."
    )
