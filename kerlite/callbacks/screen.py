"""Standard output as a place for bars and messages, shared by all callbacks that print."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import TextIO

from tqdm.auto import tqdm

__all__ = ["IN_NOTEBOOK", "Bar", "bar_characters", "is_live", "print_line", "printable", "screen"]


class Bar(tqdm):
    """A tqdm bar without tqdm's monitor thread and without its lock between processes.

    Making that lock would fix the start method of multiprocessing, which is the caller's to choose.
    """

    monitor_interval = 0
    _lock = threading.RLock()


IN_NOTEBOOK = any(base.__module__ == "tqdm.notebook" for base in Bar.__mro__)


def print_line(text: str) -> None:
    """Print a line above the bars that are on the screen.

    Example:
        >>> print_line("Epoch 1/5")
        Epoch 1/5
    """
    with screen() as stream:
        Bar.write(printable(text), file=stream)
        if stream is not None:
            stream.flush()


@contextlib.contextmanager
def screen() -> Iterator[TextIO]:
    """Give standard output as it is now; nothing is raised within because it has gone away."""
    with contextlib.suppress(OSError, ValueError):
        yield sys.stdout


def is_live() -> bool:
    """Return whether somebody can watch: in a terminal, a notebook or an IDE's console."""
    with screen() as stream:
        is_terminal = stream is not None and stream.isatty()
        return is_terminal or "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ
    return False


def printable(text: str) -> str:
    """Return the text with a question mark for every character that the screen cannot show.

    Example:
        >>> printable("loss")
        'loss'
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, errors="replace").decode(encoding)


def bar_characters() -> str:
    """Return what a bar is drawn with: the sign of what is missing, then of what is done."""
    return "─━" if "?" not in printable("─━") else ".="
