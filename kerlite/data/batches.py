"""What every source of data becomes: numbered epochs of batches that lie on the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch

from kerlite.core.user_warning import warn

__all__ = ["Batches", "Options", "Window", "default_batch_size", "warn_short", "window"]


class Batches:
    """Epochs of batches, each packed as `pack_x_y_sample_weight` packs it, on the device.

    `adapt` makes one from anything that `fit` takes; a subclass of one's own may be passed to
    `fit` as it is.
    """

    num_batches: int | None = None
    """Batches in an epoch; None if only the end of the source will tell."""
    batch_size: int | None = None
    """Samples in a full batch; None if the source decides."""
    options: Any = None
    """How batches are made of a source, an `Options`; None in classes that have none."""
    exhausted: bool = False
    """Whether the source has ended and cannot start again: no later epoch has a batch."""
    argument: str = "x"
    """The argument that it was given as, for warnings: "x", or "validation_data"."""

    def epoch(self, index: int, start: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch.

        Args:
            index: the epoch, counted from 0.
            start: the first batch to yield. Batches that can be made one by one come out the same
                as in an epoch that began at 0; a source that cannot seek is read up to there.
        """
        raise NotImplementedError(f"{type(self).__name__} must define epoch(index, start).")

    def close(self) -> None:
        """Let go of the source: end its worker processes. Calling it twice does no harm."""

    def rewind(self) -> None:
        """Have the next epoch begin at the start of the source, if that can be read again."""

    def state_dict(self) -> dict[str, Any]:
        """Return what `epoch(index, start)` needs to go on in another process: plain values.

        Asked for between two batches.
        """
        seed = {} if self.options is None else {"seed": self.options.seed}
        return {**seed, "exhausted": self.exhausted}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where other batches of the same data were; `epoch(index, start)` comes next."""
        if "seed" in state:
            self.options = replace(self.options, seed=state["seed"])
        self.exhausted = state["exhausted"]


@dataclass(frozen=True)
class Options:
    """How batches are made of a source; the arguments of `adapt`."""

    batch_size: int | None
    shuffle: bool | str
    seed: int
    steps: int | None
    device: torch.device
    weigh: Callable[[Any], Any] | None


class Window(NamedTuple):
    """The batches `begin` to `end` of pass `pass_index` over the data; how many are missing."""

    pass_index: int
    begin: int
    end: int | None
    missing: int = 0


def window(epoch: int, start: int, total: int | None, steps: int | None) -> Window:
    """Return which part of which pass over the data makes up an epoch.

    Without `steps` an epoch is a pass. With them, epochs continue where the last one stopped until
    the pass is over; the next epoch then begins a new pass, even if the last one came out short.

    Args:
        epoch: the epoch, counted from 0.
        start: how many of its batches to leave out.
        total: batches in a pass; None for a source without an end.
        steps: batches wanted in an epoch; None for all.

    Example:
        >>> [window(epoch, 0, total=10, steps=4)[:3] for epoch in range(4)]
        [(0, 0, 4), (0, 4, 8), (0, 8, 10), (1, 0, 4)]
    """
    if steps is None:
        return Window(0 if total is None else epoch, start, total)
    if total is None:
        return Window(0, epoch * steps + start, (epoch + 1) * steps)
    passes, part = divmod(epoch, -(-total // steps))
    end = min((part + 1) * steps, total)
    return Window(passes, part * steps + start, end, missing=(part + 1) * steps - end)


def default_batch_size(samples: int, steps: int | None) -> int:
    """Return the size of a batch if none was asked for: 32, or what `steps` batches take.

    Example:
        >>> default_batch_size(100, None), default_batch_size(100, steps=8)
        (32, 13)
    """
    return -(-samples // steps) if steps else 32


def warn_short(epoch: int, got: int, wanted: int | None, source: str, argument: str = "x") -> None:
    """Warn that an epoch ended before its steps were done."""
    if argument == "validation_data":
        message = _of_validation(got, wanted, source)
    else:
        message = (
            f"epoch {epoch} needed {wanted or 'more'} batches, but {source} gave {got}. Make it "
            "give at least steps_per_epoch * epochs batches (a generator can repeat its data in a "
            "`while True` loop), or ask for fewer steps or epochs."
        )
    warn(f"Your input ran out of data: {message}")


def _of_validation(got: int, wanted: int | None, source: str) -> str:
    if got == 0:
        return (
            f"validation_data is {source}, which has no batch left, so the logs of this epoch have "
            "no val_ values. A generator gives its data once: let it repeat them in a `while True` "
            "loop and pass validation_steps, or pass what can be read again, as arrays or a "
            "DataLoader."
        )
    return (
        f"this validation needed {wanted} batches (validation_steps), but validation_data, which "
        f"is {source}, gave {got}; the val_ values are those of these alone. Ask for fewer steps, "
        "or make it give more: a generator can repeat its data in a `while True` loop."
    )
