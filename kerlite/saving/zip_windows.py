"""Large members of zip archives, written and read where they lie: without a copy in memory."""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["Window", "checked_window", "write_in_place"]

_CHUNK = 2**18  # bytes: small enough to stay in the processor's cache
_LOCAL_HEADER = 30  # bytes, before the name and what follows it


class Window(io.RawIOBase):
    """A part of a file, as a binary file of its own; it lies there from `start` on.

    Args:
        path: the file.
        start: where the part begins, in bytes.
        size: its length in bytes.
        writable: whether it may be written to, and grow.

    Attributes:
        present: while True, what is written is there already, so that only the position changes.
        failure: the first error of the system in writing; HDF5 may hide it behind others.
    """

    def __init__(self, path: Path, start: int, size: int = 0, writable: bool = False):
        super().__init__()
        self._start, self._size, self._position = start, size, 0
        self.present = False
        self.failure: OSError | None = None
        flags = (os.O_RDWR if writable else os.O_RDONLY) | getattr(os, "O_BINARY", 0)
        self._file: BinaryIO = os.fdopen(os.open(path, flags), "r+b" if writable else "rb", 0)

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return whether it may be written to."""
        return self._file.writable()

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in the part."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position in the part."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read what there is, up to the end of the part."""
        view = memoryview(buffer).cast("B")
        view = view[: max(0, self._size - self._position)]
        self._file.seek(self._start + self._position)
        done = 0
        while done < len(view):
            count = self._file.readinto(view[done:])  # type: ignore[attr-defined]
            if not count:
                break
            done += count
        self._position += done
        return done

    def write(self, data: Any) -> int:
        """Write all of the data."""
        view = memoryview(data).cast("B")
        done = len(view) if self.present else 0
        if not self.present:
            self._file.seek(self._start + self._position)
        with self._noting_failure():
            while done < len(view):
                done += self._file.write(view[done:])
        self._position += done
        self._size = max(self._size, self._position)
        return done

    def truncate(self, size: int | None = None) -> int:
        """Set the length of the part, which nothing follows yet."""
        self._size = self._position if size is None else size
        with self._noting_failure():
            self._file.truncate(self._start + self._size)
        return self._size

    @contextlib.contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = self.failure or error
            raise

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._file.close()
        super().close()


def write_in_place(
    archive: zipfile.ZipFile, whole: Window, path: Path, name: str, fill: Callable[[Window], None]
) -> None:
    """Add a member to an archive that is being written; `fill` writes it in any order.

    Args:
        archive: open for writing, uncompressed.
        whole: the file it is written to.
        path: its path.
        name: the member's name.
        fill: is given the member as a binary file.
    """
    with (
        archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member,
        Window(path, whole.tell(), writable=True) as window,
    ):
        try:
            fill(window)
        except Exception as error:
            if window.failure is None or error is window.failure:
                raise
            raise window.failure from error
        window.seek(0)
        # The archive counts the bytes, and their checksum, as they are written to it.
        whole.present = True
        buffer = memoryview(bytearray(_CHUNK))
        while count := window.readinto(buffer):
            member.write(buffer[:count])
        whole.present = False


def checked_window(archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> Window | None:
    """Return an uncompressed member as a file, None if it is stored in another way.

    Raises:
        zipfile.BadZipFile: if its header or its bytes are damaged.
    """
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        return None
    archive.open(info).close()  # which compares its two headers
    with Window(path, info.header_offset, _LOCAL_HEADER) as header:
        fixed = header.read()
    sizes = [int.from_bytes(fixed[at : at + 2], "little") for at in (26, 28)]
    window = Window(path, info.header_offset + _LOCAL_HEADER + sum(sizes), info.file_size)
    if checksum_of(window) != info.CRC:
        window.close()
        raise zipfile.BadZipFile(f"{info.filename!r} does not match its checksum")
    window.seek(0)
    return window


def checksum_of(window: Window) -> int:
    """Return the CRC-32 of a part."""
    buffer, crc = memoryview(bytearray(_CHUNK)), 0
    while count := window.readinto(buffer):
        crc = zlib.crc32(buffer[:count], crc)
    return crc
