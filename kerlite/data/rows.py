"""Arrays that stay where they are and are read a batch at a time."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
import torch

from kerlite.data import convert

__all__ = ["Rows", "is_lazy", "is_mapped"]


class Rows:
    """The rows `begin` to `end` of an array that is never copied as a whole.

    Args:
        source: a torch tensor (of a memory-mapped file, or too large for the device), possibly
            sparse (what is read is dense); an HDF5 or Zarr dataset; a SciPy sparse matrix.
        begin: the first row.
        end: the row after the last; None for all.

    Example:
        >>> rows = Rows(torch.arange(10))[4:8]
        >>> len(rows), rows.read(torch.tensor([3, 0]))
        (4, tensor([7, 4]))
    """

    def __init__(self, source: Any, begin: int = 0, end: int | None = None):
        self.source = source.tocsr() if hasattr(source, "tocsr") else source
        self.begin = begin
        self.end = source.shape[0] if end is None else end

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of these rows."""
        return (len(self), *self.source.shape[1:])

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return len(self.source.shape)

    def __len__(self) -> int:
        return self.end - self.begin

    def __getitem__(self, part: slice) -> Rows:
        low, high, _ = part.indices(len(self))
        return Rows(self.source, self.begin + low, self.begin + high)

    def read(self, which: slice | torch.Tensor) -> torch.Tensor:
        """Return some of the rows as a tensor; floats as floatx.

        Args:
            which: a slice of step 1, or distinct row convert.
        """
        if isinstance(which, slice):
            which = slice(which.start + self.begin, which.stop + self.begin)
        elif self.begin:
            which = which + self.begin
        if isinstance(self.source, torch.Tensor):
            return convert.as_floatx(_read_tensor(self.source, which))
        return convert.as_floatx(convert.from_numpy(_read_array(self.source, which), "the data"))


def is_mapped(array: np.ndarray) -> bool:
    """Return whether the array's memory is a file."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return True
        base = base.base
    return isinstance(base, mmap.mmap)


def is_lazy(value: Any) -> bool:
    """Return whether it is an array of a kind that is read from a file or made dense in parts."""
    package = type(value).__module__.partition(".")[0]
    if package == "scipy":
        return hasattr(value, "tocsr")
    return package in ("h5py", "zarr") and hasattr(value, "shape") and hasattr(value, "dtype")


def _read_tensor(source: torch.Tensor, which: slice | torch.Tensor) -> torch.Tensor:
    if isinstance(which, slice):
        if not source.is_sparse:
            return source[which]
        which = torch.arange(which.start, which.stop)
    rows = source.index_select(0, which.to(source.device))
    return rows.to_dense() if source.is_sparse else rows


def _read_array(source: Any, which: slice | torch.Tensor) -> np.ndarray:
    if isinstance(which, torch.Tensor):
        # Files want rising row numbers; put the rows into the wanted order afterwards.
        rising, place = torch.sort(which)
        rows = _dense(source[rising.numpy()])
        unsorted = np.empty_like(rows)
        unsorted[place.numpy()] = rows
        return unsorted
    return _dense(source[which.start : which.stop])


def _dense(rows: Any) -> np.ndarray:
    return rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)
