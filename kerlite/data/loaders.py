"""Torch data loaders, and other sources that can be read from the start again and again."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from torch.utils.data import DataLoader, IterableDataset

from kerlite.core.generator_states import generator_states, set_generator_states
from kerlite.core.random_state import host_random_state, kept_random_state, set_random_state
from kerlite.data.batches import Batches, Options, warn_short, window
from kerlite.data.delivery import deliver
from kerlite.data.orphans import no_orphans

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
        self._pass: dict[str, Any] = {}  # the pass being read, and how it began
        self._begun: dict[str, Any] | None = None  # the pass to go on with, after an interruption

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch; see `Batches.epoch`."""
        steps, got = self.options.steps, start
        for batch in deliver(
            self._read(index, start),
            self.options.device,
            self.options.weigh,
            lambda i: f"batch {i + start} of epoch {index} from {self.name}",
            ahead=not self._tells_its_state(),
        ):
            got += 1
            self._pass["read"] += 1
            yield batch
        if got == 0:
            raise ValueError(f"The data is empty: {self.name} gave no batch in epoch {index}.")
        if steps is not None and got < steps:
            self.close()
            warn_short(index, got, steps, self.name, self.argument)

    def state_dict(self) -> dict[str, Any]:
        """Return how the pass being read began and how much of it is read.

        A loader with a `state_dict`, as torchdata's `StatefulDataLoader`, tells that itself.
        """
        own = {"own": generator_states(self._parts()), "passes": self._passes, "pass": self._pass}
        if self._tells_its_state():
            own["loader"] = self.loader.state_dict()  # type: ignore[attr-defined]
        return {**super().state_dict(), **own}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next epoch find the place: by the loader, or by reading the pass up to there."""
        super().load_state_dict(state)
        self._begun, self._passes = state["pass"] or None, state["passes"]
        if "loader" in state:
            self.loader.load_state_dict(state["loader"])  # type: ignore[attr-defined]
        set_generator_states(self._parts(), state["own"])

    def rewind(self) -> None:
        """Read the source anew from now on."""
        self._reading = self._position = self._begun = None

    def close(self) -> None:
        """Let go of the iterator, and with it of a loader's worker processes."""
        self._reading = self._position = None

    def _read(self, epoch: int, start: int) -> Iterator[Any]:
        steps = self.options.steps
        begun, self._begun = self._begun, None
        if steps is None:
            return self._found(begun) if begun and start else self._skipped(epoch, start)
        if self.total is None:
            if begun:
                self._reading = itertools.chain(self._found(begun))
            if begun and start:
                return itertools.islice(self._reading or (), steps - start)
            return itertools.islice(self._onward(), start, steps)
        part = window(epoch, start, self.total, steps)
        if begun and (begun["index"], begun["read"]) == part[:2]:
            self._reading, self._position = self._found(begun), part[:2]
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
            self._reading = self._skipped(pass_index, begin)
        self._position = None
        yield from itertools.islice(self._reading, end - begin)
        self._position = (pass_index, end)

    def _skipped(self, pass_index: int, count: int) -> Iterator[Any]:
        reading = self._open(pass_index)
        self._pass["read"] = count
        return itertools.islice(reading, count, None)

    def _found(self, begun: dict[str, Any]) -> Iterator[Any]:
        """Begin a pass as it began before the interruption, and read up to there."""
        if self._tells_its_state():
            reading = self._open(begun["index"])
        else:
            with kept_random_state():
                set_random_state(begun["random"])
                # The loader's own generators stay where this reading leaves them: how far they
                # were when the state was taken depends on how much was being read ahead.
                set_generator_states(self._parts(), begun["own"])
                reading = self._open(begun["index"])
                for _ in itertools.islice(reading, begun["read"]):
                    pass
        self._pass = dict(begun)
        return reading

    def _open(self, pass_index: int) -> Iterator[Any]:
        parts = self._parts()
        own = generator_states(parts)
        self._pass = {"index": pass_index, "read": 0, "random": host_random_state(), "own": own}
        for part in parts.values():
            set_epoch = getattr(part, "set_epoch", None)
            if set_epoch is not None:
                set_epoch(pass_index)
        return read(self.loader)

    def _parts(self) -> dict[str, Any]:
        loader, inner = self.loader, getattr(self.loader, "batch_sampler", None)
        parts = {name: getattr(loader, name, None) for name in ("sampler", "dataset")}
        return {
            "loader": loader, **parts, "batch_sampler": inner,
            "inner_sampler": getattr(inner, "sampler", None),
        }  # fmt: skip

    def _tells_its_state(self) -> bool:
        return hasattr(self.loader, "state_dict") and hasattr(self.loader, "load_state_dict")


def read(loader: Iterable[Any]) -> Iterator[Any]:
    """Yield what a loader yields; its worker processes end with the reading, whatever ends it.

    Left to the garbage collector, which an error in a worker leaves them to, they take ten seconds.

    Args:
        loader: a `DataLoader`, or any other iterable.
    """
    with no_orphans(loader):
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
