"""Whether operands are of one type already, so that nothing is to be promoted: the usual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

__all__ = ["are_alike", "are_floats"]


def are_floats(values: Sequence[Any]) -> bool:
    """Return whether all are tensors of one floating type.

    Example:
        >>> import torch
        >>> are_floats([torch.ones(2), torch.ones(1)]), are_floats([torch.ones(2), 1.0])
        (True, False)
    """
    first = values[0] if values else None
    if not isinstance(first, Tensor):
        return False
    kind = first.dtype
    if not kind.is_floating_point:
        return False
    for value in values[1:]:
        if not isinstance(value, Tensor) or value.dtype is not kind:
            return False
    return True


def are_alike(values: Sequence[Any], floating: bool) -> bool:
    """Return whether all are tensors of one type, a floating one if asked for, on one device."""
    first = values[0] if values else None
    if not isinstance(first, Tensor):
        return False
    kind, device = first.dtype, first.device
    if floating and not kind.is_floating_point:
        return False
    for value in values[1:]:
        if not isinstance(value, Tensor) or value.dtype is not kind or value.device != device:
            return False
    return True
