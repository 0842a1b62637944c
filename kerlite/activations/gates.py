"""Activations that scale their input by a gate computed from it."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from kerlite.core.convert import as_tensor

__all__ = ["gelu", "glu", "hard_silu", "mish", "silu"]


def silu(x: Any) -> torch.Tensor:
    """Return x * sigmoid(x), also named swish.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> silu(torch.tensor([-1.0, 1.0]))
        tensor([-0.2689,  0.7311])

    Source: Ramachandran et al. 2017, arXiv:1710.05941; keras.activations.silu.
    """
    return F.silu(as_tensor(x))


def hard_silu(x: Any) -> torch.Tensor:
    """Return x * hard_sigmoid(x), also named hard swish.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> hard_silu(torch.tensor([-4.0, 1.0, 4.0]))
        tensor([-0.0000, 0.6667, 4.0000])

    Source: Howard et al. 2019, arXiv:1905.02244; keras.activations.hard_silu.
    """
    return F.hardswish(as_tensor(x))


def gelu(x: Any, approximate: bool = False) -> torch.Tensor:
    """Return x * P(n <= x) for a standard normal n: 0.5 * x * (1 + erf(x / sqrt(2))).

    Args:
        x: a tensor, or anything that becomes one.
        approximate: whether to use the tanh formula instead of erf.

    Example:
        >>> gelu(torch.tensor([-1.0, 1.0]))
        tensor([-0.1587,  0.8413])

    Source: Hendrycks and Gimpel 2016, arXiv:1606.08415; keras.activations.gelu.
    """
    return F.gelu(as_tensor(x), approximate="tanh" if approximate else "none")


def glu(x: Any, axis: int = -1) -> torch.Tensor:
    """Return a * sigmoid(b), where a and b are the two halves of x along an axis.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis to halve; its size must be even.

    Example:
        >>> glu(torch.tensor([3.0, 0.0]))
        tensor([1.5000])

    Source: Dauphin et al. 2016, arXiv:1612.08083; keras.activations.glu.
    """
    return F.glu(as_tensor(x), dim=axis)


def mish(x: Any) -> torch.Tensor:
    """Return x * tanh(softplus(x)).

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> mish(torch.tensor([-1.0, 1.0]))
        tensor([-0.3034,  0.8651])

    Source: Misra 2019, arXiv:1908.08681; keras.activations.mish.
    """
    return F.mish(as_tensor(x))
