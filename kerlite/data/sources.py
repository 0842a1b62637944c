"""Which kind of source something is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, TensorDataset

from kerlite.data.batches import Batches
from kerlite.data.columns import is_array
from kerlite.utils.py_dataset import PyDataset

__all__ = ["is_batched", "kind_of"]


def kind_of(x: Any) -> str:
    """Return the kind of source, in words.

    "arrays", "TensorDataset", "DataLoader", "IterableDataset", "table" (a dataset that returns
    columns for a list of row numbers, as Hugging Face's do), "Dataset" (returns samples),
    "PyDataset", "generator" (and any iterator), or "iterable" of batches.

    Raises:
        ValueError: if it is none of them; says what is accepted.

    Example:
        >>> kind_of([[1.0, 2.0]]), kind_of(iter([]))
        ('arrays', 'generator')
    """
    for kind, matches in _KINDS.items():
        if matches(x):
            return kind
    if x is None:
        raise ValueError("x is None. Pass the inputs: arrays, a dataset or a generator.")
    hint = " It is a function: call it, and pass what it returns." if callable(x) else ""
    raise ValueError(
        f"x is a {type(x).__module__}.{type(x).__qualname__}, which holds no data that can be "
        "read. Expected NumPy arrays, torch tensors, pandas or polars frames or series, lists of "
        "numbers (or dicts, lists and tuples of these), a torch Dataset or DataLoader, a Hugging "
        f"Face dataset, a PyDataset, or a generator or other iterable of batches.{hint}"
    )


def is_batched(x: Any) -> bool:
    """Return whether the source makes batches itself, so that `batch_size` has no meaning for it.

    Example:
        >>> is_batched(iter([])), is_batched([1.0])
        (True, False)
    """
    made = ("DataLoader", "PyDataset", "generator", "iterable")
    return isinstance(x, Batches) or kind_of(x) in made


def _is_tensor_dataset(x: Any) -> bool:
    while isinstance(x, Subset):
        x = x.dataset
    return isinstance(x, TensorDataset)


def _is_arrays(x: Any) -> bool:
    return isinstance(x, (list, tuple, Mapping)) or is_array(x)


def _is_map_style(x: Any) -> bool:
    return hasattr(x, "__len__") and hasattr(x, "__getitem__") and not isinstance(x, (str, bytes))


def _is_table(x: Any) -> bool:
    if isinstance(x, Dataset) or not _is_map_style(x):
        return False
    if hasattr(x, "column_names"):
        return True
    try:
        return len(x) > 0 and isinstance(x[[0]], Mapping)
    except Exception:  # whatever it says, it does not take a list of row numbers
        return False


def _is_iterable(x: Any) -> bool:
    return isinstance(x, Iterable) and not isinstance(x, (str, bytes, set, frozenset))


_KINDS = {
    "PyDataset": lambda x: isinstance(x, PyDataset),
    "TensorDataset": _is_tensor_dataset,
    "DataLoader": lambda x: isinstance(x, DataLoader),
    "IterableDataset": lambda x: isinstance(x, IterableDataset),
    "arrays": _is_arrays,
    "table": _is_table,
    "Dataset": lambda x: isinstance(x, Dataset) or _is_map_style(x),
    "generator": lambda x: isinstance(x, Iterator),
    "iterable": _is_iterable,
}
