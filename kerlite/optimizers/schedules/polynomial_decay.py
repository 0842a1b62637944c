"""Polynomial decay of the learning rate."""

from __future__ import annotations

import math

from kerlite.optimizers.schedules.base import LearningRateSchedule, check_positive

__all__ = ["PolynomialDecay"]


class PolynomialDecay(LearningRateSchedule):
    """Lower the learning rate to its end along a polynomial.

    rate(step) = (initial - end) * (1 - min(step, decay_steps) / decay_steps) ** power + end

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: steps until the end is reached; positive.
        end_learning_rate: the rate at the end.
        power: the exponent; 1 is a straight line.
        cycle: whether, past the end, to start again, with the next multiple of `decay_steps` that
            is not below `step` in the place of `decay_steps`.
        name: kept in the configuration.

    Raises:
        ValueError: if `decay_steps` is not positive.

    Example:
        >>> rate = PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.0)
        >>> rate(0), rate(5), rate(20)
        (0.5, 0.25, 0.0)

    Source: keras.optimizers.schedules.PolynomialDecay.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = "PolynomialDecay",
    ):
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps."""
        length = self.decay_steps
        if self.cycle:
            length *= max(1, math.ceil(step / self.decay_steps))
        left = 1.0 - min(step, length) / length
        span = self.initial_learning_rate - self.end_learning_rate
        return span * left**self.power + self.end_learning_rate
