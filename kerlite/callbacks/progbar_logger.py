"""The progress bar of `fit`, `evaluate` and `predict`."""

from __future__ import annotations

import math
import time
from typing import Any

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.progress_line import ProgressLine
from kerlite.callbacks.screen import is_live, print_line
from kerlite.core import config

__all__ = ["ProgbarLogger"]

_SECONDS_BETWEEN_LOOKS = 0.1


class ProgbarLogger(Callback):
    """Show how training, evaluation or prediction gets on; `verbose` makes `fit` add one by itself.

    With verbose=1 an epoch is a moving bar with the time and the metrics, and validation values at
    its end; with verbose=2 it is one line of text when it ends; with 0, nothing. "auto" is 1, or 2
    after `config.disable_interactive_logging()`; where output goes neither to a terminal nor to a
    notebook, "auto" shows only the finished bars. The log values are read at most ten times a
    second, so the device is hardly ever waited for.

    Example:
        >>> logger = ProgbarLogger()
        >>> logger.set_params({"verbose": 2, "epochs": 3, "steps": 8})
        >>> logger.on_epoch_begin(0)
        Epoch 1/3
        >>> logger.on_train_batch_end(7)
        >>> logger.on_epoch_end(0, {"loss": 0.25})
        8/8 - 0s - .../step - loss: 0.2500

    Source: keras.callbacks.ProgbarLogger, drawn by tqdm.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.target: int | None = None
        self.epochs = 1
        self.verbose = 1
        self._style = "bar"
        self._line: ProgressLine | None = None
        self._next_look = math.inf
        self._in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Take over the verbosity, the number of epochs and the number of steps.

        Raises:
            ValueError: if `verbose` is not 0, 1, 2 or "auto".
        """
        super().set_params(params)
        verbose = params.get("verbose", 1)
        if verbose not in ("auto", 0, 1, 2):
            raise ValueError(f"`verbose` must be 0, 1, 2 or 'auto'; received verbose={verbose!r}.")
        automatic = verbose == "auto"
        if automatic:
            verbose = 1 if config.is_interactive_logging_enabled() else 2
        self.verbose = int(verbose)
        bar = "bar" if not automatic or is_live() else "final bar"
        self._style = "plain" if self.verbose == 2 else bar
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    def on_train_begin(self, logs: Any = None) -> None:
        """Note that validation will be part of the epoch's own line."""
        self._in_fit = True

    def on_train_end(self, logs: Any = None) -> None:
        """Forget that."""
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Print the epoch's number and start its line."""
        if self.verbose and self.epochs > 1:
            print_line(f"Epoch {epoch + 1}/{self.epochs}")
        self._begin()

    def on_test_begin(self, logs: Any = None) -> None:
        """Start a line, unless this is validation within `fit`."""
        if not self._in_fit:
            self._begin()

    def on_predict_begin(self, logs: Any = None) -> None:
        """Start a line."""
        self._begin()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count the batch, and draw if a tenth of a second has passed."""
        self.seen = batch + 1
        if time.perf_counter() >= self._next_look:
            self._look(logs)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count the batch, unless this is validation within `fit`."""
        if not self._in_fit:
            self.on_train_batch_end(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count the batch; its outputs are not shown."""
        self.on_train_batch_end(batch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Finish the line with the values of the epoch, validation included."""
        self._finish(logs)

    def on_test_end(self, logs: Any = None) -> None:
        """Finish the line, unless this is validation within `fit`."""
        if not self._in_fit:
            self._finish(logs)

    def on_predict_end(self, logs: Any = None) -> None:
        """Finish the line."""
        self._finish(None)

    def on_exception(self, error: BaseException) -> None:
        """Leave the bar as it is, on a line of its own."""
        self._in_fit = False
        self._close()

    def _begin(self) -> None:
        self._close()
        self.seen = 0
        if self.verbose:
            self._line = ProgressLine(self.target, self._style)
            self._next_look = -math.inf if self._style == "bar" else math.inf

    def _look(self, logs: Any) -> None:
        if self._line is not None:
            self._line.draw(self.seen, logs or {})
        self._next_look = time.perf_counter() + _SECONDS_BETWEEN_LOOKS

    def _finish(self, logs: Any) -> None:
        self.target = self.target or self.seen  # now the length of an epoch is known
        if self._line is not None:
            self._line.finish(self.seen, logs or {})
            self._close()

    def _close(self) -> None:
        self._next_look = math.inf
        if self._line is not None:
            self._line.close()
            self._line = None
