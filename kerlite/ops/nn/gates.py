"""Functions that scale their input by a gate computed from it."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating

__all__ = ["gelu", "glu", "hard_silu", "hard_swish", "silu", "swish"]


@operation("nn")
def silu(x: Any) -> Tensor:
    """Return x * sigmoid(x), also named swish.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> silu([-1.0, 1.0])
        tensor([-0.2689,  0.7311])

    Source: keras.ops.silu.
    """
    return F.silu(as_floating(x))


@operation("nn")
def hard_silu(x: Any) -> Tensor:
    """Return x * hard_sigmoid(x), also named hard swish.

    Args:
        x: a tensor, or anything that becomes one.

    Example:
        >>> hard_silu([-1.0, 1.0, 4.0])
        tensor([-0.3333,  0.6667,  4.0000])

    Source: keras.ops.hard_silu.
    """
    return F.hardswish(as_floating(x))


@operation("nn")
def gelu(x: Any, approximate: bool = True) -> Tensor:
    """Return x * P(n <= x) for a standard normal n: 0.5 * x * (1 + erf(x / sqrt(2))).

    Args:
        x: a tensor, or anything that becomes one.
        approximate: whether to use a formula with tanh instead of erf.

    Example:
        >>> gelu([-1.0, 1.0], approximate=False)
        tensor([-0.1587,  0.8413])

    Source: keras.ops.gelu.
    """
    return F.gelu(as_floating(x), approximate="tanh" if approximate else "none")


@operation("nn")
def glu(x: Any, axis: int = -1) -> Tensor:
    """Return a * sigmoid(b), where a and b are the two halves of x along an axis.

    Args:
        x: a tensor, or anything that becomes one.
        axis: the axis to halve.

    Raises:
        ValueError: if the axis has an odd size.

    Example:
        >>> glu([3.0, 0.0])
        tensor([1.5000])

    Source: keras.ops.glu.
    """
    return F.glu(as_floating(x), axis)


swish = silu
hard_swish = hard_silu
