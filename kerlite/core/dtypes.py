"""Number types by Keras's names, and the rule for mixing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from kerlite.core import config

__all__ = [
    "is_float",
    "is_int",
    "result_type",
    "standardize_dtype",
    "to_torch_dtype",
]

_TORCH = {
    "bool": torch.bool,
    "uint8": torch.uint8,
    "uint16": torch.uint16,
    "uint32": torch.uint32,
    "uint64": torch.uint64,
    "int8": torch.int8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
    "float8_e4m3fn": torch.float8_e4m3fn,
    "float8_e5m2": torch.float8_e5m2,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "float64": torch.float64,
    "complex64": torch.complex64,
    "complex128": torch.complex128,
}
_NAMES = {dtype: name for name, dtype in _TORCH.items()}
_PYTHON = {bool: "bool", int: "int32", float: None, str: "string"}
# What each type may be turned into without being asked: the types just above it.
_ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("uint16", "int16"), "uint16": ("uint32", "int32"), "uint32": ("uint64", "int64"),
    "int8": ("int16",), "int16": ("int32",), "int32": ("int64",),
    "int64": ("float",), "uint64": ("float",),
    "float": ("float16", "bfloat16"),
    "float16": ("float32",), "bfloat16": ("float32",),
    "float32": ("float64", "complex64"), "float64": ("complex128",),
    "complex64": ("complex128",), "complex128": (),
}  # fmt: skip
_ALIASES = {"float": None, "int": "int32", "half": "float16", "double": "float64"}


def standardize_dtype(dtype: Any) -> str:
    """Return Keras's name of a number type.

    Args:
        dtype: a name, a torch or NumPy dtype, a Python type (`int` is int32, `float` is floatx),
            or None for floatx.

    Raises:
        ValueError: if it names no type that kerlite knows.

    Example:
        >>> import torch
        >>> standardize_dtype(torch.float16), standardize_dtype(None), standardize_dtype(int)
        ('float16', 'float32', 'int32')
    """
    name = _NAMES.get(dtype) if isinstance(dtype, torch.dtype) else None
    if name is None:
        name = _name_of(dtype)
    if name not in _TORCH and name != "string":
        raise ValueError(f"Unknown dtype: {dtype!r}. Expected one of {[*_TORCH, 'string']}.")
    return name


def to_torch_dtype(dtype: Any) -> torch.dtype:
    """Return the `torch.dtype` for any name or type that `standardize_dtype` takes.

    Example:
        >>> to_torch_dtype("bfloat16")
        torch.bfloat16
    """
    if isinstance(dtype, torch.dtype):
        return dtype
    name = config.floatx() if dtype is None else standardize_dtype(dtype)
    if name == "string":
        raise ValueError("Strings have no torch dtype: look them up first (StringLookup).")
    return _TORCH[name]


def is_float(dtype: Any) -> bool:
    """Return whether the type holds floating-point numbers."""
    return to_torch_dtype(dtype).is_floating_point


def is_int(dtype: Any) -> bool:
    """Return whether the type holds integers (bool is not one of them)."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


def result_type(*dtypes: Any) -> str:
    """Return the type in which operands of the given types are combined, by Keras's lattice.

    Integers give way to floats without widening them, and two 16-bit floats of different kinds
    meet in float32. Python's own `int` and `float` are weak: they take the type of what they meet.

    Raises:
        ValueError: for 8-bit floats, which are never converted unasked.

    Example:
        >>> result_type("int32", "float16"), result_type("float16", "bfloat16")
        ('float16', 'float32')
        >>> result_type("int8", "uint8"), result_type(int, "uint8"), result_type(int, float)
        ('int16', 'uint8', 'float32')

    Source: keras.backend.result_type; 64-bit types stay what they are here, while Keras on torch
    cuts them to 32.
    """
    names = {"int" if d is int else "float" if d is float else standardize_dtype(d) for d in dtypes}
    found = _least_upper_bound(names or {"float"})
    if found == "int":
        return f"int{config.floatx()[-2:]}"
    return config.floatx() if found == "float" else found


def _least_upper_bound(names: Iterable[str]) -> str:
    eights = [name for name in names if name not in _ABOVE]
    if eights:
        raise ValueError(f"{eights[0]} is never converted unasked: cast it to another type first.")
    common = set.intersection(*(_ALL_ABOVE[name] for name in names))
    return max(common, key=lambda name: len(_ALL_ABOVE[name]))


def _all_above(name: str) -> set[str]:
    return {name}.union(*(_all_above(above) for above in _ABOVE[name]))


_ALL_ABOVE = {name: _all_above(name) for name in _ABOVE}


def _name_of(dtype: Any) -> str:
    if dtype is None:
        return config.floatx()
    if isinstance(dtype, type) and dtype in _PYTHON:
        return _PYTHON[dtype] or config.floatx()
    if hasattr(dtype, "compute_dtype"):  # a DTypePolicy
        return dtype.compute_dtype
    if isinstance(dtype, str):
        return _ALIASES.get(dtype, dtype) or config.floatx()
    if isinstance(dtype, np.dtype) or (isinstance(dtype, type) and issubclass(dtype, np.generic)):
        return np.dtype(dtype).name
    return str(getattr(dtype, "name", dtype))
