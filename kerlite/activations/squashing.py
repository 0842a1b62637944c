"""Activations with values in a bounded range, and the logarithm of one."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from kerlite.core.convert import as_tensor
from kerlite.core.tensor import is_keras_tensor, record

__all__ = [
    "hard_sigmoid",
    "hard_tanh",
    "log_sigmoid",
    "sigmoid",
    "softsign",
    "sparse_sigmoid",
    "tanh",
]


def sigmoid(x: Any) -> torch.Tensor:
    """Return 1 / (1 + exp(-x)), in (0, 1).

    The result remembers x as `_keras_logits`, from which losses are computed stably.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> sigmoid(torch.tensor([-1.0, 0.0]))
        tensor([0.2689, 0.5000])

    Source: keras.activations.sigmoid.
    """
    x = as_tensor(x)
    if is_keras_tensor(x):
        return record(sigmoid, (x,), {})
    probabilities = torch.sigmoid(x)
    probabilities._keras_logits = x  # type: ignore[attr-defined]
    probabilities._keras_logits_of = "sigmoid"  # type: ignore[attr-defined]
    return probabilities


def hard_sigmoid(x: Any) -> torch.Tensor:
    """Return min(max(x / 6 + 1 / 2, 0), 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> hard_sigmoid(torch.tensor([-4.0, 0.0, 1.5]))
        tensor([0.0000, 0.5000, 0.7500])

    Source: keras.activations.hard_sigmoid.
    """
    return F.hardsigmoid(as_tensor(x))


def sparse_sigmoid(x: Any) -> torch.Tensor:
    """Return min(max((x + 1) / 2, 0), 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> sparse_sigmoid(torch.tensor([-2.0, 0.0, 0.5]))
        tensor([0.0000, 0.5000, 0.7500])

    Source: Blondel et al. 2019, arXiv:1901.02324; keras.activations.sparse_sigmoid.
    """
    return 0.5 * (F.hardtanh(as_tensor(x)) + 1)


def log_sigmoid(x: Any) -> torch.Tensor:
    """Return log(sigmoid(x)), in (-inf, 0).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> log_sigmoid(torch.tensor([-100.0, 0.0]))
        tensor([-100.0000,   -0.6931])

    Source: keras.activations.log_sigmoid.
    """
    return F.logsigmoid(as_tensor(x))


def tanh(x: Any) -> torch.Tensor:
    """Return (exp(x) - exp(-x)) / (exp(x) + exp(-x)), in (-1, 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> tanh(torch.tensor([-1.0, 0.0]))
        tensor([-0.7616,  0.0000])

    Source: keras.activations.tanh.
    """
    return torch.tanh(as_tensor(x))


def hard_tanh(x: Any) -> torch.Tensor:
    """Return min(max(x, -1), 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> hard_tanh(torch.tensor([-2.0, 0.5]))
        tensor([-1.0000,  0.5000])

    Source: keras.activations.hard_tanh.
    """
    return F.hardtanh(as_tensor(x))


def softsign(x: Any) -> torch.Tensor:
    """Return x / (1 + |x|), in (-1, 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> softsign(torch.tensor([-1.0, 3.0]))
        tensor([-0.5000,  0.7500])

    Source: keras.activations.softsign.
    """
    return F.softsign(as_tensor(x))
