"""A learning rate that is constant between given steps."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

from kerlite.optimizers.schedules.base import LearningRateSchedule

__all__ = ["PiecewiseConstantDecay"]


class PiecewiseConstantDecay(LearningRateSchedule):
    """Use `values[i]` up to and including step `boundaries[i]`, the last value afterwards.

    Args:
        boundaries: steps, strictly increasing.
        values: learning rates, one more than there are boundaries.
        name: kept in the configuration.

    Raises:
        ValueError: if the lengths do not fit, or the boundaries do not increase.

    Example:
        >>> rate = PiecewiseConstantDecay([100, 200], [1.0, 0.5, 0.1])
        >>> rate(100), rate(101), rate(999)
        (1.0, 0.5, 0.1)

    Source: keras.optimizers.schedules.PiecewiseConstantDecay.
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str | None = "PiecewiseConstant",
    ):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of "
                f"length {len(values)}."
            )
        if any(low >= high for low, high in itertools.pairwise(boundaries)):
            raise ValueError(f"The boundaries must increase. Received: boundaries={boundaries}.")
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def rate(self, step: float) -> float:
        """Return the learning rate after `step` steps."""
        return self.values[bisect.bisect_left(self.boundaries, step)]
