"""Truth values, element by element: whatever is not 0 is true."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.ops.numpy.operands import tensors

__all__ = ["logical_and", "logical_not", "logical_or", "logical_xor"]


@operation("numpy", inputs=2)
def logical_and(x1: Any, x2: Any) -> Tensor:
    """Return whether both are true.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> logical_and([True, False], True)
        tensor([ True, False])

    Source: keras.ops.logical_and.
    """
    return torch.logical_and(*tensors(x1, x2))


@operation("numpy", inputs=2)
def logical_or(x1: Any, x2: Any) -> Tensor:
    """Return whether at least one is true.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> logical_or([True, False], False)
        tensor([ True, False])

    Source: keras.ops.logical_or.
    """
    return torch.logical_or(*tensors(x1, x2))


@operation("numpy", inputs=2)
def logical_xor(x1: Any, x2: Any) -> Tensor:
    """Return whether exactly one is true.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> logical_xor([True, False], True)
        tensor([False,  True])

    Source: keras.ops.logical_xor.
    """
    return torch.logical_xor(*tensors(x1, x2))


@operation("numpy")
def logical_not(x: Any) -> Tensor:
    """Return whether each element is false.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> logical_not([1.5, 0.0])
        tensor([False,  True])

    Source: keras.ops.logical_not.
    """
    return torch.logical_not(as_tensor(x))
