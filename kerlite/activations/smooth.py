"""Smooth, unbounded activations, and the identity."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from kerlite.core.convert import as_tensor

__all__ = ["exponential", "linear", "softplus", "sparse_plus", "squareplus"]


def linear(x: Any) -> torch.Tensor:
    """Return x as it is.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> linear(torch.tensor([-2.0, 0.3]))
        tensor([-2.0000,  0.3000])

    Source: keras.activations.linear.
    """
    return x


def exponential(x: Any) -> torch.Tensor:
    """Return exp(x).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> exponential(torch.tensor([0.0, 1.0]))
        tensor([1.0000, 2.7183])

    Source: keras.activations.exponential.
    """
    return torch.exp(as_tensor(x))


def softplus(x: Any) -> torch.Tensor:
    """Return log(1 + exp(x)), a smooth relu.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> softplus(torch.tensor([-3.0, 0.0, 3.0]))
        tensor([0.0486, 0.6931, 3.0486])

    Source: keras.activations.softplus.
    """
    return F.softplus(as_tensor(x))


def squareplus(x: Any, b: float = 4) -> torch.Tensor:
    """Return (x + sqrt(x^2 + b)) / 2, a smooth relu without exponentials.

    Args:
        x: a tensor, or anything that becomes one.
        b: the smoothness, >= 0; 0 gives relu.

    Example:
        >>> squareplus(torch.tensor([0.0, 1.5]))
        tensor([1., 2.])

    Source: Barron 2021, arXiv:2112.11687; keras.activations.squareplus.
    """
    x = as_tensor(x)
    return (x + torch.sqrt(x * x + b)) / 2


def sparse_plus(x: Any) -> torch.Tensor:
    """Return 0 where x <= -1, (x + 1)^2 / 4 in between, x where x >= 1.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> sparse_plus(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([0.0000, 0.2500, 3.0000])

    Source: keras.activations.sparse_plus.
    """
    x = as_tensor(x)
    curve = torch.where(x < 1, 0.25 * (x + 1) ** 2, x)
    return torch.where(x <= -1, 0, curve)
