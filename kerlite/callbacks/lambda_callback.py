"""A callback made of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerlite.callbacks.callback import HOOKS, Callback
from kerlite.core.errors import unknown_name

__all__ = ["LambdaCallback"]


class LambdaCallback(Callback):
    """Call the given functions as hooks.

    Args:
        on_epoch_begin: a function of (epoch, logs).
        on_epoch_end: a function of (epoch, logs).
        on_train_begin: a function of (logs).
        on_train_end: a function of (logs).
        on_train_batch_begin: a function of (batch, logs=...).
        on_train_batch_end: a function of (batch, logs=...).
        **kwargs: functions for the other hooks of `Callback`, by their names.

    Raises:
        ValueError: if a name is not that of a hook.
        TypeError: if a value cannot be called.

    Example:
        >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
        >>> callback.on_epoch_end(0, {"loss": 0.25})
        0 0.25

    Source: keras.callbacks.LambdaCallback, which takes any name in **kwargs.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **kwargs: Callable[..., Any] | None,
    ) -> None:
        super().__init__()
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for hook, function in functions.items():
            if hook not in HOOKS:
                raise unknown_name("hook", hook, HOOKS)
            if function is None:
                continue
            if not callable(function):
                raise TypeError(f"LambdaCallback needs a function for {hook}; got {function!r}.")
            setattr(self, hook, function)
