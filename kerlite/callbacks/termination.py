"""Time to save something between the signal to end and the end."""

from __future__ import annotations

import signal
import threading
from typing import Any

__all__ = ["Termination"]


class Termination:
    """Notes a SIGTERM instead of ending the process, until that is wanted.

    Only in the main thread, where Python lets signals be handled, and not where they are ignored.

    Example:
        >>> termination = Termination()
        >>> termination.begin()
        >>> signal.raise_signal(signal.SIGTERM)
        >>> termination.is_asked_for
        True
        >>> termination.end()
        >>> termination.is_asked_for
        False
    """

    def __init__(self) -> None:
        self.is_asked_for = False
        self._before: Any = None

    def begin(self) -> None:
        """Take the signal over."""
        self.is_asked_for = False
        if self._before is not None or threading.current_thread() is not threading.main_thread():
            return
        before = signal.getsignal(signal.SIGTERM)
        if before not in (None, signal.SIG_IGN):
            self._before = before
            signal.signal(signal.SIGTERM, self._note)

    def end(self) -> None:
        """Give the signal back to who handled it before."""
        before, self._before, self.is_asked_for = self._before, None, False
        if before is not None:
            signal.signal(signal.SIGTERM, before)

    def pass_on(self) -> None:
        """Do what the signal would have done; if the process lives on, be ready for another."""
        self.end()
        signal.raise_signal(signal.SIGTERM)
        self.begin()

    def _note(self, number: int, frame: Any) -> None:
        self.is_asked_for = True
