"""The one-cycle learning rate."""

from __future__ import annotations

import math

from kerlite.core.errors import unknown_name
from kerlite.optimizers.schedules.base import LearningRateSchedule, check_positive

__all__ = ["OneCycle"]

_SHAPES = {
    "cos": lambda part: 0.5 * (1.0 - math.cos(math.pi * part)),
    "linear": lambda part: part,
}


class OneCycle(LearningRateSchedule):
    """Raise the learning rate to its maximum, then lower it far below where it began.

    It climbs from max / div_factor to max in the first `pct_start` of the steps, then falls to
    max / div_factor / final_div_factor; in three phases it first falls back to where it began, in
    as many steps as it climbed. Afterwards it stays.

    Args:
        max_learning_rate: the highest rate.
        total_steps: steps of the whole cycle, 2 at least.
        pct_start: share of the steps in which the rate climbs, between 0 and 1.
        anneal_strategy: "cos" or "linear": the form of climb and fall.
        div_factor: how many times lower than the maximum it begins; positive.
        final_div_factor: how many times lower than at the beginning it ends; positive.
        three_phase: whether the fall takes two phases.
        name: kept in the configuration.

    Raises:
        ValueError: for an argument out of range.

    Example:
        >>> rate = OneCycle(1.0, total_steps=11, pct_start=0.5, anneal_strategy="linear")
        >>> rate(0), round(rate(4.5), 6), round(rate(10), 6)
        (0.04, 1.0, 4e-06)

    Source: kerlite's own, after torch.optim.lr_scheduler.OneCycleLR (whose momentum stays as it
    is here); Smith and Topin, arXiv:1708.07120.
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        name: str | None = "OneCycle",
    ):
        if not total_steps >= 2:
            raise ValueError(f"`total_steps` must be 2 or more. Received: {total_steps=!r}.")
        if not 0 <= pct_start <= 1 or (three_phase and pct_start > 0.5):
            raise ValueError(
                "`pct_start` must be between 0 and 1, and at most 0.5 with `three_phase`, which "
                f"climbs and falls as long. Received: {pct_start=!r}, {three_phase=!r}."
            )
        if anneal_strategy not in _SHAPES:
            raise unknown_name("anneal_strategy", anneal_strategy, _SHAPES)
        check_positive("div_factor", div_factor)
        check_positive("final_div_factor", final_div_factor)
        self.max_learning_rate, self.total_steps = max_learning_rate, total_steps
        self.pct_start, self.anneal_strategy = pct_start, anneal_strategy
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        self.three_phase, self.name = three_phase, name

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps."""
        top, first = self.max_learning_rate, self.max_learning_rate / self.div_factor
        turn, end = self.pct_start * self.total_steps - 1.0, self.total_steps - 1.0
        phases = [(turn, first, top)]
        if self.three_phase:
            phases.append((2.0 * turn, top, first))
        phases.append((end, phases[-1][2], first / self.final_div_factor))
        begin = 0.0
        for stop, low, high in phases:
            if step <= stop or stop == end:
                part = min((step - begin) / (stop - begin), 1.0) if stop > begin else 1.0
                return low + (high - low) * _SHAPES[self.anneal_strategy](part)
            begin = stop
        return first / self.final_div_factor
