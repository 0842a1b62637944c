"""Choosing between values, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote, promote_all

__all__ = ["select", "where"]


@operation("numpy", inputs=3)
def where(condition: Any, x1: Any = None, x2: Any = None) -> Tensor:
    """Return `x1` where the condition holds, `x2` elsewhere.

    Without `x1` and `x2`, return the places where it holds, one row an axis. How many there are
    depends on values, so that form is not symbolic.

    Args:
        condition: booleans; of other types, what is not 0 holds.
        x1: a tensor, array, list or number; the three are broadcast.
        x2: likewise.

    Raises:
        ValueError: if one of `x1` and `x2` is None.

    Example:
        >>> where([True, False], [1, 2], 0.5)
        tensor([1.0000, 0.5000])
        >>> where([False, True, True])
        tensor([[1, 2]])

    Source: keras.ops.where.
    """
    condition = as_tensor(condition)
    if condition.dtype is not torch.bool:
        condition = condition.to(torch.bool)
    if x1 is None and x2 is None:
        return torch.stack(torch.where(condition))
    if x1 is None or x2 is None:
        raise ValueError(f"where() takes x1 and x2, or neither; received x1={x1}, x2={x2}.")
    x1, x2 = promote(x1, x2)
    return torch.where(condition, x1, x2)


@operation("numpy", inputs=3)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """Return, for every element, the choice whose condition is the first that holds.

    Args:
        condlist: a list of boolean tensors.
        choicelist: as many tensors to choose from; all are broadcast.
        default: the value where no condition holds.

    Raises:
        ValueError: if there are not as many conditions as choices.

    Example:
        >>> select([[True, False, False], [True, True, False]], [[1, 2, 3], [4, 5, 6]], 9)
        tensor([1, 5, 9], dtype=torch.int32)

    Source: keras.ops.select.
    """
    if len(condlist) != len(choicelist):
        raise ValueError(
            "select() takes one choice a condition; "
            f"received {len(condlist)} conditions and {len(choicelist)} choices."
        )
    *choices, found = promote_all([*choicelist, default])
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        found = torch.where(as_tensor(condition).to(torch.bool), choice, found)
    return found
