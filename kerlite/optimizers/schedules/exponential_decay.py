"""Exponential decay of the learning rate."""

from __future__ import annotations

import math

from kerlite.optimizers.schedules.base import LearningRateSchedule, check_positive

__all__ = ["ExponentialDecay"]


class ExponentialDecay(LearningRateSchedule):
    """Multiply the learning rate by `decay_rate` every `decay_steps` steps.

    rate(step) = initial_learning_rate * decay_rate ** (step / decay_steps)

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: steps for one factor of `decay_rate`; positive.
        decay_rate: the factor.
        staircase: whether to round `step / decay_steps` down, so that the rate falls in stairs.
        name: kept in the configuration.

    Raises:
        ValueError: if `decay_steps` is not positive.

    Example:
        >>> ExponentialDecay(0.8, decay_steps=10, decay_rate=0.5)(20)
        0.2

    Source: keras.optimizers.schedules.ExponentialDecay.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = "ExponentialDecay",
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
        exponent = math.floor(passed) if self.staircase else passed
        return self.initial_learning_rate * self.decay_rate**exponent
