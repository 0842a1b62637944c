"""How many samples a second are trained, and how much memory that takes."""

from __future__ import annotations

import sys
import time
from typing import Any

import torch
from torch import Tensor

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.training_snapshot import module_of

__all__ = ["Throughput"]

_MIB = 2**20


class Throughput(Callback):
    """Add to the logs of every epoch how fast it was trained and the most memory it took.

    "samples_per_second" and "steps_per_second" are those of training, without validation and
    without the first batch, which warms up, unless it is the only one. "memory_mib" is the most
    that tensors took on the accelerator in the epoch; on the CPU the most that the process ever
    took (where the system tells). Samples are counted by the model's loss, on the device: a model
    with a `train_step` of its own that does not update it gets no "samples_per_second".

    Example:
        >>> import kerlite
        >>> model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x, y = torch.ones(64, 2), torch.ones(64, 1)
        >>> history = model.fit(x, y, verbose=0, callbacks=[Throughput()])
        >>> history.history["samples_per_second"][0] > 0
        True

    Source: kerlite's own.
    """

    def __init__(self) -> None:
        super().__init__()
        self._count: Tensor | None = None
        self._seen: Tensor | None = None
        self._warm_seen: Tensor | None = None
        self._begin = self._warm = self._end = 0.0
        self._steps = self._warm_steps = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Find what counts the samples."""
        tracker = next(iter(self.model.metrics), None)
        self._count = getattr(tracker, "count", None)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start anew."""
        self._seen = self._warm_seen = None
        self._steps = self._warm_steps = 0
        device = self._device()
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        self._begin = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the time, and the samples so far: validation resets what counts them."""
        self._end, self._steps = time.perf_counter(), batch + 1
        if self._count is not None:
            self._seen = self._count.detach().clone()
        if not self._warm_steps:
            self._warm, self._warm_steps, self._warm_seen = self._end, batch + 1, self._seen

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the numbers to the logs."""
        if logs is None or not self._steps:
            return
        samples, steps, seconds = _number(self._seen), self._steps, self._end - self._begin
        if steps > self._warm_steps:
            samples -= _number(self._warm_seen)
            steps -= self._warm_steps
            seconds = self._end - self._warm
        logs["steps_per_second"] = steps / seconds
        if samples:
            logs["samples_per_second"] = samples / seconds
        if memory := _memory(self._device()):
            logs["memory_mib"] = memory

    def _device(self) -> torch.device:
        weight = next(module_of(self.model).parameters(), None)
        return torch.device("cpu") if weight is None else weight.device


def _number(count: Tensor | None) -> float:
    return 0.0 if count is None else float(count)


def _memory(device: torch.device) -> float | None:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / _MIB
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not there on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MIB if sys.platform == "darwin" else peak / 1024
