"""Set the learning rate of every epoch by a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from numbers import Real
from typing import Any

import torch

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.screen import print_line

__all__ = ["LearningRateScheduler", "log_learning_rates", "named_optimizers"]


class LearningRateScheduler(Callback):
    """Set the learning rate at the beginning of every epoch, and add it to the epoch's logs.

    Args:
        schedule: a function of (epoch, learning rate), or of (epoch) alone, that returns the new
            learning rate; the first epoch is 0.
        verbose: 1 prints every learning rate.

    Raises:
        ValueError: if the function returns something that is no number, or the optimizer has no
            learning rate.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5))
        >>> scheduler = LearningRateScheduler(lambda epoch, lr: lr / 2)
        >>> scheduler.set_model(model)
        >>> scheduler.on_epoch_begin(0)
        >>> model.optimizer.learning_rate
        0.25

    Source: keras.callbacks.LearningRateScheduler; here the function may return a one-element tensor
    or an int as well.
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Ask the function and set the learning rate."""
        for name, optimizer in named_optimizers(self.model.optimizer):
            if not hasattr(optimizer, "learning_rate"):
                raise ValueError(f"LearningRateScheduler: {optimizer!r} has no `learning_rate`.")
            optimizer.learning_rate = rate = self._rate(epoch, float(optimizer.learning_rate))
            if self.verbose:
                of_name = name and f" of {name}"
                print_line(f"Epoch {epoch + 1}: the learning rate{of_name} is {rate}.")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the learning rate to the logs."""
        log_learning_rates(self.model.optimizer, logs)

    def _rate(self, epoch: int, current: float) -> float:
        arguments = (epoch, current) if _takes_two(self.schedule) else (epoch,)
        rate = self.schedule(*arguments)
        if isinstance(rate, Real) or (isinstance(rate, torch.Tensor) and rate.numel() == 1):
            return float(rate)
        raise ValueError(
            "The `schedule` of LearningRateScheduler must return the learning rate as a number; "
            f"for epoch {epoch} it returned {rate!r}, a {type(rate).__name__}."
        )


def named_optimizers(optimizer: Any) -> Iterator[tuple[str, Any]]:
    """Yield (name, optimizer): the one itself without a name, or each that a MultiOptimizer has."""
    if hasattr(optimizer, "optimizers"):
        yield from ((inner.name, inner) for inner in optimizer.optimizers)
    else:
        yield "", optimizer


def log_learning_rates(optimizer: Any, logs: dict[str, Any] | None) -> None:
    """Write the learning rate into the logs as "learning_rate", or one per inner optimizer."""
    for name, inner in named_optimizers(optimizer):
        if logs is not None:
            logs[f"learning_rate_{name}" if name else "learning_rate"] = float(inner.learning_rate)


def _takes_two(schedule: Callable[..., Any]) -> bool:
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a built-in function that does not tell
        return True
    return True
