"""Activations whose values along an axis form a probability distribution."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch

from kerlite.core import simplex
from kerlite.core.convert import as_tensor
from kerlite.core.tensor import is_keras_tensor, record

__all__ = ["log_softmax", "softmax", "sparsemax"]


def softmax(x: Any, axis: int | Sequence[int] | None = -1) -> torch.Tensor:
    """Return exp(x) / sum(exp(x)) along an axis.

    Along the last axis the result remembers x as `_keras_logits`, from which losses are computed
    stably.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis, or several that are normalised together; None for all.

    Example:
        >>> softmax(torch.tensor([0.0, 1.0, 1.0]))
        tensor([0.1554, 0.4223, 0.4223])

    Source: keras.activations.softmax.
    """
    x = as_tensor(x)
    if is_keras_tensor(x):
        return record(softmax, (x, axis), {})
    if not isinstance(axis, int):
        return log_softmax(x, axis).exp()
    probabilities = torch.softmax(x, axis)
    if not isinstance(x, torch.Tensor):  # a torch.fx proxy
        return probabilities
    if x.ndim and x.shape[axis] == 1 and not torch.compiler.is_compiling():
        warnings.warn(
            f"softmax over axis {axis} of a tensor of shape {tuple(x.shape)} is 1 everywhere: the "
            "axis has size 1. Use sigmoid for a single output.",
            stacklevel=2,
        )
    if axis in (-1, x.ndim - 1):
        probabilities._keras_logits = x  # type: ignore[attr-defined]
        probabilities._keras_logits_of = "softmax"  # type: ignore[attr-defined]
    return probabilities


def log_softmax(x: Any, axis: int | Sequence[int] | None = -1) -> torch.Tensor:
    """Return x - log(sum(exp(x))) along an axis.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis, or several that are normalised together; None for all.

    Example:
        >>> log_softmax(torch.tensor([0.0, 1.0, 1.0]))
        tensor([-1.8620, -0.8620, -0.8620])

    Source: keras.activations.log_softmax.
    """
    return simplex.log_softmax(as_tensor(x), axis)


def sparsemax(x: Any, axis: int = -1) -> torch.Tensor:
    """Return max(x - tau, 0) with the tau that makes sums along an axis 1: a softmax with zeros.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis.

    Example:
        >>> sparsemax(torch.tensor([0.5, 0.4, -3.0]))
        tensor([0.5500, 0.4500, 0.0000])

    Source: Martins and Astudillo 2016, arXiv:1602.02068; keras.activations.sparsemax. Keras 3.15
    adds up partial sums: where it keeps more than one value, the result does not sum to 1.
    """
    return simplex.nearest_on_simplex(as_tensor(x), axis)
