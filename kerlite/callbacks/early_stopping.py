"""End training when it no longer helps."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import torch

from kerlite.callbacks.monitor import MonitorCallback
from kerlite.callbacks.screen import print_line

__all__ = ["EarlyStopping"]


class EarlyStopping(MonitorCallback):
    """End training when a quantity has not improved for `patience` epochs.

    Args:
        monitor: the key of the quantity in the logs of an epoch.
        min_delta: how much better counts as an improvement, at least 0.
        patience: epochs without improvement before training ends.
        verbose: 1 prints what is done and why.
        mode: "min", "max" or "auto" (see `MonitorCallback`).
        baseline: waiting goes on until the quantity is better than this too.
        restore_best_weights: whether the model gets the weights of its best epoch back when
            training ends, for whatever reason it ends.
        start_from_epoch: epochs before this one are not looked at.

    Example:
        >>> class Model:
        ...     stop_training = False
        >>> stopper = EarlyStopping(monitor="loss", patience=2)
        >>> stopper.set_model(Model())
        >>> stopper.on_train_begin()
        >>> for epoch, loss in enumerate([0.9, 0.5, 0.6, 0.7]):
        ...     stopper.on_epoch_end(epoch, {"loss": loss})
        >>> stopper.model.stop_training, stopper.best, stopper.best_epoch
        (True, 0.5, 1)

    Source: keras.callbacks.EarlyStopping. `best_weights` is a state dict whose tensors stay on
    their device, and includes what is no weight in Keras's sense, such as running means.
    """

    state_names: ClassVar[tuple[str, ...]] = (
        "best",
        "best_epoch",
        "best_weights",
        "stopped_epoch",
        "wait",
    )

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best_weights: dict[str, Any] | None = None

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there; of weights the order counts, not the names, which may be others."""
        super().load_state_dict(state)
        if self.best_weights is not None:
            names = _module(self.model).state_dict()
            self.best_weights = dict(zip(names, self.best_weights.values(), strict=True))

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the quantity; end training once patience has run out."""
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.is_improvement(current, self.best):
            self.best = current
            self._keep_weights(epoch)
            if self.baseline is None or self.is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Give the model its best weights back, if asked to."""
        if self.stopped_epoch > 0 and self.verbose:
            print_line(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print_line(f"Restoring the weights of the best epoch, {self.best_epoch + 1}.")
            _module(self.model).load_state_dict(self.best_weights)

    def _keep_weights(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = _snapshot(_module(self.model).state_dict(), self.best_weights)


def _module(model: Any) -> torch.nn.Module:
    """The module whose weights are trained: the model itself, or what a Trainer holds."""
    return model if isinstance(model, torch.nn.Module) else model.module


def _snapshot(weights: dict[str, Any], previous: dict[str, Any] | None) -> dict[str, Any]:
    """Copies on the same device, made in the memory of the previous snapshot where it fits."""
    previous = previous or {}
    return {name: _copy(value, previous.get(name)) for name, value in weights.items()}


def _copy(value: Any, room: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return copy.deepcopy(value)
    fits = isinstance(room, torch.Tensor) and (room.shape, room.dtype, room.device) == (
        value.shape,
        value.dtype,
        value.device,
    )
    return room.copy_(value) if fits else value.detach().clone()
