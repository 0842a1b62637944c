"""Operands brought to one number type, by Keras's lattice; tensors of one type pass untouched."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import config, dtypes
from kerlite.core.alike import are_alike
from kerlite.core.convert import as_tensor

__all__ = ["as_floating", "common_dtype", "promote", "promote_all"]

_SCALARS = (bool, int, float, complex)
_KINDS = [
    torch.bool, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.int8, torch.int16,
    torch.int32, torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64,
    torch.complex64, torch.complex128,
]  # fmt: skip
# Worked out once: looking a pair up is all that a call costs.
_COMMON = {(a, b): dtypes.to_torch_dtype(dtypes.result_type(a, b)) for a in _KINDS for b in _KINDS}
_WITH_INT = {a: dtypes.to_torch_dtype(dtypes.result_type(a, int)) for a in _KINDS}


def common_dtype(*kinds: torch.dtype) -> torch.dtype:
    """Return the type in which tensors of these types are combined.

    Example:
        >>> common_dtype(torch.int64, torch.float16), common_dtype(torch.int8, torch.uint8)
        (torch.float16, torch.int16)
    """
    found = kinds[0]
    for kind in kinds[1:]:
        found = _COMMON[found, kind] if (found, kind) in _COMMON else _unknown_pair(found, kind)
    return found


def as_floating(x: Any) -> Tensor:
    """Return `x` as a tensor of a floating or complex type; integers and booleans become floatx.

    Example:
        >>> as_floating([1, 2])
        tensor([1., 2.])
    """
    if isinstance(x, Tensor) and x.dtype.is_floating_point:  # the usual, in one step
        return x
    x = as_tensor(x)
    if x.is_floating_point() or x.is_complex():
        return x
    return x.to(dtypes.to_torch_dtype(None))


def promote(x1: Any, x2: Any, floating: bool = False) -> tuple[Any, Any]:
    """Return two operands of one type, for torch's binary functions.

    A Python number beside a tensor stays one, the tensor being of the result's type: torch then
    computes in that type too. Of two other operands both become tensors.

    Args:
        x1: a tensor, an array, a list or a number.
        x2: likewise.
        floating: whether integers and booleans become floatx, as for a division.

    Example:
        >>> promote(torch.tensor([1, 2], dtype=torch.int8), 0.5)
        (tensor([1., 2.]), 0.5)
    """
    first, second = isinstance(x1, Tensor), isinstance(x2, Tensor)
    if first and second:
        kind, other = x1.dtype, x2.dtype
        if kind is other and (not floating or kind.is_floating_point):
            return x1, x2  # the usual, in one step
        kind = common_dtype(kind, other)
    elif first and type(x2) in _SCALARS:
        kind = _with_scalar(x1.dtype, x2)
    elif second and type(x1) in _SCALARS:
        kind = _with_scalar(x2.dtype, x1)
    else:
        x1, x2 = promote_all((x1, x2), floating)
        return x1, x2
    if floating and not (kind.is_floating_point or kind.is_complex):
        kind = dtypes.to_torch_dtype(None)
    if first and x1.dtype is not kind:
        x1 = x1.to(kind)
    if second and x2.dtype is not kind:
        x2 = x2.to(kind)
    return x1, x2


def promote_all(values: Any, floating: bool = False) -> list[Tensor]:
    """Return any number of operands as tensors of one type; Python's numbers are weak.

    Raises:
        ValueError: if there are none.

    Example:
        >>> promote_all([torch.tensor([1], dtype=torch.uint8), 2])
        [tensor([1], dtype=torch.uint8), tensor(2, dtype=torch.uint8)]
    """
    values = list(values)
    if are_alike(values, floating):
        return values
    firm = [as_tensor(value) for value in values if type(value) not in _SCALARS]
    weak = [value for value in values if type(value) in _SCALARS]
    if firm:
        kind = common_dtype(*(x.dtype for x in firm))
        for value in weak:
            kind = _with_scalar(kind, value)
    elif weak:
        kind = torch.bool if all(type(one) is bool for one in weak) else as_tensor(sum(weak)).dtype
    else:
        raise ValueError("Expected at least one tensor; received an empty sequence.")
    if floating and not (kind.is_floating_point or kind.is_complex):
        kind = dtypes.to_torch_dtype(None)
    device = firm[0].device if firm else config.device()
    of_firm = iter(firm)
    return [
        torch.tensor(value, dtype=kind, device=device)
        if type(value) in _SCALARS
        else next(of_firm).to(device, kind)
        for value in values
    ]


def _with_scalar(kind: torch.dtype, value: Any) -> torch.dtype:
    """Return the type of a tensor combined with a Python number."""
    if isinstance(value, complex):
        return _COMMON[kind, torch.complex64]
    if kind.is_floating_point or kind.is_complex:
        return kind
    if isinstance(value, float):
        return dtypes.to_torch_dtype(None)
    return kind if isinstance(value, bool) else _WITH_INT[kind]


def _unknown_pair(a: torch.dtype, b: torch.dtype) -> torch.dtype:
    return dtypes.to_torch_dtype(dtypes.result_type(a, b))  # says why there is none
