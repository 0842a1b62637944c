"""The base of the learning-rate schedules."""

from __future__ import annotations

from typing import Any

import torch

from kerlite.core.registry import register_public
from kerlite.core.serialize import Configurable
from kerlite.optimizers.scalars import HostFloat

__all__ = ["LearningRateSchedule"]


class LearningRateSchedule(Configurable):
    """A learning rate that depends on the number of steps taken.

    A schedule of yours overrides `__call__(step)` and returns a number; its configuration is read
    from its arguments. Compute with Python numbers: `step` is an int, and a tensor returned is
    read back from the host. kerlite's own schedules also take a tensor of steps, of any shape, and
    then return a tensor of that shape.

    Example:
        >>> class Halving(LearningRateSchedule):
        ...     def __init__(self, initial_learning_rate):
        ...         self.initial_learning_rate = initial_learning_rate
        ...     def __call__(self, step):
        ...         return self.initial_learning_rate * 0.5**step
        >>> Halving(0.8)(2)
        0.2
        >>> Halving(0.8).get_config()
        {'initial_learning_rate': 0.8}

    Source: keras.optimizers.schedules.LearningRateSchedule.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give kerlite's own schedules the public names that Keras files use."""
        if cls.__module__.startswith("kerlite."):
            register_public(cls, module="keras.optimizers.schedules")
        super().__init_subclass__(**kwargs)

    def __call__(self, step: Any) -> Any:
        """Return the learning rate after `step` steps."""
        if isinstance(step, torch.Tensor):
            rates = [self.rate(float(one)) for one in step.flatten().tolist()]
            return torch.tensor(rates, device=step.device).reshape(step.shape)
        return HostFloat(self.rate(float(step)))

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps, all in Python numbers."""
        raise NotImplementedError(
            f"Learning rate schedule {type(self).__name__!r} must override `__call__(self, step)`."
        )


def check_positive(name: str, value: Any) -> None:
    """Refuse a number that is not positive."""
    if value <= 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={value}.")
