"""A folder of checkpoints, written by a thread while training goes on."""

from __future__ import annotations

import contextlib
import json
import os
import re
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kerlite.core.user_warning import warn
from kerlite.saving.archive import atomic_write, write_new_file
from kerlite.saving.checkpoint import encoded, read_checkpoint
from kerlite.saving.plain import pack
from kerlite.saving.snapshot import Snapshot

__all__ = ["CheckpointFolder"]

_NAME = re.compile(r"backup-(\d{8,})\.checkpoint")
_LEFT_OVER = ".backup-*.checkpoint.*.tmp"


class CheckpointFolder:
    """The newest checkpoints of a training, in a folder.

    Each is a safetensors file, written under another name, synced and renamed: a kill at any moment
    leaves those before it whole.

    Args:
        folder: made when the first one is written.
        keep: how many are kept, at least 1.

    Example:
        >>> import tempfile
        >>> checkpoints = CheckpointFolder(Path(tempfile.mkdtemp(), "backup"))
        >>> for step in range(3):
        ...     checkpoints.save({"step": step})
        >>> checkpoints.wait()
        >>> len(checkpoints.paths()), checkpoints.newest()
        (2, {'step': 2})
        >>> checkpoints.delete()
    """

    def __init__(self, folder: str | os.PathLike[str], keep: int = 2):
        self.folder = Path(folder)
        self.keep = keep
        self._damaged: set[Path] = set()
        self._kept: list[Path] | None = None  # those there are, the newest first; None: not known
        self._snapshot = Snapshot()  # one for all: it is taken when nothing is being written
        self._writer: ThreadPoolExecutor | None = None  # one thread for all: none is waited for
        self._writing: Future[None] | None = None
        self._error: BaseException | None = None

    def paths(self) -> list[Path]:
        """Return the checkpoints there are, the newest first."""
        if not self.folder.is_dir():
            return []
        found = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        return sorted(found, key=_number, reverse=True)

    def newest(self) -> Any:
        """Return the state in the newest checkpoint that is whole, None if there is no checkpoint.

        Where a newer one is damaged, a warning says so.

        Raises:
            ValueError: if there are checkpoints, and all are damaged.
        """
        self.wait()
        problems = []
        for path in self.paths():
            try:
                state = read_checkpoint(path)
            except (ValueError, OSError) as error:
                self._damaged.add(path)
                problems.append(str(error))
                continue
            if problems:
                warn(
                    f"{' '.join(problems)} Training goes on from {path.name!r}, the newest "
                    "checkpoint that is whole."
                )
            return state
        if problems:
            raise ValueError(
                f"No checkpoint in {str(self.folder)!r} can be read: {' '.join(problems)} Delete "
                "the folder to train from the start."
            )
        return None

    @staticmethod
    def save_file(path: str | os.PathLike[str], state: Any) -> None:
        """Write one checkpoint to a file of its own, now.

        Raises:
            OSError: if it cannot be written.
            TypeError: if something in the state cannot be stored.
        """
        snapshot = Snapshot()
        text = _taken(snapshot, state)
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            file.writelines(encoded(text, snapshot))

    @staticmethod
    def read_file(path: str | os.PathLike[str]) -> Any:
        """Return the state in such a file.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is damaged.
        """
        return read_checkpoint(Path(path))

    def save(self, state: Any) -> None:
        """Copy a state, and have a thread write it; the one before is waited for.

        Raises:
            OSError: if the one before could not be written.
            TypeError: if something in the state cannot be stored.
        """
        self.wait()
        text = _taken(self._snapshot, state)
        if self._writer is None:
            self._sweep()
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="kerlite-checkpoint")
        self._writing = self._writer.submit(self._write, text, self._snapshot)

    def check(self) -> None:
        """Raise what went wrong in the thread, if anything did.

        Raises:
            OSError: if the last checkpoint could not be written.
        """
        if self._error is not None:
            error, self._error = self._error, None
            raise OSError(
                f"No checkpoint could be written to {str(self.folder)!r}: {error}. Those written "
                "before are whole: make room, or mend what is wrong there, and start again."
            ) from error

    def wait(self) -> None:
        """Wait until nothing is being written.

        Raises:
            OSError: if the last checkpoint could not be written.
        """
        if self._writing is not None:
            self._writing.result()
            self._writing = None
        self.check()

    def close(self) -> None:
        """Wait until nothing is being written, and let go of the thread and its memory.

        Raises:
            OSError: if the last checkpoint could not be written.
        """
        try:
            self.wait()
        finally:
            if self._writer is not None:
                self._writer.shutdown()
                self._writer = None
                self._snapshot = Snapshot()

    def delete(self) -> None:
        """Remove all checkpoints, and the folder if nothing else is in it."""
        self.close()
        for path in reversed(self.paths()):
            path.unlink(missing_ok=True)
        self._kept = None
        self._sweep()
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _write(self, text: str, snapshot: Snapshot) -> None:
        try:
            if self._kept is None or not self.folder.is_dir():
                self.folder.mkdir(parents=True, exist_ok=True)
                self._kept = self.paths()
            number = _number(self._kept[0]) + 1 if self._kept else 0
            path = self.folder / f"backup-{number:08d}.checkpoint"
            write_new_file(path, encoded(text, snapshot))
            whole = [one for one in self._kept if one not in self._damaged]
            for one in (*self._damaged, *whole[self.keep - 1 :]):
                one.unlink(missing_ok=True)
            self._damaged.clear()
            self._kept = [path, *whole[: self.keep - 1]]
        except BaseException as error:  # whatever it is, it is raised where training can hear it
            self._error = error

    def _sweep(self) -> None:
        """Remove what a kill in the midst of writing left."""
        for path in self.folder.glob(_LEFT_OVER):
            path.unlink(missing_ok=True)


def _taken(snapshot: Snapshot, state: Any) -> str:
    """Copy the tensors of a state into a snapshot; return all else in JSON."""
    plain, tensors = pack(state)
    snapshot.take(tensors)
    return json.dumps(plain, allow_nan=False)


def _number(path: Path) -> int:
    return int(path.name.split("-")[1].split(".")[0])
