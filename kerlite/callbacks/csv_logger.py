"""Write the values of every epoch to a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path
from typing import Any, ClassVar

from kerlite.callbacks.callback import Callback

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    """Write the log values of every epoch as a line of a CSV file, which is up to date after each.

    The columns are `epoch` and the keys of the first epoch, sorted; where these have no `val_`
    values, a column is kept for each. What a later epoch lacks is written as NA.

    Args:
        filename: the file; its folders are made if need be.
        separator: what stands between two values.
        append: whether lines are added to a file that exists, rather than written in its place.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp(), "log.csv")
        >>> logger = CSVLogger(file, separator=";")
        >>> logger.on_train_begin()
        >>> logger.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.75})
        >>> print(file.read_text().strip())
        epoch;loss;val_loss
        0;0.5;0.75

    Source: keras.callbacks.CSVLogger. Old content goes when the first line is written, not when
    training begins, and the file is not held open in between.
    """

    state_names: ClassVar[tuple[str, ...]] = ("keys", "offset")

    def __init__(
        self, filename: str | PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        super().__init__()
        self.filename = fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self.offset = 0  # bytes of the file to keep: the next line goes there

    def on_train_begin(self, logs: Any = None) -> None:
        """Make sure that the file can be written."""
        Path(self.filename).parent.mkdir(parents=True, exist_ok=True)
        self.keys = None
        with Path(self.filename).open("a", newline="", encoding="utf-8") as file:
            self.offset = file.tell() if self.append else 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the epoch's line, after a line of names if it is the first of the file."""
        logs = logs or {}
        if self.keys is None:
            self.keys = _columns(logs)
        with Path(self.filename).open("a", newline="", encoding="utf-8") as file:
            file.truncate(min(self.offset, file.tell()))
            writer = csv.writer(file, delimiter=self.sep)
            if self.offset == 0:
                writer.writerow(["epoch", *self.keys])
            writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])
            file.flush()
            self.offset = file.tell()


def _columns(logs: dict[str, Any]) -> list[str]:
    keys = sorted(logs)
    if any(key.startswith("val_") for key in keys):
        return keys
    return [*keys, *(f"val_{key}" for key in keys)]


def _cell(value: Any) -> Any:
    is_list = isinstance(value, Iterable) and not isinstance(value, str)
    is_list = is_list and getattr(value, "ndim", 1) > 0  # a 0-d array is a number
    return f'"[{", ".join(map(str, value))}]"' if is_list else value
