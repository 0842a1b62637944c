"""Functions of signal processing and physics, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.ops.numpy.operands import as_wide_floating, tensors

__all__ = ["heaviside", "i0", "sinc"]


@operation("numpy")
def sinc(x: Any) -> Tensor:
    """Return `sin(pi * x) / (pi * x)`, which is 1 at 0.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> sinc([0.0, 0.5])
        tensor([1.0000, 0.6366])

    Source: keras.ops.sinc.
    """
    return torch.sinc(as_floating(x))


@operation("numpy")
def i0(x: Any) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 0.

    Args:
        x: a tensor, array, list or number; int64 becomes float64, other integers floatx.

    Example:
        >>> i0([0.0, 1.0])
        tensor([1.0000, 1.2661])

    Source: keras.ops.i0.
    """
    return torch.i0(as_wide_floating(x))


@operation("numpy", inputs=2)
def heaviside(x1: Any, x2: Any) -> Tensor:
    """Return 0 where `x1` is below 0, 1 above, `x2` at 0, NaN at NaN.

    No gradient passes through.

    Args:
        x1: numbers; integers become floatx.
        x2: the value at 0; the two are broadcast.

    Example:
        >>> heaviside([-1.5, 0.0, 2.0], 0.5)
        tensor([0.0000, 0.5000, 1.0000])

    Source: keras.ops.heaviside; NaN stays NaN as in NumPy, where Keras on torch returns 0.
    """
    x1, x2 = tensors(x1, x2)
    if x1.dtype is torch.bool:
        return torch.heaviside(x1, x2)
    x1, x2 = as_floating(x1).detach(), as_floating(x2).detach()
    return torch.where(x1.isnan(), x1, torch.heaviside(x1, x2))
