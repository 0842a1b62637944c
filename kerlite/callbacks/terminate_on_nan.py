"""End training when the loss is no longer a number."""

from __future__ import annotations

import math
import time
from typing import Any

import torch

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.logs import Logs
from kerlite.callbacks.screen import print_line

__all__ = ["TerminateOnNaN"]

_SECONDS_BETWEEN_LOOKS = 0.1


class TerminateOnNaN(Callback):
    """End training when the loss is NaN or infinite.

    Args:
        raise_error: whether to raise an error at once, so that `on_train_end` of the other
            callbacks does not run, rather than to set `model.stop_training`.

    Raises:
        RuntimeError: on a bad loss, if `raise_error` is set.

    Example:
        >>> TerminateOnNaN(raise_error=True).on_batch_end(3, {"loss": float("nan")})
        Traceback (most recent call last):
        ...
        RuntimeError: The loss is NaN or infinite: noticed after batch 3...

    Source: keras.callbacks.TerminateOnNaN, which looks at every batch. Here that holds for losses
    on the CPU; on an accelerator bad losses are remembered there and looked up ten times a second
    and when an epoch ends, so some batches more may run before training ends.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error
        self._mark: torch.Tensor | None = None
        self._next_look = -math.inf
        self._batch = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self._mark = None
        self._next_look = -math.inf

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss, or have the device remember whether it was bad."""
        logs = logs or {}
        loss = logs.peek("loss") if isinstance(logs, Logs) else logs.get("loss")
        if loss is None:
            return
        self._batch = batch
        if not isinstance(loss, torch.Tensor) or loss.device.type == "cpu":
            self._judge(float(loss))
            return
        # 0 times a number is 0, but 0 times NaN or infinity is NaN, and stays so in the sum.
        mark = loss.detach() * 0
        self._mark = mark if self._mark is None else self._mark + mark
        if time.perf_counter() >= self._next_look:
            self._look_at_mark()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at what the device remembers."""
        self._look_at_mark()

    def _look_at_mark(self) -> None:
        if self._mark is not None:
            mark, self._mark = float(self._mark), None
            self._next_look = time.perf_counter() + _SECONDS_BETWEEN_LOOKS
            self._judge(mark)

    def _judge(self, value: float) -> None:
        if math.isfinite(value):
            return
        found = f"The loss is NaN or infinite: noticed after batch {self._batch}"
        if self.raise_error:
            raise RuntimeError(
                f"{found}. Try a smaller learning rate or clipnorm=1.0 in the optimizer, and check "
                "the data for NaN and infinite values."
            )
        print_line(f"{found}; training ends.")
        self.model.stop_training = True
