"""Arrays and lists of numbers as torch tensors, sharing memory where possible."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kerlite.core import config, dtypes

__all__ = ["as_floatx", "from_list", "from_numpy", "is_number_list"]

# What torch has no arithmetic for, and the type that holds the same numbers.
_RETYPED = {
    "uint16": "int32",
    "uint32": "int64",
    "uint64": "int64",
    "bfloat16": "float32",
    "longdouble": "float64",
    "float128": "float64",
    "complex256": "complex128",
}
_HALVES = (torch.float16, torch.bfloat16)


class _Writable:
    """Offers read-only memory as writable: torch would warn, though nothing here writes."""

    def __init__(self, array: np.ndarray):
        self.array = array
        interface = dict(array.__array_interface__)
        interface["data"] = (interface["data"][0], False)
        self.__array_interface__ = interface


def from_numpy(array: np.ndarray, name: str) -> torch.Tensor:
    """Return the array as a tensor that shares its memory, whatever its strides or flags allow.

    Args:
        array: numbers or truth values of any type.
        name: what to call it in errors.

    Raises:
        ValueError: for strings, dates, and arrays of objects.
    """
    retyped = _RETYPED.get(array.dtype.name)
    if retyped is None and array.dtype.kind not in "biufc":
        raise ValueError(_not_numbers(array, name))
    if retyped is not None:
        array = array.astype(retyped)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if any(stride < 0 or stride % array.itemsize for stride in array.strides):
        array = array.copy()
    if not array.flags.writeable:
        array = np.asarray(_Writable(array))
    return torch.from_numpy(array)


def as_floatx(tensor: torch.Tensor, keep_halves: bool = False) -> torch.Tensor:
    """Return floats as floatx; integers and truth values as they are.

    Args:
        tensor: any tensor.
        keep_halves: leave 16-bit floats alone.
    """
    target = dtypes.to_torch_dtype(config.floatx())
    if not tensor.is_floating_point() or tensor.dtype == target:
        return tensor
    if keep_halves and tensor.dtype in _HALVES:
        return tensor
    cast = tensor.to(target)
    # A frame's memory runs along its columns; batches are rows.
    in_rows = cast.layout != torch.strided or cast.stride()[:1] >= cast.stride()[1:2]
    return cast if in_rows else cast.contiguous()


def is_number_list(value: Any) -> bool:
    """Return whether it is a list or tuple, nested or not, that begins with a number or a string.

    A list that begins with an array is a structure of arrays.
    """
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (int, float, complex, str, bytes, np.generic))


def from_list(values: Any, name: str) -> np.ndarray:
    """Return a list of numbers, or of lists of them, as an array.

    Raises:
        ValueError: if its rows differ in length.
    """
    try:
        return np.asarray(values)
    except ValueError as error:
        lengths = {len(v) for v in values if isinstance(v, (list, tuple))}
        found = f"of {min(lengths)} to {max(lengths)} items" if lengths else "of different shapes"
        raise ValueError(
            f"{name} is a ragged list: its rows are {found}, but an array needs rows of one "
            "length. Pad them, for instance with kerlite.utils.pad_sequences."
        ) from error


def _not_numbers(array: np.ndarray, name: str) -> str:
    first = array.ravel()[0] if array.size else None
    if array.dtype.kind in "UST" or isinstance(first, (str, bytes)):
        return (
            f"{name} holds strings ({array.dtype}), which cannot be put on a device. Turn them "
            "into numbers first: StringLookup or TextVectorization for inputs, "
            "np.unique(y, return_inverse=True)[1] for labels."
        )
    if array.dtype == object:
        return (
            f"{name} is an array of Python objects (dtype=object; the first is of type "
            f"{type(first).__name__}), not of numbers. Use .astype('float32') if they are numbers, "
            "or kerlite.utils.pad_sequences if they are sequences of different lengths."
        )
    return f"{name} has dtype {array.dtype}; expected numbers or truth values. Convert it first."
