"""Functions that are linear, or nearly so, above a threshold."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating

__all__ = [
    "celu",
    "elu",
    "leaky_relu",
    "relu",
    "relu6",
    "selu",
    "softplus",
    "sparse_plus",
    "squareplus",
    "threshold",
]


@operation("nn")
def relu(x: Any) -> Tensor:
    """Return max(x, 0).

    Args:
        x: a tensor, or anything that becomes one; integers stay integers.

    Example:
        >>> relu([-1.0, 2.0])
        tensor([0., 2.])

    Source: keras.ops.relu.
    """
    return torch.relu(as_tensor(x))


@operation("nn")
def relu6(x: Any) -> Tensor:
    """Return min(max(x, 0), 6).

    Args:
        x: a tensor, or anything that becomes one; integers stay integers.

    Example:
        >>> relu6([-1.0, 2.0, 9.0])
        tensor([0., 2., 6.])

    Source: keras.ops.relu6.
    """
    return F.relu6(as_tensor(x))


@operation("nn")
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """Return x where x > 0, negative_slope * x elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        negative_slope: the slope below zero.

    Example:
        >>> leaky_relu([-1.0, 2.0])
        tensor([-0.2000,  2.0000])

    Source: keras.ops.leaky_relu.
    """
    return F.leaky_relu(as_floating(x), negative_slope)


@operation("nn")
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """Return x where x > 0, alpha * (exp(x) - 1) elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        alpha: minus the limit far below zero.

    Example:
        >>> elu([-1.0, 2.0])
        tensor([-0.6321,  2.0000])

    Source: keras.ops.elu.
    """
    return F.elu(as_floating(x), alpha)


@operation("nn")
def selu(x: Any) -> Tensor:
    """Return 1.0507 * elu(x, alpha=1.6733), which keeps mean 0 and variance 1 across layers.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> selu([-1.0, 1.0])
        tensor([-1.1113,  1.0507])

    Source: keras.ops.selu.
    """
    return F.selu(as_floating(x))


@operation("nn")
def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """Return x where x > 0, alpha * (exp(x / alpha) - 1) elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        alpha: minus the limit far below zero; the slope at zero is 1 whatever it is.

    Example:
        >>> celu([-1.0, 1.0], alpha=2.0)
        tensor([-0.7869,  1.0000])

    Source: keras.ops.celu.
    """
    return F.celu(as_floating(x), alpha)


@operation("nn")
def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    """Return x where x > threshold, default_value elsewhere.

    Args:
        x: a tensor, or anything that becomes one; integers stay integers.
        threshold: the largest value that is replaced.
        default_value: what replaces it.

    Example:
        >>> threshold([-2.0, 1.0], 0.0, -1.0)
        tensor([-1.,  1.])

    Source: keras.ops.threshold.
    """
    return F.threshold(as_tensor(x), threshold, default_value)


@operation("nn")
def softplus(x: Any) -> Tensor:
    """Return log(1 + exp(x)), a smooth relu.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> softplus([-3.0, 0.0, 3.0])
        tensor([0.0486, 0.6931, 3.0486])

    Source: keras.ops.softplus.
    """
    return F.softplus(as_floating(x))


@operation("nn")
def squareplus(x: Any, b: float = 4) -> Tensor:
    """Return (x + sqrt(x^2 + b)) / 2, a smooth relu without exponentials.

    Args:
        x: a tensor, or anything that becomes one.
        b: the smoothness, >= 0; 0 gives relu.

    Example:
        >>> squareplus([0.0, 1.5])
        tensor([1., 2.])

    Source: keras.ops.squareplus.
    """
    x = as_floating(x)
    return (x + torch.sqrt(x * x + b)) / 2


@operation("nn")
def sparse_plus(x: Any) -> Tensor:
    """Return 0 where x <= -1, (x + 1)^2 / 4 in between, x where x >= 1.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> sparse_plus([-2.0, 0.0, 3.0])
        tensor([0.0000, 0.2500, 3.0000])

    Source: keras.ops.sparse_plus.
    """
    x = as_floating(x)
    return torch.where(x <= -1, 0, torch.where(x < 1, 0.25 * (x + 1) ** 2, x))
