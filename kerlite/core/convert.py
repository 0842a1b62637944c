"""Arrays, lists and numbers as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core import config, dtypes, tree

__all__ = ["as_tensor"]

_INT32 = 2**31 - 1
_WEAK: dict[str, Any] = {"f": float, "c": "complex64"}
_NUMBERS: dict[Any, Any] = {float: None, int: torch.int32, bool: torch.bool, complex: "complex64"}


def as_tensor(x: Any) -> Any:
    """Return `x` as a tensor on the current device.

    Tensors, symbolic tensors and torch.fx proxies come back as they are. Arrays keep their number
    type; Python's floats become floatx and its integers int32, as in Keras. A sequence that holds
    tensors is stacked.

    Example:
        >>> as_tensor([1.5, 2.0])
        tensor([1.5000, 2.0000])
        >>> as_tensor([torch.tensor(1), torch.tensor(2)])
        tensor([1, 2])
    """
    if isinstance(x, Tensor) or hasattr(type(x), "__torch_function__"):
        return x
    if isinstance(x, (list, tuple)) and _holds_tensor(x):
        return torch.stack([as_tensor(item) for item in x])
    if type(x) in _NUMBERS and not (type(x) is int and abs(x) > _INT32):
        return torch.tensor(
            x, dtype=dtypes.to_torch_dtype(_NUMBERS[type(x)]), device=config.device()
        )
    if torch.compiler.is_compiling() and isinstance(x, (list, tuple)):
        return _traced(x)
    array = np.asarray(x)
    own = array.dtype if hasattr(x, "dtype") else _WEAK.get(array.dtype.kind)
    if array.dtype.kind == "i" and not hasattr(x, "dtype"):
        own = int if not array.size or np.abs(array).max() <= _INT32 else "int64"
    if isinstance(x, float):  # NumPy's own float64 is a Python float too
        own = float
    return torch.tensor(
        array, dtype=dtypes.to_torch_dtype(own or array.dtype), device=config.device()
    )


def _traced(values: Any) -> Tensor:
    """Return numbers as a tensor while code is traced, which NumPy's conversion cannot be."""
    kinds = {type(leaf) for leaf in tree.flatten(values)}
    kind = next((kind for kind in (complex, float, int, bool) if kind in kinds), float)
    return torch.tensor(values, dtype=dtypes.to_torch_dtype(_NUMBERS[kind]), device=config.device())


def _holds_tensor(values: Any) -> bool:
    return any(
        hasattr(type(item), "__torch_function__")
        or (isinstance(item, (list, tuple)) and _holds_tensor(item))
        for item in values
    )
