"""Activations that draw small values to zero."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from kerlite.core.convert import as_tensor

__all__ = ["hard_shrink", "soft_shrink", "tanh_shrink"]


def soft_shrink(x: Any, threshold: float = 0.5) -> torch.Tensor:
    """Return sign(x) * max(|x| - threshold, 0).

    Args:
        x: a tensor, or anything that becomes one.
        threshold: how far values move towards zero, >= 0.

    Example:
        >>> soft_shrink(torch.tensor([-2.0, 0.3]))
        tensor([-1.5000,  0.0000])

    Source: keras.activations.soft_shrink.
    """
    return F.softshrink(as_tensor(x), threshold)


def hard_shrink(x: Any, threshold: float = 0.5) -> torch.Tensor:
    """Return x where |x| > threshold, 0 elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        threshold: the largest distance from zero that is cut.

    Example:
        >>> hard_shrink(torch.tensor([-2.0, 0.3]))
        tensor([-2.,  0.])

    Source: keras.activations.hard_shrink.
    """
    return F.hardshrink(as_tensor(x), threshold)


def tanh_shrink(x: Any) -> torch.Tensor:
    """Return x - tanh(x).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> tanh_shrink(torch.tensor([-2.0, 0.3]))
        tensor([-1.0360,  0.0087])

    Source: keras.activations.tanh_shrink.
    """
    return F.tanhshrink(as_tensor(x))
