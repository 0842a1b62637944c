"""What `compile_report` returns: how each kind of step runs, and why."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Choice"]


class Choice(NamedTuple):
    """How the steps of a kind run.

    Attributes:
        chosen: "eager", "compiled", "compiled in parts", or "undecided" before the second step.
        why: the reason, in a sentence.
        seconds: what the first compilation took, None if there was none.
    """

    chosen: str
    why: str
    seconds: float | None = None

    def __str__(self) -> str:
        """Return all of it in one line."""
        took = "" if self.seconds is None else f" ({self.seconds:.1f} s)"
        return f"{self.chosen}{took}: {self.why}"
