"""HDF5's heaps of texts, looked through before HDF5 is: at one that is damaged it never ends."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from pathlib import Path

__all__ = ["check_heaps"]

_BLOCK = 2**20
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
# "GCOL", version 1, three bytes of nothing; then the size of the heap. After that the objects:
# number, references, four bytes of nothing, size, and the bytes, up to a multiple of 8.
_HEAP = b"GCOL\1\0\0\0"
_OBJECT = struct.Struct("<HHIQ")


def check_heaps(source: Path | bytes | io.IOBase) -> None:
    """Look at where each object of each heap says that the next one begins.

    Args:
        source: what may be an HDF5 file; the position in it is not kept.

    Raises:
        ValueError: if one says that it is where the object itself is, or before; or if looking
            would take long, since heaps overlap.

    Source: the HDF5 file format specification, III.E, "Global Heap".
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            _check(_Bytes(file))
    else:
        _check(_Bytes(io.BytesIO(source) if isinstance(source, bytes) else source))


class _Bytes:
    """The bytes of a file, by place."""

    def __init__(self, file: io.IOBase):
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

    def at(self, place: int, count: int) -> bytes:
        """Return so many bytes from a place on, or as many as there are."""
        self._file.seek(place)
        return self._file.read(max(0, min(count, self.size - place)))  # type: ignore[attr-defined]


def _check(file: _Bytes) -> None:
    _check_width(file.at(0, _BLOCK))
    seen = 0
    for place in _heaps(file):
        head = len(_HEAP) + 8
        size = int.from_bytes(file.at(place, head)[len(_HEAP) :], "little")
        heap, here = file.at(place, size), head
        seen += len(heap)
        if seen > 2 * file.size:  # of those that are no longer in use a part may be there still
            raise ValueError("its heaps overlap")
        while here + _OBJECT.size <= len(heap):
            number, _, _, size = _OBJECT.unpack_from(heap, here)
            # Number 0 is what is free, its own 16 bytes among it.
            step = _OBJECT.size + -(-size // 8) * 8 if number else size
            if not 0 < step < 2**63:
                raise ValueError(f"the heap at byte {place} has an object without an end")
            here += step


def _check_width(beginning: bytes) -> None:
    """Refuse numbers of another width than the 8 bytes that HDF5 itself gives them."""
    place = beginning.find(_SIGNATURE)
    version = beginning[place + 8 : place + 9]
    width = beginning[place + (14 if version < b"\2" else 10) :][:1]
    if place >= 0 and width != b"\x08":
        raise ValueError(f"its sizes have {int.from_bytes(width, 'little')} bytes, not 8")


def _heaps(file: _Bytes) -> Iterator[int]:
    """Yield the places where heaps begin."""
    overlap = len(_HEAP) - 1
    for begin in range(0, file.size, _BLOCK):
        block = file.at(begin, _BLOCK + overlap)
        found = block.find(_HEAP)
        while found >= 0:
            yield begin + found
            found = block.find(_HEAP, found + 1)
