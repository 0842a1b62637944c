"""`x`, `y` and `sample_weight` as given, turned into tensors and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from kerlite.core import tree
from kerlite.data import convert, frames
from kerlite.data.rows import Rows, is_lazy, is_mapped

__all__ = ["check_lengths", "columns", "is_array", "map_nested", "path_name"]


def columns(value: Any, name: str) -> Any:
    """Return the structure with a tensor, or `Rows`, in the place of every array.

    Floats become floatx (16-bit torch tensors stay as they are: models in 16 bits want them). A
    memory-mapped array, an HDF5 or Zarr dataset and a sparse matrix become `Rows`.

    Args:
        value: an array, a frame, a list of numbers, None, or dicts, lists and tuples of these.
        name: what to call it in errors: "x".

    Raises:
        ValueError: names what cannot be used and why.
    """
    return map_nested(_column, value, name)


def is_array(value: Any) -> bool:
    """Return whether it is one array, frame or list of numbers."""
    known = isinstance(value, (torch.Tensor, np.ndarray, Rows)) or convert.is_number_list(value)
    return known or frames.is_frame(value) or is_lazy(value) or hasattr(value, "__array__")


def map_nested(func: Callable[[Any, str], Any], value: Any, name: str) -> Any:
    """Return the structure with `func(leaf, name)` in the place of every leaf but None.

    Any mapping becomes a dict. A list of numbers is a leaf; so is a tuple with a method `to`.
    """
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return func(value, name)
    if value is None:
        return None
    if isinstance(value, Mapping):
        return {key: map_nested(func, item, f"{name}[{key!r}]") for key, item in value.items()}
    if not isinstance(value, (list, tuple)) or _is_leaf(value):
        return func(value, name)
    mapped = [map_nested(func, item, f"{name}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, list):
        return mapped
    return type(value)(*mapped) if hasattr(value, "_fields") else tuple(mapped)


def check_lengths(x: Any, y: Any, sample_weight: Any) -> int:
    """Return the number of samples, the same in every array.

    Raises:
        ValueError: if arrays differ in length, if one has no dimensions, or if there is no data.
    """
    named = {
        path_name(name, path): leaf
        for name, value in (("x", x), ("y", y), ("sample_weight", sample_weight))
        for path, leaf in tree.flatten_with_path(value)
        if leaf is not None
    }
    for name, leaf in named.items():
        if leaf.ndim == 0:
            raise ValueError(
                f"{name} is a single number (shape ()); expected an array whose first dimension "
                "counts the samples. Put the number into a list."
            )
    lengths = {name: leaf.shape[0] for name, leaf in named.items()}
    if not any(lengths.values()):
        raise ValueError(
            f"The data is empty: {_told(lengths) or 'x holds no arrays'}. Expected one sample at "
            "least."
        )
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"The arrays differ in length: {_told(lengths)}. All of them need the same number of "
            f"samples along their first dimension.{_stacking_hint(x, lengths)}"
        )
    return next(iter(lengths.values()))


def path_name(name: str, path: tuple[Any, ...]) -> str:
    """Return how to write the place in Python: "x['image'][0]"."""
    return name + "".join(f"[{key!r}]" for key in path)


def _is_leaf(value: Any) -> bool:
    return convert.is_number_list(value) or hasattr(value, "to")


def _column(value: Any, name: str) -> torch.Tensor | Rows:
    if isinstance(value, Rows):
        return value
    if isinstance(value, torch.Tensor):
        value = convert.as_floatx(value.detach(), keep_halves=True)
        return Rows(value) if value.is_sparse else value
    if is_lazy(value):
        return Rows(value)
    if frames.is_frame(value):
        value = frames.from_frame(value, name)
        return convert.as_floatx(convert.from_numpy(np.ascontiguousarray(value), name))
    if not isinstance(value, np.ndarray):
        value = _as_numpy(value, name)
    tensor = convert.from_numpy(value, name)
    return Rows(tensor) if is_mapped(value) else convert.as_floatx(tensor)


def _as_numpy(value: Any, name: str) -> np.ndarray:
    if convert.is_number_list(value):
        return convert.from_list(value, name)
    if hasattr(value, "__array__"):
        return np.asarray(value)
    raise ValueError(
        f"{name} is a {type(value).__module__}.{type(value).__qualname__}; expected a NumPy array, "
        "a torch tensor, a pandas or polars frame or series, a list of numbers, or a dict, list or "
        "tuple of these."
    )


def _told(lengths: dict[str, int]) -> str:
    told = [f"{name} has {length} samples" for name, length in lengths.items()]
    if len(told) > 6:
        told[2:-2] = [f"... ({len(told) - 4} more)"]
    return ", ".join(told)


def _stacking_hint(x: Any, lengths: dict[str, int]) -> str:
    arrays = len(x) if isinstance(x, list) else 0
    if arrays > 1 and lengths.get("y") == arrays:
        return (
            f" (x is a list of {arrays} arrays, which means {arrays} inputs; if they are {arrays} "
            "samples, pass numpy.stack(x).)"
        )
    return ""
