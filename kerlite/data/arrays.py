"""Arrays in memory: a batch is one gather or one view of each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch

from kerlite.core import random, tree
from kerlite.data.batches import Batches, Options, default_batch_size, warn_short, window
from kerlite.data.class_weight import missing_targets
from kerlite.data.columns import check_lengths, columns
from kerlite.data.delivery import place
from kerlite.data.layout import Layout, distinct, fit_on, moved
from kerlite.data.prefetch import prefetch
from kerlite.data.rows import Rows
from kerlite.data.sample_weight import matched
from kerlite.utils.pack import pack_x_y_sample_weight

__all__ = ["ArrayBatches"]

# Views and row numbers are made for this many batches at a time.
_CHUNK = 512


class ArrayBatches(Batches):
    """Batches of arrays of one length.

    Arrays that fit are put on the device once (if they take at most half of its free memory); there
    a batch is one `index_select` of each array if shuffled, else a view. On the CPU the arrays' own
    memory is used and never written. Memory-mapped arrays, and arrays that do not fit, stay where
    they are: their batches are read ahead, pinned, and copied without waiting.

    Args:
        x: inputs: arrays, frames, lists of numbers, or dicts, lists and tuples of these.
        y: targets, likewise.
        sample_weight: one array for all targets, or the structure of `y`.
        options: `batch_size` is 32 unless given, or what `steps` batches take.

    Raises:
        ValueError: if something is no array, lengths differ, or there is no data.
    """

    def __init__(self, x: Any, y: Any, sample_weight: Any, options: Options):
        if options.weigh is not None and y is None:
            raise missing_targets()
        self.options = options
        x, y = columns(x, "x"), columns(y, "y")
        sample_weight = matched(sample_weight, y)
        self.samples = check_lengths(x, y, sample_weight)
        self.size = options.batch_size or default_batch_size(self.samples, options.steps)
        self.total = -(-self.samples // self.size)
        self.batch_size, self.num_batches = self.size, options.steps or self.total
        self._prepare(pack_x_y_sample_weight(x, y, sample_weight))

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch; see `Batches.epoch`."""
        part = window(index, start, self.total, self.options.steps)
        end = min((part.end or 0) * self.size, self.samples)
        rows, order = range(part.begin * self.size, end), self._order(part.pass_index)
        flat = self._gathered(rows, order) if self._on_device else self._fetched(rows, order)
        batches = self._layout.restore(flat)
        yield from batches if self._weigh is None else map(self._weigh, batches)
        if part.missing:
            wanted = self.options.steps or 0
            name = f"data of {self.samples} samples"
            warn_short(index, wanted - part.missing, wanted, name, self.argument)

    def arrays(self) -> Any:
        """Return all of the arrays, packed like a batch, in the order they were given."""
        return next(self._layout.restore(iter([tuple(self._layout.leaves)])))

    def _prepare(self, packed: Any) -> None:
        self._weigh, device = self.options.weigh, self.options.device
        self._on_device = fit_on(device, distinct(packed))
        if self._on_device:
            packed = moved(packed, device)
            if self._weigh is not None and _one_label_each(packed[1]):
                packed, self._weigh = self._weigh(packed), None  # looked up once for all
        self._layout = Layout(packed)

    def _order(self, pass_index: int) -> torch.Tensor | None:
        shuffle, seed = self.options.shuffle, self.options.seed
        if not shuffle:
            return None
        order = random.permutation(self.samples, seed, pass_index)
        if shuffle == "batch":  # every batch keeps its own samples, in another order
            order = order[torch.argsort(order // self.size, stable=True)]
        return order.to(self.options.device) if self._on_device else order

    def _gathered(
        self, rows: range, order: torch.Tensor | None
    ) -> Iterator[tuple[torch.Tensor, ...]]:
        """Yield tuples of tensors on the device; this is the loop that has to cost nothing."""
        size, leaves, select = self.size, self._layout.leaves, torch.index_select
        for low in range(rows.start, rows.stop, size * _CHUNK):
            chunk = slice(low, min(low + size * _CHUNK, rows.stop))
            if order is None:
                yield from zip(*(leaf[chunk].split(size) for leaf in leaves), strict=True)
            elif len(leaves) == 2:
                first, second = leaves
                for which in order[chunk].split(size):
                    yield select(first, 0, which), select(second, 0, which)
            else:
                for which in order[chunk].split(size):
                    yield tuple([select(leaf, 0, which) for leaf in leaves])

    def _fetched(
        self, rows: range, order: torch.Tensor | None
    ) -> Iterator[tuple[torch.Tensor, ...]]:
        """Yield tuples of tensors, read where they are and copied to the device."""
        with contextlib.closing(prefetch(self._read(rows, order))) as batches:
            for batch in batches:
                yield place(batch, self.options.device)

    def _read(self, rows: range, order: torch.Tensor | None) -> Iterator[tuple[torch.Tensor, ...]]:
        pin = self.options.device.type == "cuda"
        leaves = self._layout.leaves
        sources = [leaf if isinstance(leaf, Rows) else Rows(leaf) for leaf in leaves]
        for low in range(rows.start, rows.stop, self.size):
            chunk = slice(low, min(low + self.size, rows.stop))
            batch = [source.read(chunk if order is None else order[chunk]) for source in sources]
            if pin:
                batch = [t.pin_memory() if t.device.type == "cpu" else t for t in batch]
            yield tuple(batch)


def _one_label_each(targets: Any) -> bool:
    return all(leaf is None or leaf.ndim <= 2 for leaf in tree.flatten(targets))
