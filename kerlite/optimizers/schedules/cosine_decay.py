"""Cosine decay of the learning rate, after an optional warm-up."""

from __future__ import annotations

import math

from kerlite.optimizers.schedules.base import LearningRateSchedule, check_positive

__all__ = ["CosineDecay"]


class CosineDecay(LearningRateSchedule):
    """Lower the learning rate along half a cosine, after an optional linear warm-up.

    warm-up: rate(step) = initial + (warmup_target - initial) * step / warmup_steps
    decay:   rate(step) = top * ((1 - alpha) * (1 + cos(pi * part)) / 2 + alpha)

    `top` is `warmup_target`, or the initial rate without warm-up; `part` runs from 0 to 1 during
    the `decay_steps` that follow the warm-up.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: steps of the decay; positive.
        alpha: the lowest rate, as a fraction of the top one.
        name: kept in the configuration.
        warmup_target: the rate at the end of the warm-up; None means there is none.
        warmup_steps: steps of the warm-up.

    Raises:
        ValueError: if `decay_steps` is not positive.

    Example:
        >>> rate = CosineDecay(0.0, decay_steps=10, warmup_target=0.5, warmup_steps=4)
        >>> rate(2), rate(4), rate(9), rate(14)
        (0.25, 0.5, 0.25, 0.0)

    Source: keras.optimizers.schedules.CosineDecay; Loshchilov and Hutter, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str | None = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ):
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps."""
        if self.warmup_target is None:
            return self._decayed(step, self.initial_learning_rate)
        if step < self.warmup_steps:
            climb = self.warmup_target - self.initial_learning_rate
            return self.initial_learning_rate + climb * step / self.warmup_steps
        return self._decayed(step - self.warmup_steps, self.warmup_target)

    def _decayed(self, step: float, top: float) -> float:
        part = min(step, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1.0 + math.cos(math.pi * part))
        return top * ((1.0 - self.alpha) * cosine + self.alpha)
