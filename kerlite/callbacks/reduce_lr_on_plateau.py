"""Reduce the learning rate when training stalls."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from kerlite.callbacks.learning_rate_scheduler import log_learning_rates, named_optimizers
from kerlite.callbacks.monitor import MonitorCallback
from kerlite.callbacks.screen import print_line
from kerlite.core.user_warning import warn

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(MonitorCallback):
    """Multiply the learning rate by `factor` when a quantity has not improved for a while.

    new rate = max(old rate * factor, min_lr)

    Args:
        monitor: the key of the quantity in the logs of an epoch.
        factor: below 1.
        patience: epochs without improvement before the learning rate is reduced.
        verbose: 1 prints every reduction.
        mode: "min", "max" or "auto" (see `MonitorCallback`).
        min_delta: how much better counts as an improvement, at least 0.
        cooldown: epochs after a reduction in which none are counted.
        min_lr: the learning rate never falls below it.
        **kwargs: only `epsilon`, the old name of `min_delta`.

    Raises:
        ValueError: if `factor` is 1 or more.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5))
        >>> reducer = ReduceLROnPlateau("loss", factor=0.5, patience=1)
        >>> reducer.set_model(model)
        >>> reducer.on_train_begin()
        >>> for epoch, loss in enumerate([0.9, 0.9]):
        ...     reducer.on_epoch_end(epoch, {"loss": loss})
        >>> model.optimizer.learning_rate
        0.25

    Source: keras.callbacks.ReduceLROnPlateau.
    """

    state_names: ClassVar[tuple[str, ...]] = ("best", "cooldown_counter", "wait")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if "epsilon" in kwargs:
            warn("ReduceLROnPlateau: write min_delta, not epsilon.")
            min_delta = kwargs.pop("epsilon")
        if kwargs:
            raise TypeError(f"ReduceLROnPlateau does not know the arguments {sorted(kwargs)}.")
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau needs a factor below 1; received factor={factor}.")
        super().__init__(monitor, mode, min_delta=min_delta)
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.cooldown_counter = 0
        self.wait = 0

    def in_cooldown(self) -> bool:
        """Return whether a reduction is so recent that epochs are not counted yet."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the quantity, reduce the learning rate if it stalls, and log the rate."""
        log_learning_rates(self.model.optimizer, logs)
        current = self.get_monitor_value(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def _reduce(self, epoch: int) -> bool:
        """Reduce every learning rate above the minimum; return whether there was one."""
        reduced = False
        for name, optimizer in named_optimizers(self.model.optimizer):
            old_rate = float(optimizer.learning_rate)
            # In single precision: an optimizer may hold its rate so, which is not quite min_lr.
            if np.float32(old_rate) > np.float32(self.min_lr):
                optimizer.learning_rate = rate = max(old_rate * self.factor, self.min_lr)
                reduced = True
                if self.verbose:
                    of_name = name and f" of {name}"
                    print_line(f"Epoch {epoch + 1}: reducing the learning rate{of_name} to {rate}.")
        return reduced
