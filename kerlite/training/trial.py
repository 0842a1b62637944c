"""`jit_compile=True`: compiled steps run beside eager ones for a moment, and the faster stay."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch

__all__ = ["Trial"]

WARMUP = 10  # steps that are not timed: the first of them compiles
BLOCK = 10  # steps of one kind in a row
BLOCKS = 6  # so many, of the two kinds in turn
SHARE = 0.97  # of the eager time: compiled steps that take more are not worth the compiler


class Trial:
    """Finds out in the first steps of a training whether compiling them was worth it.

    After ten compiled steps, ten of each kind are timed in turn, three times; only for these the
    device is waited for. The median step counts: what happens between two epochs, or between two
    calls of `fit`, is in few of them.

    Args:
        device: where the steps run.
        clock: gives the time in seconds.

    Example:
        >>> trial = Trial(torch.device("cpu"))
        >>> [trial.count() for _ in range(WARMUP + BLOCK + 1)][-2:]
        [True, False]
    """

    def __init__(self, device: torch.device, clock: Callable[[], float] = time.perf_counter):
        self.compiles, self.is_decided, self.why = True, False, ""
        self._device, self._clock = device, clock
        self._steps, self._began = 0, 0.0
        self._times: dict[bool, list[float]] = {True: [], False: []}

    def count(self) -> bool:
        """Count a training step that begins now; return whether to run it compiled."""
        if self.is_decided:
            return self.compiles
        timed = self._steps - WARMUP
        self._steps += 1
        if timed >= 0:
            self._end_step(timed)
            self.compiles = timed // BLOCK % 2 == 0
        if timed == BLOCK * BLOCKS:
            self._decide()
        return self.compiles

    def _end_step(self, timed: int) -> None:
        if self._device.type != "cpu":
            torch.accelerator.synchronize(self._device)
        now = self._clock()
        if timed:
            self._times[self.compiles].append(now - self._began)
        self._began = now

    def _decide(self) -> None:
        ours, eager = (statistics.median(self._times[kind]) * 1e3 for kind in (True, False))
        self.compiles, self.is_decided = ours < SHARE * eager, True
        self.why = f"a step took {ours:.3g} ms compiled, {eager:.3g} ms eager"
        if not self.compiles and ours < eager:
            self.why += ", a gain too small to keep"
