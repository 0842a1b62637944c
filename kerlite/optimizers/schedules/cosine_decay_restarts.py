"""Cosine decay of the learning rate that starts again and again."""

from __future__ import annotations

import math

from kerlite.optimizers.schedules.base import LearningRateSchedule, check_positive

__all__ = ["CosineDecayRestarts"]

_ROUNDING = 1e-9  # a restart must not come a step late because a logarithm fell short


class CosineDecayRestarts(LearningRateSchedule):
    """Lower the learning rate along half a cosine, then restart with a longer, weaker one.

    Period i has first_decay_steps * t_mul ** i steps; in it, with `part` running from 0 to 1,

    rate = initial * ((1 - alpha) * m_mul ** i * (1 + cos(pi * part)) / 2 + alpha)

    Args:
        initial_learning_rate: the rate at step 0.
        first_decay_steps: steps of the first period; positive.
        t_mul: how much longer each period is than the one before; positive.
        m_mul: how much lower each period starts than the one before.
        alpha: the lowest rate, as a fraction of the initial one.
        name: kept in the configuration.

    Raises:
        ValueError: if `first_decay_steps` or `t_mul` is not positive.

    Example:
        >>> rate = CosineDecayRestarts(0.5, first_decay_steps=4, m_mul=0.5)
        >>> rate(0), rate(2), rate(4), rate(8)
        (0.5, 0.25, 0.25, 0.125)

    Source: keras.optimizers.schedules.CosineDecayRestarts; Loshchilov and Hutter, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = "SGDRDecay",
    ):
        check_positive("first_decay_steps", first_decay_steps)
        check_positive("t_mul", t_mul)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps."""
        period, part = self._position(step / self.first_decay_steps)
        cosine = 0.5 * self.m_mul**period * (1.0 + math.cos(math.pi * part))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)

    def _position(self, passed: float) -> tuple[int, float]:
        """Return the number of the period and the part of it that has passed."""
        if self.t_mul == 1.0:
            period = math.floor(passed)
            return period, passed - period
        growth = 1.0 - passed * (1.0 - self.t_mul)
        if growth <= 0.0:  # shrinking periods never last as long as this: all are over
            return 0, 1.0
        period = math.floor(math.log(growth) / math.log(self.t_mul) + _ROUNDING)
        length = self.t_mul**period
        before = (1.0 - length) / (1.0 - self.t_mul)
        return period, max(0.0, passed - before) / length
