"""Torch data loaders, and other sources that can be read from the start again and again."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from torch.utils.data import DataLoader, IterableDataset

from kerlite.data.batches import Batches, Options, warn_short, window
from kerlite.data.delivery import deliver

__all__ = ["LoaderBatches", "read", "stream_batches"]

_END = object()


class LoaderBatches(Batches):
    """Batches from a `DataLoader`, or from any iterable of batches.

    Every epoch reads it from the start; with `steps`, epochs go on until it ends and then begin
    again. Its samplers and datasets are told the epoch where they have a `set_epoch`. The order of
    a loader is its own affair: an epoch that starts at batch `k` reads up to there.

    Args:
        loader: yields batches; may be read more than once.
        options: `steps` is the length of an epoch.

    Raises:
        ValueError: if its length is known and is 0.
    """

    def __init__(self, loader: Iterable[Any], options: Options):
        self.loader = loader
        self.name = f"the {type(loader).__name__}"
        self.options = options
        self.total = _length(loader)
        if self.total == 0:
            raise ValueError(
                f"The data is empty: {self.name} has no batches (len is 0). Expected one at least; "
                "a loader with drop_last=True needs a batch_size no larger than its dataset."
            )
        self.num_batches = options.steps or self.total
        self.batch_size = getattr(loader, "batch_size", None)
        self._reading: Iterator[Any] | None = None
        self._position: tuple[int, int] | None = None
        self._passes = 0

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch; see `Batches.epoch`."""
        steps, got = self.options.steps, start
        for batch in deliver(
            self._read(index, start),
            self.options.device,
            self.options.weigh,
            lambda i: f"batch {i + start} of epoch {index} from {self.name}",
        ):
            got += 1
            yield batch
        if got == 0:
            raise ValueError(f"The data is empty: {self.name} gave no batch in epoch {index}.")
        if steps is not None and got < steps:
            self.close()
            warn_short(index, got, steps, self.name)

    def close(self) -> None:
        """Let go of the iterator, and with it of a loader's worker processes."""
        self._reading = self._position = None

    def _read(self, epoch: int, start: int) -> Iterator[Any]:
        steps = self.options.steps
        if steps is None:
            return itertools.islice(self._open(epoch), start, None)
        if self.total is None:
            return itertools.islice(self._onward(), start, steps)
        part = window(epoch, start, self.total, steps)
        return self._part(part.pass_index, part.begin, part.end or 0)

    def _onward(self) -> Iterator[Any]:
        """Read on in a stream of unknown length; begin again if the last epoch ended with it."""
        first = _END if self._reading is None else next(self._reading, _END)
        if first is _END:
            # A chain, unlike a generator, is not closed along with the one that reads it.
            self._reading = itertools.chain(self._open(self._passes))
            self._passes += 1
        else:
            yield first
        yield from self._reading or ()

    def _part(self, pass_index: int, begin: int, end: int) -> Iterator[Any]:
        if self._reading is None or self._position != (pass_index, begin):
            self._reading = itertools.islice(self._open(pass_index), begin, None)
        self._position = None
        yield from itertools.islice(self._reading, end - begin)
        self._position = (pass_index, end)

    def _open(self, pass_index: int) -> Iterator[Any]:
        parts = [
            getattr(self.loader, name, None) for name in ("sampler", "batch_sampler", "dataset")
        ]
        for part in (self.loader, *parts):
            set_epoch = getattr(part, "set_epoch", None)
            if set_epoch is not None:
                set_epoch(pass_index)
        return read(self.loader)


def read(loader: Iterable[Any]) -> Iterator[Any]:
    """Yield what a loader yields; its worker processes end with the reading, whatever ends it.

    Left to the garbage collector, which an error in a worker leaves them to, they take ten seconds.

    Args:
        loader: a `DataLoader`, or any other iterable.
    """
    iterator = iter(loader)
    try:
        yield from iterator
    finally:
        shut_down = getattr(iterator, "_shutdown_workers", None)
        if shut_down is not None and not getattr(loader, "persistent_workers", False):
            shut_down()


def stream_batches(dataset: IterableDataset[Any], options: Options) -> LoaderBatches:
    """Return batches of a dataset that yields samples, collated as a `DataLoader` collates them.

    Args:
        dataset: yields samples in its own order.
        options: `batch_size` is 32 unless given.
    """
    loader: DataLoader[Any] = DataLoader(dataset, batch_size=options.batch_size or 32)
    return LoaderBatches(loader, replace(options, batch_size=None))


def _length(loader: Any) -> int | None:
    try:
        return len(loader)
    except TypeError:  # a stream: only its end will tell
        return None
