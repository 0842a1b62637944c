"""Arrays in HDF5 files as Keras lays them out: each object's under "<path>/vars", by number.

Each array carries a checksum, which Keras passes over. A file is looked through before anything is
read: it may hold plain arrays in plain groups, and nothing that leads elsewhere.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kerlite.core.errors import UnsafeFileError
from kerlite.saving.h5_checks import check_dataset, plain_children

__all__ = ["H5Reader", "H5Writer", "StoredArrays"]

_CHECKSUM = "crc32"


class H5Writer:
    """Writes the arrays of objects, each under its path.

    Args:
        file: an open `h5py.File`.
    """

    def __init__(self, file: Any):
        self.file = file

    def store(self, path: str, name: str | None) -> MutableMapping[str, Any]:
        """Return the store for the object at a path; its name is noted."""
        group = self.file.create_group(f"{path}/vars" if path else "vars")
        if name is not None:
            group.attrs["name"] = name
        return _WriteStore(group)


class _WriteStore(dict):
    """Writes each array as it is set."""

    def __init__(self, group: Any):
        super().__init__()
        self.group = group

    def __setitem__(self, key: str, value: Any) -> None:
        array, number_type = _as_array(value)
        dataset = self.group.create_dataset(str(key), data=array)
        dataset.attrs[_CHECKSUM] = np.uint32(_checksum(array))
        if number_type is not None:
            dataset.attrs["dtype"] = number_type
        super().__setitem__(str(key), dataset)


class H5Reader:
    """Reads what `H5Writer`, or Keras, wrote.

    Args:
        source: the file's path, or its bytes.
        label: what to call it in errors.

    Raises:
        ValueError: if it is truncated or damaged.
        UnsafeFileError: if it holds anything but arrays and groups of its own.
    """

    def __init__(self, source: Path | bytes, label: str):
        self.label = label
        self.file = _opened(source, label)
        self.stores: dict[str, StoredArrays] = {}
        try:
            for path, group in plain_children(self.file, label):
                if path == "vars" or path.endswith("/vars"):
                    self.stores[path[: -len("/vars")]] = StoredArrays(group, label)
        except (OSError, RuntimeError, KeyError, TypeError) as error:
            self.file.close()
            raise _damaged(label, error) from error

    def store(self, path: str) -> StoredArrays:
        """Return what is stored for the object at a path, possibly nothing."""
        return self.stores.get(path) or StoredArrays({}, self.label)

    def __enter__(self) -> H5Reader:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.file.close()


class StoredArrays(Mapping[str, np.ndarray]):
    """The arrays of one object by key; each is read when it is asked for."""

    def __init__(self, group: Any, label: str):
        self.group, self.label = group, label

    def __getitem__(self, key: str) -> np.ndarray:
        dataset = self.group[key]
        check_dataset(dataset, self.label)
        try:
            array = dataset[()]
        except (OSError, RuntimeError, ValueError) as error:
            raise _damaged(self.label, error) from error
        array = np.asarray(array)
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
        expected = dataset.attrs.get(_CHECKSUM)
        if expected is not None and int(expected) != _checksum(array):
            raise ValueError(
                f"{self.label} is damaged: {dataset.name} does not match its checksum."
            )
        return _from_bfloat16(array) if dataset.dtype.kind == "V" else array

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape of an array without reading it."""
        return tuple(self.group[key].shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self.group)

    def __len__(self) -> int:
        return len(self.group)


def _opened(source: Path | bytes, label: str) -> Any:
    import h5py

    try:
        return h5py.File(io.BytesIO(source) if isinstance(source, bytes) else source, "r")
    except (OSError, RuntimeError, ValueError) as error:
        raise _damaged(label, error) from error


def _damaged(label: str, error: Exception) -> ValueError:
    if isinstance(error, UnsafeFileError):
        return error
    return ValueError(f"{label} is truncated or damaged, or no HDF5 file at all: {error}.")


def _as_array(value: Any) -> tuple[np.ndarray, str | None]:
    """Return an array HDF5 can hold, and the name of its number type if HDF5 has none for it."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        if value.dtype == torch.bfloat16:
            return value.contiguous().view(torch.int16).numpy().view("V2"), "bfloat16"
    return np.asarray(value, order="C"), None


def _checksum(array: np.ndarray) -> int:
    return zlib.crc32(memoryview(array.reshape(-1).view(np.uint8)))  # type: ignore[arg-type]


def _from_bfloat16(array: np.ndarray) -> np.ndarray:
    """Return the values as float32: NumPy has no bfloat16, of which each is the upper half."""
    return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
