"""Linear warm-up, then cosine decay."""

from __future__ import annotations

import math

from kerlite.optimizers.schedules.base import LearningRateSchedule, check_positive

__all__ = ["WarmupCosine"]


class WarmupCosine(LearningRateSchedule):
    """Raise the learning rate linearly from 0 to its maximum, then lower it along half a cosine.

    warm-up: rate(step) = max * step / warmup_steps
    decay:   rate(step) = end + (max - end) * (1 + cos(pi * part)) / 2

    `part` runs from 0 to 1 between the end of the warm-up and `total_steps`, warm-up included:
    `CosineDecay` is the same but counts the decay alone, and can begin above 0.

    Args:
        max_learning_rate: the rate at the end of the warm-up.
        total_steps: steps of warm-up and decay together; positive.
        warmup_steps: steps of the warm-up, 0 or more and fewer than `total_steps`.
        end_learning_rate: the rate at the end, and from then on.
        name: kept in the configuration.

    Raises:
        ValueError: for numbers of steps out of range.

    Example:
        >>> rate = WarmupCosine(0.5, total_steps=12, warmup_steps=4)
        >>> rate(0), rate(2), rate(4), rate(8), rate(12)
        (0.0, 0.25, 0.5, 0.25, 0.0)

    Source: kerlite's own; Loshchilov and Hutter, arXiv:1608.03983.
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: float,
        warmup_steps: float = 0,
        end_learning_rate: float = 0.0,
        name: str | None = "WarmupCosine",
    ):
        check_positive("total_steps", total_steps)
        if not 0 <= warmup_steps < total_steps:
            raise ValueError(
                "`warmup_steps` must be 0 or more and fewer than `total_steps`. Received: "
                f"warmup_steps={warmup_steps!r}, total_steps={total_steps!r}."
            )
        self.max_learning_rate, self.total_steps = max_learning_rate, total_steps
        self.warmup_steps, self.end_learning_rate = warmup_steps, end_learning_rate
        self.name = name

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps."""
        if step < self.warmup_steps:
            return self.max_learning_rate * step / self.warmup_steps
        part = min((step - self.warmup_steps) / (self.total_steps - self.warmup_steps), 1.0)
        span = self.max_learning_rate - self.end_learning_rate
        return self.end_learning_rate + span * 0.5 * (1.0 + math.cos(math.pi * part))
