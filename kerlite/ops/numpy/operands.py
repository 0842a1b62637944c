"""The two operands of a function, as torch's functions want them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.promotion import as_floating, promote

__all__ = ["DTYPE_BY_NAME", "as_wide_floating", "counted", "tensors"]


def _name_of(dtype: Any) -> str | None:
    return None if dtype is None else dtypes.standardize_dtype(dtype)


DTYPE_BY_NAME = {"dtype": _name_of}  # how files have the option: torch's types have no form


def as_wide_floating(x: Any) -> Tensor:
    """Return `x` as floating-point numbers; int64 becomes float64, other integers floatx.

    Example:
        >>> as_wide_floating(torch.tensor([1])).dtype, as_wide_floating([1]).dtype
        (torch.float64, torch.float32)
    """
    x = as_tensor(x)
    return x.to(torch.float64) if x.dtype is torch.int64 else as_floating(x)


def counted(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Return two operands of one type as `promote` does; booleans become int32.

    Example:
        >>> counted(torch.tensor([True]), True)
        (tensor([1], dtype=torch.int32), 1)
    """
    x1, x2 = promote(x1, x2)
    return _number(x1), _number(x2)


def tensors(x1: Any, x2: Any, floating: bool = False) -> tuple[Tensor, Tensor]:
    """Return two operands of one type as `promote` does, Python's numbers as tensors too.

    Example:
        >>> tensors(torch.tensor([1, 2]), 0.5)
        (tensor([1., 2.]), tensor(0.5000))
    """
    x1, x2 = promote(x1, x2, floating)
    if not isinstance(x2, Tensor):
        return x1, torch.scalar_tensor(x2, dtype=x1.dtype, device=x1.device)
    if not isinstance(x1, Tensor):
        return torch.scalar_tensor(x1, dtype=x2.dtype, device=x2.device), x2
    return x1, x2


def _number(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.to(torch.int32) if x.dtype is torch.bool else x
    return int(x) if isinstance(x, bool) else x
