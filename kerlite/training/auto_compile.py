"""`jit_compile="auto"`: eager steps are timed, then compiled ones if there is work enough left."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

__all__ = ["AutoCompile", "Pace"]

WORTH = 300.0  # seconds of eager work left that make an attempt at compilation worth its time
EAGER_WINDOWS = 30  # so a fit of less than half a minute is never more than counted
COMPILED_WINDOWS = 15


class Pace:
    """How long a step takes: the median over windows of a second or more.

    The device is not waited for: over a second the host goes no faster than it. The median leaves
    out windows in which something was compiled, validated or saved.

    Args:
        clock: gives the time in seconds.

    Example:
        >>> times = iter([0.0, 0.5, 1.0, 1.5, 2.0])
        >>> pace = Pace(times.__next__)
        >>> for _ in range(5):
        ...     pace.count()
        >>> pace.windows, pace.seconds()
        (2, 0.5)
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter):
        self._clock = clock
        self._begin: float | None = None
        self._steps = 0
        self._means: list[float] = []

    @property
    def windows(self) -> int:
        """How many windows are over."""
        return len(self._means)

    def count(self) -> None:
        """Count a step that begins now."""
        now = self._clock()
        if self._begin is None:
            self._begin = now
            return
        self._steps += 1
        if now - self._begin >= 1.0:
            self._means.append((now - self._begin) / self._steps)
            self._begin, self._steps = now, 0

    def seconds(self) -> float:
        """Return what one step takes."""
        return statistics.median(self._means)


class AutoCompile:
    """Decides during `fit` whether the training steps are worth compiling.

    The first steps run eagerly. If what is left after half a minute would take more than five
    minutes at their pace, compiled steps are tried for fifteen windows of a second, and whichever
    were faster are kept.

    Args:
        steps: the steps that `fit` will make.
        obstacle: returns what torch.compile lacks here, in words; None if it has all it needs.
        clock: gives the time in seconds.
    """

    def __init__(
        self,
        steps: int,
        obstacle: Callable[[], str | None] = lambda: None,
        clock: Callable[[], float] = time.perf_counter,
    ):
        self.compiles = self.is_decided = self.is_timed = False
        self.why = f"'auto' compiles what after half a minute has {WORTH:.0f} s of work left"
        self._left, self._obstacle = steps, obstacle
        self._eager, self._compiled = Pace(clock), Pace(clock)

    def count(self) -> bool:
        """Count a training step that begins now; return whether to run it compiled."""
        if self.is_decided:
            return self.compiles
        if self.compiles:
            self._try_compiled()
        else:
            self._time_eager()
        self._left -= 1
        return self.compiles

    def decide(self, compiles: bool, why: str) -> None:
        """Run all further steps this way."""
        self.compiles, self.why, self.is_decided = compiles, why, True

    def _time_eager(self) -> None:
        self._eager.count()
        if self._eager.windows < EAGER_WINDOWS:
            return
        left = self._left * self._eager.seconds()
        if left <= WORTH:
            found = f"'auto' found {left:.0f} s of work left, not more than {WORTH:.0f} s"
            self.decide(False, found)
        elif problem := self._obstacle():
            self.decide(False, f"'auto' would compile, but {problem}")
        else:
            self.compiles, self.why = True, f"'auto' is trying it: {left:.0f} s of work are left"

    def _try_compiled(self) -> None:
        self._compiled.count()
        if self._compiled.windows < COMPILED_WINDOWS:
            return
        ours, eager = self._compiled.seconds(), self._eager.seconds()
        times = f"'auto' timed {ours * 1e3:.3g} ms a step compiled, {eager * 1e3:.3g} ms eager"
        self.is_timed = True
        self.decide(ours < eager, times)
