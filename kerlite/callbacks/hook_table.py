"""Which callbacks override which hook, and how they are called."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from kerlite.callbacks.callback import HOOKS, Callback
from kerlite.callbacks.logs import Logs
from kerlite.core.user_warning import warn

__all__ = ["HookTable"]

# The hook that stands in for another when only the old name is overridden.
_OLD_NAMES = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


class HookTable:
    """The hooks that each of some callbacks overrides, in its class or on the object itself.

    An error raised by a callback goes on its way with a note that names the callback and the hook.

    Args:
        callbacks: the callbacks, in the order in which they are called.

    Example:
        >>> class Announcer(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(f"epoch {epoch + 1} has ended")
        >>> hooks = HookTable([Callback(), Announcer()])
        >>> hooks.call("on_epoch_end", 0)
        epoch 1 has ended
        >>> hooks.has("on_epoch_begin")
        False
    """

    def __init__(self, callbacks: Sequence[Callback]) -> None:
        self._hooks: dict[str, list[tuple[Callable[..., Any], Callback]]] = {
            hook: [
                (getattr(callback, name), callback)
                for callback in callbacks
                if (name := _overridden_name(callback, hook))
            ]
            for hook in HOOKS
        }

    def has(self, hook: str) -> bool:
        """Return whether any callback overrides the hook."""
        return bool(self._hooks[hook])

    def call(self, hook: str, *args: Any) -> None:
        """Call the hook of every callback that has it."""
        for function, callback in self._hooks[hook]:
            try:
                function(*args)
            except Exception as error:
                _add_note(error, f"Raised by the callback {_place(callback, hook)}.")
                raise

    def call_batch(self, hook: str, batch: int, logs: Any) -> None:
        """Call the hook of a batch; the logs are made into `Logs` if anybody is there to read."""
        hooks = self._hooks[hook]
        if not hooks:
            return
        logs = Logs(logs)
        for function, callback in hooks:
            try:
                function(batch, logs=logs)
            except Exception as error:
                _add_note(error, f"Raised by the callback {_place(callback, hook)}.")
                raise
        kept = weakref.ref(logs)
        del logs
        # Logs that a callback keeps must not show the values of later batches.
        if (still_there := kept()) is not None:
            still_there.read()

    def call_all_the_same(self, hook: str, *args: Any) -> None:
        """Call the hook of every callback that has it; what goes wrong is only a warning."""
        for function, callback in self._hooks[hook]:
            try:
                function(*args)
            except Exception as error:
                warn(f"{_place(callback, hook)} failed as well: {error!r}")


def _overridden_name(callback: Callback, hook: str) -> str | None:
    """The name under which the callback overrides the hook; None where it does not."""
    for name in filter(None, (hook, _OLD_NAMES.get(hook))):
        inherited = getattr(type(callback), name, None) is getattr(Callback, name)
        if name in vars(callback) or not inherited:
            return name
    return None


def _place(callback: Callback, hook: str) -> str:
    return f"{type(callback).__name__}.{hook}"


def _add_note(error: Exception, note: str) -> None:
    if sys.version_info >= (3, 11):
        error.add_note(note)
        return
    # Python 3.10 prints no notes: chain the note in as the error's cause; the type stays the same.
    cause = RuntimeError(note)
    cause.__cause__, cause.__context__ = error.__cause__, error.__context__
    error.__cause__ = cause
