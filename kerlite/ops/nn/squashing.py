"""Functions with values in a bounded range, their logarithms, and those that shrink to zero."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating

__all__ = [
    "hard_shrink",
    "hard_sigmoid",
    "hard_tanh",
    "log_sigmoid",
    "sigmoid",
    "soft_shrink",
    "softsign",
    "sparse_sigmoid",
    "tanh_shrink",
]


@operation("nn")
def sigmoid(x: Any) -> Tensor:
    """Return 1 / (1 + exp(-x)), in (0, 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> sigmoid([-1.0, 0.0])
        tensor([0.2689, 0.5000])

    Source: keras.ops.sigmoid.
    """
    return torch.sigmoid(as_floating(x))


@operation("nn")
def hard_sigmoid(x: Any) -> Tensor:
    """Return min(max(x / 6 + 1 / 2, 0), 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> hard_sigmoid([-4.0, 0.0, 1.5])
        tensor([0.0000, 0.5000, 0.7500])

    Source: keras.ops.hard_sigmoid.
    """
    return F.hardsigmoid(as_floating(x))


@operation("nn")
def sparse_sigmoid(x: Any) -> Tensor:
    """Return min(max((x + 1) / 2, 0), 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> sparse_sigmoid([-2.0, 0.0, 0.5])
        tensor([0.0000, 0.5000, 0.7500])

    Source: keras.ops.sparse_sigmoid.
    """
    return 0.5 * (F.hardtanh(as_floating(x)) + 1)


@operation("nn")
def log_sigmoid(x: Any) -> Tensor:
    """Return log(sigmoid(x)), in (-inf, 0).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> log_sigmoid([-100.0, 0.0])
        tensor([-100.0000,   -0.6931])

    Source: keras.ops.log_sigmoid.
    """
    return F.logsigmoid(as_floating(x))


@operation("nn")
def hard_tanh(x: Any) -> Tensor:
    """Return min(max(x, -1), 1).

    Args:
        x: a tensor, or anything that becomes one; integers stay integers.

    Example:
        >>> hard_tanh([-2.0, 0.5])
        tensor([-1.0000,  0.5000])

    Source: keras.ops.hard_tanh.
    """
    return F.hardtanh(as_tensor(x))


@operation("nn")
def softsign(x: Any) -> Tensor:
    """Return x / (1 + |x|), in (-1, 1).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> softsign([-1.0, 3.0])
        tensor([-0.5000,  0.7500])

    Source: keras.ops.softsign.
    """
    return F.softsign(as_floating(x))


@operation("nn")
def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """Return sign(x) * max(|x| - threshold, 0).

    Args:
        x: a tensor, or anything that becomes one.
        threshold: how far values move towards zero, >= 0.

    Example:
        >>> soft_shrink([-2.0, 0.3])
        tensor([-1.5000,  0.0000])

    Source: keras.ops.soft_shrink.
    """
    return F.softshrink(as_floating(x), threshold)


@operation("nn")
def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """Return x where |x| > threshold, 0 elsewhere.

    Args:
        x: a tensor, or anything that becomes one.
        threshold: the largest distance from zero that is cut.

    Example:
        >>> hard_shrink([-2.0, 0.3])
        tensor([-2.,  0.])

    Source: keras.ops.hard_shrink.
    """
    return F.hardshrink(as_floating(x), threshold)


@operation("nn")
def tanh_shrink(x: Any) -> Tensor:
    """Return x - tanh(x).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> tanh_shrink([-2.0, 0.3])
        tensor([-1.0360,  0.0087])

    Source: keras.ops.tanh_shrink.
    """
    return F.tanhshrink(as_floating(x))
