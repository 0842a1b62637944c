"""Datasets that return single samples or whole columns, gathered a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch.utils.data import default_collate

from kerlite.core import errors, random
from kerlite.data.batches import Batches, Options, default_batch_size, warn_short, window
from kerlite.data.class_weight import missing_targets
from kerlite.data.delivery import deliver

__all__ = ["SampleBatches", "TableBatches"]


class SampleBatches(Batches):
    """Batches of a map-style dataset: `len(dataset)` samples, `dataset[i]` the i-th.

    Samples are collated as a `DataLoader` collates them; worker processes are a `DataLoader`'s
    affair. The order is a pure function of (seed, epoch).

    Args:
        dataset: any object with `__len__` and `__getitem__`; `__getitems__` is used if there.
        options: `batch_size` is 32 unless given.

    Raises:
        ValueError: if the dataset is empty.
    """

    def __init__(self, dataset: Any, options: Options):
        self.dataset = dataset
        self.name = f"the dataset {type(dataset).__name__}"
        self.options = options
        self.samples = len(dataset)
        if not self.samples:
            raise ValueError(f"The data is empty: {self.name} has length 0. Expected one sample.")
        self.size = options.batch_size or default_batch_size(self.samples, options.steps)
        self.total = -(-self.samples // self.size)
        self.batch_size, self.num_batches = self.size, options.steps or self.total

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch; see `Batches.epoch`."""
        part = window(index, start, self.total, self.options.steps)
        yield from deliver(
            map(self.gather, self._rows(part.pass_index, part.begin, part.end or 0)),
            self.options.device,
            self.options.weigh,
            lambda i: f"batch {i + start} of epoch {index} from {self.name}",
        )
        if part.missing:
            wanted = self.options.steps or 0
            warn_short(index, wanted - part.missing, wanted, self.name, self.argument)

    def gather(self, rows: list[int]) -> Any:
        """Return the batch of the given samples."""
        if hasattr(self.dataset, "__getitems__"):
            return default_collate(self.dataset.__getitems__(rows))
        return default_collate([self.dataset[row] for row in rows])

    def _rows(self, pass_index: int, begin: int, end: int) -> Iterator[list[int]]:
        size, shuffle = self.size, self.options.shuffle
        order = torch.arange(self.samples)
        if shuffle:
            order = random.permutation(self.samples, self.options.seed, pass_index)
        if shuffle == "batch":
            order = order[torch.argsort(order // size, stable=True)]
        for low in range(begin * size, min(end * size, self.samples), size):
            yield order[low : low + size].tolist()


class TableBatches(SampleBatches):
    """Batches of a dataset that returns a dict of columns for a list of row numbers.

    Hugging Face's datasets do. A batch is that dict, and it has no targets, unless `label` names
    the column, or columns, that are the targets; a single column left over is `x` itself.

    Args:
        dataset: `len(dataset)` rows; `dataset[[3, 1]]` returns a dict of columns.
        options: `batch_size` is 32 unless given.
        label: the column or columns of the targets; None for none.

    Raises:
        ValueError: if the dataset is empty or has no such column.
    """

    def __init__(self, dataset: Any, options: Options, label: str | list[str] | None = None):
        super().__init__(dataset, options)
        self.label = label
        if label is None and options.weigh is not None:
            raise missing_targets()
        names, wanted = list(dataset[[0]]), self._labels()
        if not all(isinstance(name, str) for name in wanted):
            raise ValueError(
                "y was passed although x is a table, which brings its own. Pass the name of its "
                f"column of targets, such as y='label'; received a {type(label).__name__}."
            )
        for name in wanted:
            if name not in names:
                raise errors.unknown_name("column", name, names)

    def gather(self, rows: list[int]) -> Any:
        """Return the batch of the given rows."""
        columns: Mapping[str, Any] = self.dataset[rows]
        if self.label is None:
            return dict(columns)
        labels = self._labels()
        x = {name: column for name, column in columns.items() if name not in labels}
        y = {name: columns[name] for name in labels}
        return _bare(x), columns[self.label] if isinstance(self.label, str) else y

    def _labels(self) -> list[str]:
        if isinstance(self.label, (list, tuple)):
            return list(self.label)
        return [] if self.label is None else [self.label]


def _bare(columns: dict[str, Any]) -> Any:
    return next(iter(columns.values())) if len(columns) == 1 else columns
