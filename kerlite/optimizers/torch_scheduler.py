"""A learning-rate scheduler of torch's, stepped when its documentation says so."""

from __future__ import annotations

from typing import Any

import torch
from torch.optim import lr_scheduler

__all__ = ["TorchScheduler"]

_PER_STEP = (lr_scheduler.OneCycleLR, lr_scheduler.CyclicLR)


class TorchScheduler:
    """A torch scheduler, or what makes one from an optimizer, and when it is to step.

    Args:
        scheduler: the scheduler, or a class, partial or function of an optimizer.
        interval: "epoch", "step" or None; see `TorchOptimizer`.

    Raises:
        ValueError: if something is not one of these.
    """

    def __init__(self, scheduler: Any, interval: str | None):
        if interval not in (None, "epoch", "step"):
            raise ValueError(
                f"`interval` must be 'epoch', 'step' or None. Received: interval={interval!r}."
            )
        made = isinstance(scheduler, lr_scheduler.LRScheduler)
        if scheduler is not None and not made and not callable(scheduler):
            raise ValueError(
                "Expected a scheduler of torch.optim.lr_scheduler, or a function that makes one "
                f"from an optimizer. Received: scheduler={scheduler!r}."
            )
        self.scheduler = scheduler if made else None
        self._factory = None if made else scheduler
        self._interval = interval

    def attach(self, optimizer: torch.optim.Optimizer) -> None:
        """Make the scheduler for an optimizer, or check that the one given is for it.

        Raises:
            ValueError: if it is for another optimizer.
        """
        if self.scheduler is None and self._factory is not None:
            self.scheduler = self._factory(optimizer)
        if self.scheduler is not None and self.scheduler.optimizer is not optimizer:
            raise ValueError(
                f"The scheduler {type(self.scheduler).__name__} was made for another optimizer "
                "than the one that trains. Make it from that one, or pass a function: "
                "scheduler=lambda optimizer: StepLR(optimizer, 10)."
            )

    def after_step(self) -> None:
        """Step, if that is due after each step of the optimizer."""
        if self.scheduler is not None and self._per_step():
            self.scheduler.step()

    def after_epoch(self, logs: Any) -> None:
        """Step, if that is due after each epoch.

        Raises:
            ValueError: if `ReduceLROnPlateau` finds neither "val_loss" nor "loss".
        """
        if self.scheduler is None or self._per_step():
            return
        if not isinstance(self.scheduler, lr_scheduler.ReduceLROnPlateau):
            self.scheduler.step()
            return
        measured = [logs[name] for name in ("val_loss", "loss") if name in (logs or {})]
        if not measured:
            raise ValueError(
                "ReduceLROnPlateau needs 'val_loss' or 'loss' among the epoch's logs; received "
                f"{sorted(logs or {})}."
            )
        self.scheduler.step(float(measured[0]))

    def _per_step(self) -> bool:
        if self._interval is None:
            return isinstance(self.scheduler, _PER_STEP)
        return self._interval == "step"
