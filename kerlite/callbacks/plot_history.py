"""A picture of the log values that grows while the model trains."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any, ClassVar

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.curves import history_figure, save_figure
from kerlite.callbacks.optional import required

__all__ = ["PlotHistory"]


class PlotHistory(Callback):
    """Draw the log values of all epochs so far into a picture, anew after every epoch.

    Each quantity has a panel, with a curve of training and one of validation. The file is whole
    whenever somebody looks at it.

    Args:
        filename: the picture; ".png", ".svg" and ".pdf" are possible endings.
        keys: the quantities to draw, without "val_"; None: all that the logs have.
        every: epochs from one picture to the next, >= 1; there is one at the end in any case.

    Raises:
        ImportError: when training begins, if matplotlib is not installed.
        ValueError: if `every` is less than 1; after an epoch, if a key is not in the logs.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> file = Path(tempfile.mkdtemp(), "curves.png")
        >>> plotter = PlotHistory(file)
        >>> plotter.on_train_begin()
        >>> plotter.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.75})
        >>> file.exists()
        True

    Source: kerlite's own; `History.plot` draws the same afterwards.
    """

    state_names: ClassVar[tuple[str, ...]] = ("epoch", "history")

    def __init__(
        self,
        filename: str | PathLike[str],
        keys: Sequence[str] | None = None,
        every: int = 1,
    ) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"PlotHistory's `every` must be at least 1; received {every!r}.")
        self.filename = fspath(filename)
        self.keys = keys
        self.every = every
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Start an empty picture."""
        required("matplotlib.figure", "matplotlib", "PlotHistory")
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the epoch's values, and draw if it is time to."""
        self.epoch.append(epoch)
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(value)
        if len(self.epoch) % self.every == 0:
            self._draw()

    def on_train_end(self, logs: Any = None) -> None:
        """Draw what is not drawn yet."""
        if len(self.epoch) % self.every:
            self._draw()

    def _draw(self) -> None:
        figure = history_figure(self.epoch, self.history, self.keys, "PlotHistory")
        save_figure(figure, self.filename)
