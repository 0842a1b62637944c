"""Rows that arrive batch by batch: kept in memory while they are few, else in .npy files."""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["RowStore"]

_HEADER = 256  # bytes before the data of a file; the number of rows is written there in the end


class RowStore:
    """Collects the rows of some named columns.

    Args:
        threshold: bytes above which everything goes to files.
        folder: where to; None for a new temporary folder.

    Attributes:
        files: column -> file, if there are any.

    Example:
        >>> store = RowStore(threshold=2**20)
        >>> store.add({"x": torch.zeros(2, 3)})
        >>> store.add({"x": torch.ones(1, 3)})
        >>> store.finish()["x"].shape, store.files
        (torch.Size([3, 3]), {})
    """

    def __init__(self, threshold: int, folder: str | os.PathLike[str] | None = None):
        self.threshold, self.folder = threshold, None if folder is None else Path(folder)
        self.files: dict[str, Path] = {}
        self._bytes = 0
        self._chunks: dict[str, list[Tensor]] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._rows: dict[str, int] = {}
        self._open: dict[str, Any] = {}

    def add(self, batch: dict[str, Tensor]) -> None:
        """Append the rows of a batch, a tensor for each column.

        Raises:
            ValueError: if the rows of a column have another shape than those before.
        """
        for name, rows in batch.items():
            shape = tuple(rows.shape[1:])
            if self._shapes.setdefault(name, shape) != shape:
                raise ValueError(
                    f"The rows of {name} have the shape {shape} in one batch and "
                    f"{self._shapes[name]} in those before. All need one shape to be kept: bring "
                    "the inputs to one size first."
                )
            self._rows[name] = self._rows.get(name, 0) + len(rows)
            self._chunks.setdefault(name, []).append(rows.detach().cpu())
            self._bytes += rows.numel() * rows.element_size()
        if self._open or self._bytes > self.threshold:
            self._write()

    def finish(self) -> dict[str, Tensor]:
        """Return the columns; those in files are mapped into memory, not read."""
        if not self._open:
            return {name: torch.cat(chunks) for name, chunks in self._chunks.items()}
        for name, file in self._open.items():
            file.seek(0)
            file.write(_header(self._dtypes[name], (self._rows[name], *self._shapes[name])))
            file.flush()
            os.fsync(file.fileno())
            file.close()
            Path(file.name).replace(self.files[name])
        # "c": torch wants memory that may be written; what is written does not reach the file
        return {
            name: torch.from_numpy(np.load(path, mmap_mode="c"))
            for name, path in self.files.items()
        }

    def discard(self) -> None:
        """Remove what was written, after an error."""
        for file in self._open.values():
            file.close()
            with contextlib.suppress(OSError):
                Path(file.name).unlink()

    def _write(self) -> None:
        if not self._open:
            self._begin()
        for name, chunks in self._chunks.items():
            for chunk in chunks:
                np.ascontiguousarray(_as_array(chunk)).tofile(self._open[name])
            chunks.clear()

    def _begin(self) -> None:
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="kerlite-features-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._dtypes = {name: _as_array(one[0]).dtype for name, one in self._chunks.items()}
        self.files = {name: self.folder / f"{name}.npy" for name in self._chunks}
        for name, path in self.files.items():
            self._open[name] = path.with_suffix(".npy.partial").open("wb")
            self._open[name].write(bytes(_HEADER))


def _as_array(rows: Tensor) -> np.ndarray:
    return (rows.float() if rows.dtype is torch.bfloat16 else rows).numpy()  # NumPy has none


def _header(dtype: np.dtype, shape: tuple[int, ...]) -> bytes:
    """Return the start of a .npy file, version 1.0, always of one length."""
    described = {"descr": dtype.str, "fortran_order": False, "shape": shape}
    text = f"{described!r}".ljust(_HEADER - 11) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin1")
