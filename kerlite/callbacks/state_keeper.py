"""The base class of callbacks that are given the whole state of a training."""

from __future__ import annotations

from typing import Any

from kerlite.callbacks.callback import Callback

__all__ = ["StateKeeper"]


class StateKeeper(Callback):
    """Be given the whole state of a training when asked for, and give it back after a restart.

    After each batch and each epoch, and within a validation, when all callbacks have had their
    turn, `fit` asks `is_due`; if so, it calls `keep_state`. The state is a nested dict of plain
    values and of tensors that training goes on to change: copy what is to be kept. Before the first
    epoch `fit` asks for the `resume_point`, and goes on from there.

    Attributes:
        source: where the state is kept, in words, for errors.

    Example:
        >>> class InMemory(StateKeeper):
        ...     source = "memory"
        ...     def is_due(self):
        ...         return True
        ...     def keep_state(self, state):
        ...         print("epoch", state["epoch"])
        >>> InMemory().resume_point() is None
        True
    """

    keeps_state = True
    source: str = ""

    def resume_point(self) -> dict[str, Any] | None:
        """Return the state to go on from; None to train from the start."""
        return None

    def is_due(self) -> bool:
        """Return whether the state is wanted now."""
        return False

    def keep_state(self, state: dict[str, Any]) -> None:
        """Keep a state."""
        raise NotImplementedError(f"{type(self).__name__} must define keep_state(state).")
