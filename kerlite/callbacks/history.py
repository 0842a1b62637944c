"""The record of a training that `fit` returns."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, ClassVar

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.curves import history_figure, save_figure

__all__ = ["History"]


class History(Callback):
    """Keep the log values of every epoch; `fit` adds one by itself and returns it.

    Attributes:
        history: for each key of the logs, the list of its values, one per epoch.
        epoch: the indices of the epochs.

    Example:
        >>> history = History()
        >>> history.on_train_begin()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.on_epoch_end(1, {"loss": 0.25})
        >>> history.history
        {'loss': [0.5, 0.25]}

    Source: keras.callbacks.History; here a second `fit` with the same object starts afresh, where
    Keras appends. `plot` is kerlite's.
    """

    state_names: ClassVar[tuple[str, ...]] = ("epoch", "history")

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Start an empty record; one returned earlier keeps its values."""
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Append the epoch's values."""
        self.epoch.append(epoch)
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(value)
        if self.model is not None:
            self.model.history = self

    def plot(
        self, keys: Sequence[str] | None = None, filename: str | PathLike[str] | None = None
    ) -> Any:
        """Return a matplotlib figure of the values, and save it if a file is named.

        Args:
            keys: the quantities to draw, without "val_"; None: all.
            filename: where to save the picture.

        Raises:
            ImportError: if matplotlib is not installed.
            ValueError: if there are no values, or none of that name.
        """
        figure = history_figure(self.epoch, self.history, keys, "History.plot")
        if filename is not None:
            save_figure(figure, filename)
        return figure
