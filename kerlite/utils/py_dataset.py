"""A dataset written as a Python class that makes whole batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

__all__ = ["PyDataset", "Sequence"]


class PyDataset:
    """Base class of datasets that make batch number `index` on request.

    A subclass defines `__getitem__(index)`, which returns a whole batch (`x`, `(x, y)` or
    `(x, y, sample_weight)`), and `__len__`, the number of batches; or the property `num_batches`,
    which may be None for a dataset without an end. `fit` makes batches ahead of time, in order.

    Args:
        workers: how many threads or processes make batches; 0 makes them in the trainer's own
            thread, one at a time.
        use_multiprocessing: processes instead of threads: for Python code that computes rather
            than waits. The dataset is copied into every process, at the start of every epoch.
        max_queue_size: how many batches are made ahead, at most.

    Example:
        >>> import numpy as np
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         x = np.arange(4.0) + 4 * index
        ...         return x, x**2
        >>> len(list(Squares(workers=2)))
        3

    Source: keras.utils.PyDataset (and its old name, keras.utils.Sequence).
    """

    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ):
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """Return batch number `index`."""
        raise NotImplementedError(
            f"{type(self).__name__} must define __getitem__(self, index), which returns a batch."
        )

    def __iter__(self) -> Iterator[Any]:
        total = self.num_batches
        for index in itertools.count() if total is None else range(total):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """Number of batches in an epoch; None if there is no end."""
        length = getattr(self, "__len__", None)
        if length is None:
            raise NotImplementedError(
                f"{type(self).__name__} must define __len__ (the number of batches), or the "
                "property num_batches (None for a dataset without an end)."
            )
        return int(length())

    def on_epoch_begin(self) -> None:
        """Do what must be done before the first batch of an epoch; nothing unless overridden."""

    def on_epoch_end(self) -> None:
        """Do what must be done after the last batch of an epoch; nothing unless overridden."""


Sequence = PyDataset
