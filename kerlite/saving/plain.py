"""Nested values as JSON and tensors, and back: nothing that is read can become code."""

from __future__ import annotations

import math
from collections import Counter, deque
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["pack", "unpack"]

_KIND = "$"
_AS_IT_IS = (type(None), bool, int, str)
_ARRAY_KINDS = "biufcSUmM"


def pack(value: Any, name: str = "") -> tuple[Any, dict[str, Tensor]]:
    """Return a nested value as what JSON can say, and the tensors in it, by name; no copies.

    Args:
        value: dicts, lists, tuples, sets, deques and Counters of numbers, text, bytes, None,
            tensors and NumPy arrays.
        name: what the names of the tensors begin with.

    Raises:
        TypeError: for anything else; says where it is.

    Example:
        >>> plain, tensors = pack({"loss": [0.5, float("inf")], "weight": torch.ones(2)})
        >>> plain["weight"], list(tensors)
        ({'$': 'tensor', 'name': 'weight'}, ['weight'])
        >>> unpack(plain, tensors)
        {'loss': [0.5, inf], 'weight': tensor([1., 1.])}
    """
    tensors: dict[str, Tensor] = {}
    return _packed(value, name, tensors), tensors


def unpack(plain: Any, tensors: dict[str, Tensor]) -> Any:
    """Return what `pack` was given.

    Raises:
        KeyError: if a tensor is missing.
        ValueError: if it is nothing that `pack` returns.
    """
    if isinstance(plain, list):
        return [unpack(item, tensors) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if _KIND not in plain:
        return {key: unpack(item, tensors) for key, item in plain.items()}
    return _special(plain, tensors)


def _packed(value: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    if type(value) in _AS_IT_IS:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {_KIND: "float", "is": repr(value)}
    if isinstance(value, Tensor):
        return _packed_tensor(value, path, tensors)
    if isinstance(value, (np.ndarray, np.generic)):
        return _packed_array(value, path, tensors)
    if isinstance(value, (dict, list, tuple, set, frozenset, deque)):
        return _packed_container(value, path, tensors)
    if isinstance(value, (bytes, bytearray)):
        return {_KIND: "bytes", "is": value.hex()}
    if isinstance(value, (bool, int, float, str)):  # of a subclass, such as an IntEnum
        return _packed(next(k for k in (bool, int, float, str) if isinstance(value, k))(value),
                       path, tensors)  # fmt: skip
    raise TypeError(
        f"{path or 'The state'} is a {type(value).__module__}.{type(value).__qualname__}, which "
        "cannot be stored: only numbers, text, tensors, arrays, and lists, tuples, dicts and sets "
        "of these can. Let state_dict() return such values."
    )


def _packed_container(value: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    def part(key: Any, item: Any) -> Any:
        if type(item) in _AS_IT_IS:  # without a name, which takes longer
            return item
        return _packed(item, f"{path}/{key}" if path else str(key), tensors)

    if isinstance(value, dict):
        counts = isinstance(value, Counter)
        if not counts and all(type(key) is str and key != _KIND for key in value):
            return {key: part(key, item) for key, item in value.items()}
        items = [[part(f"key {i}", k), part(k, v)] for i, (k, v) in enumerate(value.items())]
        return {_KIND: "Counter" if counts else "dict", "is": items}
    items = [part(index, item) for index, item in enumerate(value)]
    if type(value) is list:
        return items
    kind = next(kind for kind, cls in _CONTAINERS.items() if isinstance(value, cls))
    return {_KIND: kind, "is": items}


def _packed_tensor(value: Tensor, path: str, tensors: dict[str, Tensor]) -> Any:
    if value.layout != torch.strided or value.is_quantized:
        raise TypeError(f"{path} is a sparse or quantized tensor; only dense ones are stored.")
    plain = value.detach()
    if type(plain) is not Tensor:
        plain = plain.as_subclass(Tensor)
    kind = "tensor"
    if plain.is_complex():
        plain, kind = torch.view_as_real(plain.resolve_conj()), "complex"
    tensors[path] = plain
    return {_KIND: kind, "name": path}


def _packed_array(value: Any, path: str, tensors: dict[str, Tensor]) -> Any:
    if value.dtype.kind not in _ARRAY_KINDS:
        raise TypeError(f"{path} is a NumPy array of {value.dtype}; only numbers and text are.")
    tensors[path] = torch.frombuffer(bytearray(value.tobytes()) or bytearray(1), dtype=torch.uint8)
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    return {_KIND: kind, "name": path, "dtype": value.dtype.str, "shape": list(value.shape)}


def _special(plain: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    kind = plain[_KIND]
    if kind == "tensor":
        return tensors[plain["name"]]
    if kind == "complex":
        return torch.view_as_complex(tensors[plain["name"]])
    if kind in ("array", "scalar"):
        return _array(plain, tensors[plain["name"]], kind == "scalar")
    if kind == "float":
        return float(plain["is"])
    if kind == "bytes":
        return bytes.fromhex(plain["is"])
    items = unpack(plain["is"], tensors)
    if kind in ("dict", "Counter"):
        pairs = {key: item for key, item in items}  # noqa: C416 - checks that these are pairs
        return Counter(pairs) if kind == "Counter" else pairs
    if kind not in _CONTAINERS:
        raise ValueError(f"there is no kind of value called {kind!r}")
    return _CONTAINERS[kind](items)


def _array(plain: dict[str, Any], stored: Tensor, is_scalar: bool) -> Any:
    dtype = np.dtype(plain["dtype"])
    if dtype.kind not in _ARRAY_KINDS:
        raise ValueError(f"arrays of {dtype} are not read")
    shape = tuple(plain["shape"])
    count = math.prod(shape)
    array = np.frombuffer(stored.numpy().tobytes(), dtype, count).reshape(shape).copy()
    return array[()] if is_scalar else array


_CONTAINERS: dict[str, Any] = {
    "tuple": tuple, "frozenset": frozenset, "set": set, "deque": deque, "list": list,
}  # fmt: skip
