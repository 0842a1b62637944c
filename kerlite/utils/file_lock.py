"""A lock between processes, for what one of them writes and the others wait for."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["locked"]

_SECONDS = 0.1  # between two attempts, where the system does not wait by itself


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process and thread at a time into the `with` block of a path; the others wait.

    The system keeps the lock, on a file beside `path`, and ends it with the process that has it.
    Where the file system knows no locks nobody waits.

    Args:
        path: what is written in the block; its folder exists.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with locked(Path(folder, "data")):
        ...         inside = [one.name for one in Path(folder).iterdir()]
        ...     inside, list(Path(folder).iterdir())
        (['data.lock'], [])
    """
    lock = path.with_name(f"{path.name}.lock")
    descriptor = _taken(lock)
    try:
        yield
    finally:
        if sys.platform != "win32":
            lock.unlink(missing_ok=True)  # while it is held: whoever waits for it makes a new one
        os.close(descriptor)
        if sys.platform == "win32":  # which removes no open file: the last one to close it does
            with contextlib.suppress(OSError):
                lock.unlink()


def _taken(lock: Path) -> int:
    """Return the open lock file, once it is this process's and still in its place."""
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _wait_for(descriptor)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), lock.stat()):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    if sys.platform == "win32":
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                break
            except PermissionError:  # another has it
                time.sleep(_SECONDS)
    else:
        with contextlib.suppress(OSError):  # no locks here
            fcntl.flock(descriptor, fcntl.LOCK_EX)
