"""Sources of data that several tests use."""

import threading

import numpy as np
from torch.utils.data import Dataset, IterableDataset

from kerlite.utils import PyDataset


class Squares(Dataset):
    """Samples (x, x**2)."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return np.array([i], dtype="float64"), i * i


class Counting(IterableDataset):
    """Samples 0.0, 1.0, ... up to n."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(np.arange(self.n, dtype="float32"))


class Table:
    """Columns for a list of row numbers, as Hugging Face's datasets give them."""

    def __init__(self, **columns):
        self.columns = columns

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, rows):
        return {name: [column[row] for row in rows] for name, column in self.columns.items()}


class Pages(PyDataset):
    """Batch i is the numbers 4i to 4i+3 and their negatives."""

    def __init__(self, pages=5, **kwargs):
        super().__init__(**kwargs)
        self.pages = pages
        self.calls = []

    def __len__(self):
        return self.pages

    def __getitem__(self, index):
        if index >= 100:
            raise KeyError("no such page")
        x = np.arange(4 * index, 4 * index + 4, dtype="float64")
        return x, -x

    def on_epoch_begin(self):
        self.calls.append("begin")

    def on_epoch_end(self):
        self.calls.append("end")


class BrokenPages(Pages):
    """Cannot make batch 2."""

    def __getitem__(self, index):
        if index == 2:
            raise OSError("page 2 is torn")
        return super().__getitem__(index)


class EndlessPages(Pages):
    """Has no last batch."""

    num_batches = None


def numbers(batches):
    """Return every batch's x (or batch) as a list of plain numbers."""
    return [
        (batch[0] if isinstance(batch, tuple) else batch).reshape(-1).tolist() for batch in batches
    ]


def threads():
    """Return the names of the threads that make data."""
    return [t.name for t in threading.enumerate() if t.name.startswith("kerlite")]
