"""Python generators, and any other iterator over batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from kerlite.data.batches import Batches, Options, warn_short
from kerlite.data.class_weight import missing_targets
from kerlite.data.delivery import annotate, deliver, to_host
from kerlite.utils.pack import unpack_x_y_sample_weight

__all__ = ["GeneratorBatches"]

_END = object()


class GeneratorBatches(Batches):
    """Batches from an iterator: every epoch goes on where the last one stopped.

    The first batch is taken at once, to check it. After that an epoch takes as many batches as it
    has steps, no more; without `steps` it runs to the end.

    Args:
        iterator: yields `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
        options: `steps` is the length of an epoch.

    Raises:
        ValueError: if there is no batch at all, or the first is none of the above.
    """

    def __init__(self, iterator: Iterator[Any], options: Options):
        self.name = f"the generator {getattr(iterator, '__name__', type(iterator).__name__)!r}"
        self.options = options
        self.num_batches = options.steps
        self._iterator = _checked(iterator, self.name, options)

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the next batches; the first `start` of the epoch are taken and dropped."""
        steps = self.options.steps
        raw = itertools.islice(self._iterator, start, steps)
        got = start if steps is None else min(start, steps)
        for batch in deliver(
            raw,
            self.options.device,
            self.options.weigh,
            lambda i: f"batch {i + start} of epoch {index} from {self.name}",
        ):
            got += 1
            yield batch
        self.exhausted = steps is None or got < steps
        if steps is not None and got < steps:
            warn_short(index, got, steps, self.name)
        elif steps is None and got == start:
            warn_short(index, 0, None, self.name)

    def close(self) -> None:
        """Let go of the iterator; it is left where it is."""
        self._iterator = iter(())
        self.exhausted = True


def _checked(iterator: Iterator[Any], name: str, options: Options) -> Iterator[Any]:
    where = f"while making batch 0 of epoch 0 from {name}"
    try:
        first = next(iterator, _END)
        if first is _END:
            raise ValueError(
                f"The data is empty: {name} gave no batch. Expected one at least; a generator that "
                "was used before has nothing left and must be made again."
            )
        batch = to_host(first)
    except Exception as error:
        annotate(error, where)
        raise
    if options.weigh is not None and unpack_x_y_sample_weight(batch)[1] is None:
        raise missing_targets()
    return itertools.chain([first], iterator)
