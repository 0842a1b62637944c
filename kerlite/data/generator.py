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
        self._given, self._is_there = 0, False
        self._iterator = _checked(iterator, self.name, options)

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the next batches; the first `start` of the epoch are taken and dropped."""
        steps = self.options.steps
        skipped, self._is_there = 0 if self._is_there else start, False
        self._given += skipped
        raw = itertools.islice(
            self._iterator, skipped, None if steps is None else steps - start + skipped
        )
        got = start if steps is None else min(start, steps)
        for batch in deliver(
            raw,
            self.options.device,
            self.options.weigh,
            lambda i: f"batch {i + start} of epoch {index} from {self.name}",
        ):
            got += 1
            self._given += 1
            yield batch
        self.exhausted = steps is None or got < steps
        if steps is not None and got < steps:
            warn_short(index, got, steps, self.name, self.argument)
        elif steps is None and got == start:
            warn_short(index, 0, None, self.name, self.argument)

    def state_dict(self) -> dict[str, Any]:
        """Return how many batches were given so far."""
        return {**super().state_dict(), "given": self._given}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Read up to where the others were: a generator cannot be asked for its middle.

        Raises:
            ValueError: if it ends before that.
        """
        super().load_state_dict(state)
        missing = state["given"] - self._given
        read = sum(1 for _ in itertools.islice(self._iterator, missing))
        if read < missing:
            raise ValueError(
                f"Training was interrupted after {state['given']} batches, but {self.name} ends "
                f"after {self._given + read}. Pass one that gives the same batches from the start."
            )
        self._given, self._is_there = state["given"], True

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
