"""Functions whose values along an axis are probabilities, or logarithms of them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core import simplex
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating

__all__ = ["log_softmax", "softmax", "sparsemax"]


@operation("nn")
def softmax(x: Any, axis: int | Sequence[int] | None = -1) -> Tensor:
    """Return exp(x) / sum(exp(x)) along an axis. An axis of size 1 gives a warning.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis, or several that are normalised together; None for all.

    Example:
        >>> softmax([0.0, 1.0, 1.0])
        tensor([0.1554, 0.4223, 0.4223])

    Source: keras.ops.softmax.
    """
    x = as_floating(x)
    if not isinstance(axis, int):
        return simplex.log_softmax(x, axis).exp()
    probabilities = torch.softmax(x, axis)
    if x.ndim and x.shape[axis] == 1 and not torch.compiler.is_compiling():
        warnings.warn(
            f"softmax over axis {axis} of a tensor of shape {tuple(x.shape)} is 1 everywhere: the "
            "axis has size 1. Use sigmoid for a single output.",
            stacklevel=3,
        )
    return probabilities


@operation("nn")
def log_softmax(x: Any, axis: int | Sequence[int] | None = -1) -> Tensor:
    """Return x - log(sum(exp(x))) along an axis.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis, or several that are normalised together; None for all.

    Example:
        >>> log_softmax([0.0, 1.0, 1.0])
        tensor([-1.8620, -0.8620, -0.8620])

    Source: keras.ops.log_softmax.
    """
    return simplex.log_softmax(as_floating(x), axis)


@operation("nn")
def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """Return max(x - tau, 0) with the tau that makes sums along an axis 1: a softmax with zeros.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis.

    Example:
        >>> sparsemax([0.5, 0.4, -3.0])
        tensor([0.5500, 0.4500, 0.0000])

    Source: Martins and Astudillo 2016, arXiv:1602.02068; keras.ops.sparsemax. Keras 3.15 adds up
    partial sums: where it keeps more than one value, the result does not sum to 1.
    """
    return simplex.nearest_on_simplex(as_floating(x), axis)
