"""PyDatasets, read by threads or processes as they ask."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset

from kerlite.core import random
from kerlite.data.batches import Batches, Options, warn_short, window
from kerlite.data.delivery import annotate, deliver, to_host
from kerlite.data.loaders import read
from kerlite.utils.py_dataset import PyDataset

__all__ = ["PyDatasetBatches"]


class PyDatasetBatches(Batches):
    """Batches of a `PyDataset`, in an order that is a pure function of (seed, epoch).

    Its `on_epoch_begin` is called before the first batch of an epoch, `on_epoch_end` after the last
    (not if the epoch is cut short). Its `num_batches` is read anew for every epoch.

    Args:
        dataset: makes the batches.
        options: `shuffle` shuffles the order of the batches, if their number is known.

    Raises:
        ValueError: if it has no batches.
    """

    def __init__(self, dataset: PyDataset, options: Options):
        self.dataset = dataset
        self.options = options
        self._ended = 0
        if dataset.num_batches == 0:
            raise ValueError(
                f"The data is empty: the PyDataset {type(dataset).__name__} has no batches (its "
                "length is 0). __len__ returns the number of batches, rounded up."
            )

    @property
    def num_batches(self) -> int | None:  # type: ignore[override]
        """Batches in an epoch; None if there is no end."""
        return self.options.steps or self.dataset.num_batches

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch; see `Batches.epoch`."""
        options, name = self.options, type(self.dataset).__name__
        self.dataset.on_epoch_begin()
        part = window(index, start, self.dataset.num_batches, options.steps)
        # The random numbers of a worker process follow from all that it has made before.
        skipped = start if self._has_processes() else 0
        order = self._order(part.pass_index, part.begin - skipped, part.end)
        made = self._made(order, index)
        yield from deliver(
            itertools.islice(made, skipped, None) if skipped else made,
            options.device,
            options.weigh,
            lambda i: f"batch {i + start} of epoch {index} from the PyDataset {name}",
            ahead=0 < self.dataset.workers <= 1 and not self.dataset.use_multiprocessing,
        )
        self.dataset.on_epoch_end()
        self._ended += 1
        if part.missing:
            wanted = options.steps or 0
            warn_short(index, wanted - part.missing, wanted, f"the PyDataset {name}", self.argument)

    def state_dict(self) -> dict[str, Any]:
        """Return how many epochs have ended, and the dataset's own `state_dict()` if it has one."""
        own = getattr(self.dataset, "state_dict", None)
        kept = {} if own is None else {"dataset": own()}
        return {**super().state_dict(), "ended": self._ended, **kept}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Hand the dataset its state, or else tell it of the epochs that have ended already."""
        super().load_state_dict(state)
        if "dataset" in state:
            self.dataset.load_state_dict(state["dataset"])  # type: ignore[attr-defined]
        else:
            for _ in range(state["ended"] - self._ended):
                self.dataset.on_epoch_begin()
                self.dataset.on_epoch_end()
        self._ended = state["ended"]

    def _has_processes(self) -> bool:
        return self.dataset.workers > 0 and self.dataset.use_multiprocessing

    def _order(self, pass_index: int, begin: int, end: int | None) -> Iterable[int]:
        total = self.dataset.num_batches
        if total is None:
            return itertools.count(begin) if end is None else range(begin, end)
        if not self.options.shuffle:
            return range(begin, end or 0)
        return random.permutation(total, self.options.seed, pass_index)[begin:end].tolist()

    def _made(self, order: Iterable[int], epoch: int) -> Iterator[Any]:
        dataset = self.dataset
        make = _Maker(dataset)
        if self._has_processes():
            return _in_processes(make, order, dataset, random_seed=self.options.seed + epoch)
        if dataset.workers > 1:
            return _in_threads(make, order, dataset.workers, dataset.max_queue_size)
        return map(make.__getitem__, order)


class _Maker(Dataset):
    """Makes batches into tensors where they are made; may travel to another process."""

    def __init__(self, dataset: PyDataset):
        self.dataset = dataset

    def __getitem__(self, index: int) -> Any:
        try:
            return to_host(self.dataset[index])
        except Exception as error:
            annotate(error, f"in {type(self.dataset).__name__}[{index}]")
            raise


def _in_threads(make: _Maker, order: Iterable[int], workers: int, ahead: int) -> Iterator[Any]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="kerlite-data")
    waiting: deque[Future[Any]] = deque()
    try:
        for index in order:
            waiting.append(pool.submit(make.__getitem__, index))
            if len(waiting) >= max(ahead, workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_processes(
    make: _Maker, order: Iterable[int], dataset: PyDataset, random_seed: int
) -> Iterator[Any]:
    loader: DataLoader[Any] = DataLoader(
        make,
        batch_size=None,
        sampler=order,
        collate_fn=_unchanged,
        num_workers=dataset.workers,
        prefetch_factor=max(1, dataset.max_queue_size // dataset.workers),
        generator=torch.Generator().manual_seed(random_seed),
    )
    return read(loader)


def _unchanged(batch: Any) -> Any:
    return batch
