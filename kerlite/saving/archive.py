"""Whole files: written so that a failure leaves the old one, read so that a lie is found out."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import secrets
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from kerlite.core.budget import memory_for
from kerlite.core.errors import UnsafeFileError
from kerlite.saving.zip_windows import Window, checked_window, write_in_place

__all__ = [
    "atomic_write", "check_members", "existing_file", "read_zip", "write_new_file", "write_zip",
]  # fmt: skip


# What zipfile raises for a file that is damaged.
_ZIP_ERRORS = (ArithmeticError, EOFError, LookupError, OSError, RuntimeError, ValueError,
               struct.error, zipfile.BadZipFile, zlib.error)  # fmt: skip
# The files that this process is writing, by name; and the machine, since files may be on another.
_being_written: set[str] = set()
_host = f"{zlib.crc32(platform.node().encode()):08x}"


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary file to write; when the block ends well it takes the place of `path`.

    The bytes are on the disk before the name is. If anything fails, `path` stays as it was.

    Raises:
        FileNotFoundError: if the folder does not exist.
        IsADirectoryError: if `path` is a folder.
        OSError: if the disk is full, or it cannot be written for another reason.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    if target.is_dir():
        raise IsADirectoryError(f"Cannot write {str(path)!r}: it is a folder.")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"Cannot write {str(path)!r}: the folder {str(target.parent)!r} does not exist."
        )
    temporary = _new_file_beside(target)
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    except RuntimeError as error:  # HDF5 and torch hide what the system said
        number = _system_error(error)
        if number is None:
            raise
        raise OSError(number, os.strerror(number), str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)
        _being_written.discard(temporary.name)


def write_new_file(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file that is not there yet; it is on the disk before its name is.

    It takes fewer calls of the system than `atomic_write`, and is for a folder of one's own.

    Raises:
        OSError: if the folder does not exist, the disk is full, or for another reason.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        try:
            for part in parts:
                view = memoryview(part)
                while view:
                    view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
        _sync(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


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


def write_zip(path: Path, members: dict[str, bytes | Callable[[Window], None]]) -> None:
    """Write a zip archive; the members are stored as they are.

    Args:
        path: the file, which is replaced.
        members: name to content, or to a function that writes the content to a binary file.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            if callable(content):
                write_in_place(archive, path, name, content)
            else:
                archive.writestr(name, content)


def read_zip(path: Path, in_place: str | None = None) -> dict[str, Any]:
    """Return the members of a zip archive by name; their checksums are compared.

    Args:
        path: the file.
        in_place: the name of the one that is given as an open file, if it is not compressed.

    Raises:
        UnsafeFileError: if names lead elsewhere or come twice, or it unpacks to far more than its
            size.
        ValueError: if it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            check_members(path, members)
            return {
                info.filename: (
                    info.filename == in_place and checked_window(archive, path, info)
                ) or _content(archive, info)
                for info in members
            }  # fmt: skip
    except UnsafeFileError:
        raise
    except _ZIP_ERRORS as error:
        raise ValueError(
            f"{str(path)!r} is truncated or damaged, or no .keras archive at all: {error}."
        ) from error


def check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Look at what a zip archive says that it holds.

    Raises:
        UnsafeFileError: if names lead elsewhere or come twice, or it unpacks to far more than its
            size.
    """
    names = [info.filename for info in members]
    if len(set(names)) < len(names):
        raise UnsafeFileError(f"{str(path)!r} holds two members of one name.")
    for info in members:
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in info.filename:
            raise UnsafeFileError(
                f"{str(path)!r} holds {info.filename!r}, a path out of the archive."
            )
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise UnsafeFileError(f"{str(path)!r} holds a link or device, {info.filename!r}.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnsafeFileError(f"{str(path)!r} holds {info.filename!r}, packed in another way.")
    total = sum(info.file_size for info in members)
    if total > memory_for(path):
        raise UnsafeFileError(
            f"{str(path)!r} of {path.stat().st_size:,} bytes would unpack to {total:,} bytes; it "
            "is not opened."
        )


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a member: no more is unpacked than the size that was looked at."""
    with archive.open(info) as member:
        return member.read(info.file_size)


def _new_file_beside(target: Path) -> Path:
    """Make an empty file that may replace the target: with its permissions, or a new file's.

    The files that killed processes left there for the same target are removed.
    """
    stem = f".{target.name[:40]}.{_host}-"
    _remove_left_over(target.parent, stem)
    new = target.with_name(f"{stem}{os.getpid()}-{secrets.token_hex(4)}.tmp")
    _being_written.add(new.name)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    if target.exists():
        new.chmod(stat.S_IMODE(target.stat().st_mode))
    return new


def _remove_left_over(folder: Path, stem: str) -> None:
    pattern = re.compile(re.escape(stem) + r"(\d+)-[0-9a-f]{8}\.tmp")
    for path in folder.iterdir():
        found = pattern.fullmatch(path.name)
        if found and path.name not in _being_written and _has_ended(int(found[1])):
            path.unlink(missing_ok=True)


def _has_ended(process: int) -> bool:
    """Return whether a process of this machine that once had this number has ended."""
    if process == os.getpid():  # in a container a successor has the number of who was killed
        return True
    if os.name == "nt":
        return False  # there os.kill would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _system_error(error: RuntimeError) -> int | None:
    """Return the number of the system's error that a library words in its own way."""
    if isinstance(error.__context__, OSError):
        return error.__context__.errno
    found = re.search(r"errno = (\d+)", str(error))
    return int(found[1]) if found else None


def _sync(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
