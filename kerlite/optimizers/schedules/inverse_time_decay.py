"""Decay of the learning rate with the inverse of time."""

from __future__ import annotations

import math

from kerlite.optimizers.schedules.base import LearningRateSchedule, check_positive

__all__ = ["InverseTimeDecay"]


class InverseTimeDecay(LearningRateSchedule):
    """Divide the learning rate by a number that grows linearly with the steps.

    rate(step) = initial_learning_rate / (1 + decay_rate * step / decay_steps)

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: steps in which the divisor grows by `decay_rate`; positive.
        decay_rate: how fast the divisor grows.
        staircase: whether to round `step / decay_steps` down, so that the rate falls in stairs.
        name: kept in the configuration.

    Raises:
        ValueError: if `decay_steps` is not positive.

    Example:
        >>> InverseTimeDecay(0.5, decay_steps=10, decay_rate=1.0)(10)
        0.25

    Source: keras.optimizers.schedules.InverseTimeDecay.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = "InverseTimeDecay",
    ):
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps."""
        passed = step / self.decay_steps
        passed = math.floor(passed) if self.staircase else passed
        return self.initial_learning_rate / (1.0 + self.decay_rate * passed)
