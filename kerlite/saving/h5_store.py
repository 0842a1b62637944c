"""Arrays in HDF5 files as Keras lays them out: each object's under "<path>/vars", by number.

Each array carries a checksum, which Keras passes over. A file is looked through before anything is
read: it may hold plain arrays in plain groups, and nothing that leads elsewhere.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kerlite.core.errors import UnsafeFileError
from kerlite.saving.checksums import checksum
from kerlite.saving.h5_checks import check_dataset, plain_children
from kerlite.saving.h5_heaps import check_heaps

__all__ = [
    "H5_ERRORS",
    "ArrayWriter",
    "H5Reader",
    "H5Writer",
    "StoredArrays",
    "as_array",
    "damaged",
    "new_h5_file",
    "open_h5_file",
]

# What h5py raises for a file that is damaged, or not what it seems.
H5_ERRORS = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError,
             ValueError)  # fmt: skip

_CHECKSUM = "checksum"
_LAYOUT = ("v108", "v108")  # the first of HDF5's layouts that has checksums for all but arrays
_OF_KERAS_2 = "_layer_checkpoint_dependencies"  # for "layers"


def new_h5_file(path: Path | io.IOBase) -> Any:
    """Return a new `h5py.File`, open for writing, in which damage is found out when it is read."""
    import h5py

    return h5py.File(path, "w", libver=_LAYOUT)


def open_h5_file(source: Path | bytes | io.IOBase, label: str) -> Any:
    """Return an `h5py.File` open for reading.

    Raises:
        ValueError: if it is truncated, damaged or no HDF5 file.
    """
    import h5py

    try:
        check_heaps(source)
        return h5py.File(io.BytesIO(source) if isinstance(source, bytes) else source, "r")
    except H5_ERRORS as error:
        raise damaged(label, error) from error


def damaged(label: str, error: Exception) -> ValueError:
    """Return the error for a file that HDF5 cannot read; one that says more stays as it is."""
    if isinstance(error, UnsafeFileError):
        return error
    return ValueError(f"{label} is truncated or damaged, or no HDF5 file at all: {error}.")


class H5Writer:
    """Writes the arrays of objects, each under its path.

    Args:
        file: an open `h5py.File`.
        checksums: whether each array gets one, because nothing else finds out damage.
    """

    def __init__(self, file: Any, checksums: bool = True):
        self.file, self.checksums = file, checksums
        self.memory = Scratch()

    def store(self, path: str, name: str | None) -> MutableMapping[str, Any]:
        """Return the store for the object at a path; its name is noted."""
        group = self.file.create_group(f"{path}/vars" if path else "vars")
        if name is not None:
            group.attrs["name"] = name
        return ArrayWriter(group, self.checksums, self.memory)


class ArrayWriter(dict):
    """Writes each array that is set into a group.

    Args:
        group: an `h5py.Group`.
        checksums: whether with a checksum.
        memory: what is used to bring arrays in order.
    """

    def __init__(self, group: Any, checksums: bool = True, memory: Scratch | None = None):
        super().__init__()
        self.group, self.checksums, self.memory = group, checksums, memory

    def __setitem__(self, key: str, value: Any) -> None:
        array, number_type = as_array(value, self.memory)
        dataset = self.group.create_dataset(str(key), data=array)
        if self.checksums:
            dataset.attrs[_CHECKSUM] = np.uint32(_checksum(array))
        if number_type is not None:
            dataset.attrs["dtype"] = number_type
        super().__setitem__(str(key), dataset)


class H5Reader:
    """Reads what `H5Writer`, or Keras, wrote.

    Args:
        source: the file's path, its bytes, or an open file, which is closed with it.
        label: what to call it in errors.

    Raises:
        ValueError: if it is truncated or damaged.
        UnsafeFileError: if it holds anything but arrays and groups of its own.
    """

    def __init__(self, source: Path | bytes | io.IOBase, label: str):
        self.label, self.source = label, source
        memory = Scratch()
        self.file = open_h5_file(source, label)
        self.stores: dict[str, StoredArrays] = {}
        try:
            for path, group in plain_children(self.file, label):
                if path == "vars" or path.endswith("/vars"):
                    name = path[: -len("/vars")].replace(_OF_KERAS_2, "layers")
                    self.stores[name] = StoredArrays(group, label, memory)
        except H5_ERRORS as error:
            self.file.close()
            raise damaged(label, error) from error

    def store(self, path: str) -> StoredArrays:
        """Return what is stored for the object at a path, possibly nothing."""
        return self.stores.get(path) or StoredArrays({}, self.label)

    def __enter__(self) -> H5Reader:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.file.close()
        if not isinstance(self.source, (Path, bytes)):
            self.source.close()


class StoredArrays(Mapping[str, np.ndarray]):
    """The arrays of one object by key; each is read when it is asked for."""

    def __init__(self, group: Any, label: str, memory: Scratch | None = None):
        self.group, self.label, self.memory = group, label, memory

    def __getitem__(self, key: str) -> np.ndarray:
        return self._read(key, np.empty)

    def borrowed(self, key: str) -> np.ndarray:
        """Return an array in memory that is used again for the next one."""
        return self._read(key, np.empty if self.memory is None else self.memory.array)

    def _read(self, key: str, empty: Callable[[Any, Any], np.ndarray]) -> np.ndarray:
        dataset = self._dataset(key)
        check_dataset(dataset, self.label)
        try:
            array = empty(dataset.shape, dataset.dtype)
            if array.size:
                dataset.read_direct(array)
            expected = dataset.attrs.get(_CHECKSUM)
            expected = None if expected is None else int(expected)
        except H5_ERRORS as error:
            raise damaged(self.label, error) from error
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
        if expected is not None and expected != _checksum(array):
            raise ValueError(
                f"{self.label} is damaged: {dataset.name} does not match its checksum."
            )
        return _from_bfloat16(array) if dataset.dtype.kind == "V" else array

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape of an array without reading it."""
        return tuple(self._dataset(key).shape)

    def _dataset(self, key: str) -> Any:
        found = self.group[key]
        if not hasattr(found, "shape"):
            raise ValueError(
                f"{self.label} is damaged: {found.name} is a group, where an array should be."
            )
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.group)

    def __len__(self) -> int:
        return len(self.group)


class Scratch:
    """Memory that is used again and again: fresh memory costs more than what is done with it."""

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def array(self, shape: Any, dtype: Any) -> np.ndarray:
        """Return an array, which lasts until the next one is asked for."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size > len(self._bytes):
            self._bytes = np.empty(size, np.uint8)
        return self._bytes[:size].view(dtype).reshape(shape)


def as_array(value: Any, memory: Scratch | None = None) -> tuple[np.ndarray, str | None]:
    """Return an array HDF5 can hold, and the name of its number type if HDF5 has none for it.

    Args:
        value: a tensor, or what NumPy makes an array of.
        memory: where a tensor whose values lie in another order is copied to.
    """
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().as_subclass(torch.Tensor)
        if value.dtype == torch.bfloat16:
            return value.contiguous().view(torch.int16).numpy().view("V2"), "bfloat16"
        if memory is None or value.is_contiguous():
            return value.contiguous().numpy(), None
        array = memory.array(value.shape, value.numpy().dtype)
        torch.from_numpy(array).copy_(value)
        return array, None
    return np.asarray(value, order="C"), None


def _checksum(array: np.ndarray) -> int:
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return checksum(torch.from_numpy(data if data.flags.writeable else data.copy()))


def _from_bfloat16(array: np.ndarray) -> np.ndarray:
    """Return the values as float32: NumPy has no bfloat16, of which each is the upper half."""
    return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
