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

from kerlite.saving.parts import BUFFER, combined_crc, fill, in_threads, parts_of

__all__ = ["Window", "checked_window", "write_in_place"]

_LOCAL_HEADER = 30  # bytes, before the name and what follows it


class Window(io.RawIOBase):
    """A part of a file, as a binary file of its own; it lies there from `start` on.

    Args:
        path: the file.
        start: where the part begins, in bytes.
        size: its length in bytes.
        writable: whether it may be written to, and grow.

    Attributes:
        failure: the first error of the system in writing; HDF5 may hide it behind others.
    """

    def __init__(self, path: Path, start: int, size: int = 0, writable: bool = False):
        super().__init__()
        self._start, self._size, self._position = start, size, 0
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
        done = 0
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

    def checksum(self) -> int:
        """Return the CRC-32 of the part."""
        parts = parts_of(self._size)
        crc = 0
        for (begin, end), one in zip(
            parts, in_threads(self._crc, [(end - begin, (begin, end)) for begin, end in parts]),
            strict=True,
        ):  # fmt: skip
            crc = combined_crc(crc, one, end - begin)
        return crc

    def _crc(self, part: tuple[int, int]) -> int:
        begin, end = part
        buffer, crc = memoryview(bytearray(min(BUFFER, end - begin))), 0
        for place in range(begin, end, BUFFER):
            chunk = buffer[: end - place]
            fill(self._file, self._start + place, chunk)
            crc = zlib.crc32(chunk, crc)
        return crc

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
    archive: zipfile.ZipFile, path: Path, name: str, write: Callable[[Window], None]
) -> None:
    """Add a member to an archive that is being written; `write` writes it in any order.

    Args:
        archive: open for writing, uncompressed.
        path: its path.
        name: the member's name.
        write: is given the member as a binary file.
    """
    info = zipfile.ZipInfo(name)
    info.header_offset, info.CRC, info.compress_size = archive.start_dir, 0, 0
    start = info.header_offset + len(info.FileHeader(zip64=True))
    with Window(path, start, writable=True) as window:
        try:
            write(window)
        except Exception as error:
            if window.failure is None or error is window.failure:
                raise
            raise window.failure from error
        info.file_size = info.compress_size = window.seek(0, os.SEEK_END)
        info.CRC = window.checksum()
    # What zipfile does for a member that is written through it.
    with Window(path, info.header_offset, writable=True) as header:
        header.write(info.FileHeader(zip64=True))
    archive.start_dir = start + info.file_size
    archive.filelist.append(info)
    archive.NameToInfo[name] = info


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
    try:
        if window.checksum() != info.CRC:
            raise zipfile.BadZipFile(f"{info.filename!r} does not match its checksum")
    except BaseException:
        window.close()
        raise
    return window
