"""`jit_compile=True`: compiled steps run beside eager ones for a moment, and the faster stay."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

__all__ = ["Trial"]

WARMUP = 10  # steps that are not timed: the first of them compiles
BLOCK = 10  # steps that are timed together
ROUNDS = 3  # blocks of each kind; the best counts, so that a validation in between does not
MARGIN = 0.95  # the share of the compiled time that eager steps must stay below


class Trial:
    """Finds out in the first steps of a training whether compiling them was worth it.

    After ten compiled steps, ten of each kind are timed in turn, three times. Only for these seven
    moments the device is waited for.

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
        self._times: tuple[list[float], list[float]] = ([], [])

    def count(self) -> bool:
        """Count a training step that begins now; return whether to run it compiled."""
        if self.is_decided:
            return self.compiles
        block, within = divmod(self._steps - WARMUP, BLOCK)
        self._steps += 1
        if block >= 0 and not within:
            self._begin(block)
        return self.compiles

    def _begin(self, block: int) -> None:
        if self._device.type != "cpu":
            torch.accelerator.synchronize(self._device)
        now = self._clock()
        if block:
            self._times[(block - 1) % 2].append(now - self._began)
        self._began, self.compiles = now, block % 2 == 0
        if block == 2 * ROUNDS:
            self._decide()

    def _decide(self) -> None:
        ours, eager = (min(times) / BLOCK * 1e3 for times in self._times)
        self.compiles, self.is_decided = eager >= MARGIN * ours, True
        self.why = f"a step took {ours:.3g} ms compiled, {eager:.3g} ms eager"
