"""From what a training step computed to what a callback can print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from kerlite.core import tree

__all__ = ["flat_items", "to_host"]


def to_host(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values as floats, larger tensors as NumPy arrays, and the rest as it is.

    All one-element tensors of a device travel in one copy, so the device is waited for once.

    Args:
        values: numbers, tensors, or functions without arguments that return either, by name.

    Example:
        >>> to_host({"loss": torch.tensor(0.5), "accuracy": lambda: torch.tensor(1), "name": "run"})
        {'loss': 0.5, 'accuracy': 1.0, 'name': 'run'}
    """
    values = {key: value() if callable(value) else value for key, value in values.items()}
    scalars = {key: value for key, value in values.items() if _is_scalar_tensor(value)}
    numbers = dict(zip(scalars, _to_floats(list(scalars.values())), strict=True))
    return {key: numbers[key] if key in numbers else _plain(value) for key, value in values.items()}


def flat_items(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield (name, value) sorted by name, with nested dicts merged in; nothing is converted.

    Example:
        >>> list(flat_items({"b": 1, "a": {"d": 2, "c": 3}}.items()))
        [('c', 3), ('d', 2), ('b', 1)]
    """
    for name, value in sorted(items):
        if isinstance(value, dict):
            yield from flat_items(dict.items(value))
        else:
            yield name, value


def _is_scalar_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.ndim <= 1 and value.numel() == 1


def _to_floats(tensors: list[torch.Tensor]) -> list[float]:
    """Convert one-element tensors with one copy to the host per device."""
    floats = [0.0] * len(tensors)
    for device in {tensor.device for tensor in tensors}:
        here = [i for i, tensor in enumerate(tensors) if tensor.device == device]
        dtype = _common_dtype([tensors[i] for i in here])
        stacked = torch.stack([tensors[i].detach().reshape(()).to(dtype) for i in here])
        for i, value in zip(here, stacked.tolist(), strict=True):
            floats[i] = float(value)
    return floats


def _common_dtype(tensors: list[torch.Tensor]) -> torch.dtype:
    first = tensors[0]
    if all(tensor.dtype == first.dtype for tensor in tensors):
        return first.dtype
    return torch.float32 if first.device.type == "mps" else torch.float64


def _plain(value: Any) -> Any:
    if isinstance(value, (int, float, np.generic)) or (
        isinstance(value, np.ndarray) and value.ndim == 0
    ):
        return float(value)
    return tree.map_structure(_array, value)


def _array(value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    value = value.detach().cpu()
    return (value.float() if value.dtype == torch.bfloat16 else value).numpy()
