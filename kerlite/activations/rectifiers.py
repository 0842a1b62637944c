"""Activations that are linear above a threshold."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from kerlite.core.convert import as_tensor

__all__ = ["celu", "elu", "leaky_relu", "relu", "relu6", "selu", "threshold"]


def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> torch.Tensor:
    """Return x above a threshold, at most max_value, and below it a line of another slope.

    min(x, max_value) where x > threshold, negative_slope * (x - threshold) elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        negative_slope: the slope up to the threshold.
        max_value: the largest value returned; None for no limit.
        threshold: where the linear part begins.

    Example:
        >>> relu(torch.tensor([-2.0, 1.0, 9.0]), negative_slope=0.5, max_value=6.0)
        tensor([-1.,  1.,  6.])

    Source: keras.activations.relu.
    """
    x = x if type(x) is torch.Tensor else as_tensor(x)
    if threshold == 0.0 and max_value is None:
        return F.leaky_relu(x, negative_slope) if negative_slope else torch.relu(x)
    kept = torch.where(x > threshold, x, 0) if threshold else torch.relu(x)
    if max_value is not None:
        kept = kept.clamp(0, max_value)
    return kept - negative_slope * torch.relu(threshold - x) if negative_slope else kept


def relu6(x: Any) -> torch.Tensor:
    """Return min(max(x, 0), 6).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> relu6(torch.tensor([-2.0, 1.0, 9.0]))
        tensor([0., 1., 6.])

    Source: keras.activations.relu6.
    """
    return F.relu6(as_tensor(x))


def leaky_relu(x: Any, negative_slope: float = 0.2) -> torch.Tensor:
    """Return x where x > 0, negative_slope * x elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        negative_slope: the slope below zero.

    Example:
        >>> leaky_relu(torch.tensor([-2.0, 1.0]))
        tensor([-0.4000,  1.0000])

    Source: keras.activations.leaky_relu.
    """
    return F.leaky_relu(as_tensor(x), negative_slope)


def threshold(x: Any, threshold: float, default_value: float) -> torch.Tensor:
    """Return x where x > threshold, default_value elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        threshold: the largest value that is replaced.
        default_value: what replaces it.

    Example:
        >>> threshold(torch.tensor([-2.0, 1.0]), 0.0, -1.0)
        tensor([-1.,  1.])

    Source: keras.activations.threshold.
    """
    return F.threshold(as_tensor(x), threshold, default_value)


def elu(x: Any, alpha: float = 1.0) -> torch.Tensor:
    """Return x where x > 0, alpha * (exp(x) - 1) elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        alpha: minus the limit far below zero.

    Example:
        >>> elu(torch.tensor([-1.0, 1.0]))
        tensor([-0.6321,  1.0000])

    Source: Clevert et al. 2015, arXiv:1511.07289; keras.activations.elu.
    """
    return F.elu(as_tensor(x), alpha)


def selu(x: Any) -> torch.Tensor:
    """Return 1.0507 * elu(x, alpha=1.6733), which keeps mean 0 and variance 1 across layers.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> selu(torch.tensor([-1.0, 1.0]))
        tensor([-1.1113,  1.0507])

    Source: Klambauer et al. 2017, arXiv:1706.02515; keras.activations.selu.
    """
    return F.selu(as_tensor(x))


def celu(x: Any, alpha: float = 1.0) -> torch.Tensor:
    """Return x where x > 0, alpha * (exp(x / alpha) - 1) elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        alpha: minus the limit far below zero; the slope at zero is 1 whatever it is.

    Example:
        >>> celu(torch.tensor([-1.0, 1.0]), alpha=2.0)
        tensor([-0.7869,  1.0000])

    Source: Barron 2017, arXiv:1704.07483; keras.activations.celu.
    """
    return F.celu(as_tensor(x), alpha)
