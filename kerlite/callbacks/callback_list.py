"""The list through which the training loop calls its callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.history import History
from kerlite.callbacks.hook_table import HookTable
from kerlite.callbacks.logs import Logs
from kerlite.callbacks.progbar_logger import ProgbarLogger

__all__ = ["CallbackList"]


def _plain_hook(hook: str) -> Callable[..., None]:
    def call_all(self: CallbackList, logs: Any = None) -> None:
        if hook.endswith("_begin"):  # a hook may have been set on a callback in the meantime
            self._hooks = HookTable(self.callbacks)
        self._hooks.call(hook, Logs(logs).read())

    return call_all


def _epoch_hook(hook: str) -> Callable[..., None]:
    def call_all(self: CallbackList, epoch: int, logs: Any = None) -> None:
        self._hooks.call(hook, epoch, Logs(logs).read())

    return call_all


def _batch_hook(hook: str) -> Callable[..., None]:
    def call_all(self: CallbackList, batch: int, logs: Any = None) -> None:
        self._hooks.call_batch(hook, batch, logs)

    return call_all


class CallbackList(Callback):
    """Several callbacks behind the interface of one, called in their order.

    Which callbacks override which hook is found out once, not at every call. Logs reach them as
    `Logs`, which no one has to pay for who does not read them. An error raised by a callback goes
    on its way with a note that names the callback and the hook.

    Args:
        callbacks: a callback, another list of this class, or lists of them nested as you like.
        add_history: whether to append a `History` where there is none.
        add_progbar: whether to append a `ProgbarLogger` where there is none.
        model: the model they work with.
        **params: what `set_params` gives them (verbose, epochs, steps).

    Raises:
        TypeError: if something in the list is no callback.

    Example:
        >>> callbacks = CallbackList([], add_history=True)
        >>> callbacks.has("on_epoch_end"), callbacks.has("on_train_batch_end")
        (True, False)

    Source: keras.callbacks.CallbackList.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Callback] = [] if callbacks is None else _flatten(callbacks)
        self._history = self._find_or_add(History, add_history)
        self._find_or_add(ProgbarLogger, add_progbar)
        self.set_model(model)
        self.set_params(params)
        self._hooks = HookTable(self.callbacks)

    def has(self, hook: str) -> bool:
        """Return whether any callback overrides the hook of this name."""
        return self._hooks.has(hook)

    def set_model(self, model: Any) -> None:
        """Give the model to every callback, and the history to the model."""
        if model is None:
            return
        super().set_model(model)
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        """Give the parameters to every callback."""
        self.params = params
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    on_train_begin = _plain_hook("on_train_begin")
    on_train_end = _plain_hook("on_train_end")
    on_epoch_begin = _epoch_hook("on_epoch_begin")
    on_epoch_end = _epoch_hook("on_epoch_end")
    on_train_batch_begin = _batch_hook("on_train_batch_begin")
    on_train_batch_end = _batch_hook("on_train_batch_end")
    on_test_begin = _plain_hook("on_test_begin")
    on_test_end = _plain_hook("on_test_end")
    on_test_batch_begin = _batch_hook("on_test_batch_begin")
    on_test_batch_end = _batch_hook("on_test_batch_end")
    on_predict_begin = _plain_hook("on_predict_begin")
    on_predict_end = _plain_hook("on_predict_end")
    on_predict_batch_begin = _batch_hook("on_predict_batch_begin")
    on_predict_batch_end = _batch_hook("on_predict_batch_end")
    on_batch_begin = _batch_hook("on_batch_begin")
    on_batch_end = _batch_hook("on_batch_end")

    def on_exception(self, error: BaseException) -> None:
        """Call this hook of every callback that has it; an error in it is only a warning."""
        self._hooks.call_all_the_same("on_exception", error)

    def _find_or_add(self, kind: type[Callback], add: bool) -> Callback | None:
        found = [callback for callback in self.callbacks if isinstance(callback, kind)]
        if add and not found:
            found = [kind()]
            self.callbacks += found
        return found[-1] if found else None


def _flatten(callbacks: Any) -> list[Callback]:
    if isinstance(callbacks, CallbackList):
        return list(callbacks.callbacks)
    if isinstance(callbacks, Callback):
        return [callbacks]
    if isinstance(callbacks, (list, tuple)):
        return [callback for nested in callbacks for callback in _flatten(nested)]
    hint = (
        f"pass an instance, {callbacks.__name__}(...)"
        if isinstance(callbacks, type)
        else "subclass kerlite.callbacks.Callback, or wrap a function in "
        "LambdaCallback(on_epoch_end=function)"
    )
    raise TypeError(
        f"`callbacks` must hold instances of kerlite.callbacks.Callback; received {callbacks!r}, "
        f"a {type(callbacks).__module__}.{type(callbacks).__qualname__}. To fix this, {hint}."
    )
