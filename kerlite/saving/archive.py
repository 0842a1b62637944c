"""Whole files: written so that a failure leaves the old one, read so that a lie is found out."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kerlite.core.errors import UnsafeFileError

__all__ = ["atomic_write", "existing_file", "memory_for", "read_zip", "write_zip"]

# What is in a file may take this many bytes for each of its own, and a little more.
_MOST_EXPANSION = 100
_FREE_BYTES = 64 * 2**20


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary file to write; when the block ends well it takes the place of `path`.

    The bytes are on the disk before the name is. If anything fails, `path` stays as it was.

    Raises:
        FileNotFoundError: if the folder does not exist.
        IsADirectoryError: if `path` is a folder.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    if target.is_dir():
        raise IsADirectoryError(f"Cannot write {str(path)!r}: it is a folder.")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"Cannot write {str(path)!r}: the folder {str(target.parent)!r} does not exist."
        )
    handle, name = tempfile.mkstemp(".tmp", f".{target.name[:64]}.", target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(_mode_for(target))
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def existing_file(path: str | os.PathLike[str]) -> Path:
    """Return the path of a file that is there.

    Raises:
        FileNotFoundError: if there is nothing.
        ValueError: if it is no plain file.
    """
    found = Path(path)
    if not found.exists():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if not found.is_file():
        raise ValueError(f"{str(path)!r} is not a file, so nothing can be loaded from it.")
    return found


def memory_for(path: Path) -> int:
    """Return how many bytes of memory what is in a file may take."""
    return _FREE_BYTES + _MOST_EXPANSION * path.stat().st_size


def write_zip(path: Path, members: dict[str, bytes | memoryview]) -> None:
    """Write a zip archive; the members are stored as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)  # type: ignore[arg-type]


def read_zip(path: Path) -> dict[str, bytes]:
    """Return the members of a zip archive by name; their checksums are compared.

    Raises:
        UnsafeFileError: if names lead elsewhere or come twice, or it unpacks to far more than its
            size.
        ValueError: if it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check_members(path, members)
            return {info.filename: archive.read(info) for info in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(
            f"{str(path)!r} is truncated or damaged, or no .keras archive at all: {error}."
        ) from error


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    names = [info.filename for info in members]
    if len(set(names)) < len(names):
        raise UnsafeFileError(f"{str(path)!r} holds two members of one name.")
    for info in members:
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in info.filename:
            raise UnsafeFileError(
                f"{str(path)!r} holds {info.filename!r}, a path out of the archive."
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnsafeFileError(f"{str(path)!r} holds a link, {info.filename!r}.")
    total = sum(info.file_size for info in members)
    if total > memory_for(path):
        raise UnsafeFileError(
            f"{str(path)!r} of {path.stat().st_size:,} bytes would unpack to {total:,} bytes; it "
            "is not opened."
        )


def _mode_for(target: Path) -> int:
    """Return the permissions of the file to be replaced, else those that new files get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
