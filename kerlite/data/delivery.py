"""The way of a batch from the code that makes it to the device."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np
import torch

from kerlite.data import columns, convert
from kerlite.data.prefetch import prefetch
from kerlite.data.rows import Rows

__all__ = ["annotate", "deliver", "place", "to_host"]


def deliver(
    raw: Iterator[Any],
    device: torch.device,
    weigh: Callable[[Any], Any] | None,
    describe: Callable[[int], str],
    ahead: bool = True,
) -> Iterator[Any]:
    """Yield batches on the device: made into tensors ahead of time, pinned, copied unawaited.

    Args:
        raw: yields batches of arrays, tensors and lists of numbers.
        device: where to put them.
        weigh: adds the classes' weights to a batch; None for none.
        describe: says which batch number i of `raw` is, for an exception that is raised on the way.
        ahead: whether the thread that calls may leave making batches to another.
    """
    host = _on_host(raw, describe, pin=device.type == "cuda")
    with contextlib.closing(prefetch(host) if ahead else host) as batches:
        for batch in batches:
            placed = place(batch, device)
            yield placed if weigh is None else weigh(placed)


def to_host(batch: Any, pin: bool = False) -> Any:
    """Return a batch with tensors for its arrays, a tuple for the list around `x, y, weights`.

    Floats become floatx, but for 16-bit torch tensors. What is no array but has a method `to` (a
    packed sequence, a batch of graphs) is left as it is.

    Args:
        batch: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
        pin: put the tensors into page-locked memory, from where a copy need not be awaited.

    Raises:
        ValueError: if it is a tuple or list of another length, or holds something else.

    Example:
        >>> to_host([[1, 2], [0.5, 1.0]])
        (tensor([1, 2]), tensor([0.5000, 1.0000]))
    """
    if batch is None:
        raise ValueError("A batch is None; expected x, (x, y) or (x, y, sample_weight).")
    leaf = functools.partial(_leaf, pin=pin)
    if not isinstance(batch, (list, tuple)) or hasattr(batch, "to"):
        return columns.map_nested(leaf, batch, "x")
    if not 1 <= len(batch) <= 3:
        raise ValueError(
            f"A batch is a {type(batch).__name__} of {len(batch)} items; expected x, (x,), (x, y) "
            "or (x, y, sample_weight). Put several inputs or targets into a list or dict of their "
            "own."
        )
    names = ("x", "y", "sample_weight")[: len(batch)]
    return tuple(
        columns.map_nested(leaf, item, name) for item, name in zip(batch, names, strict=True)
    )


def place(batch: Any, device: torch.device) -> Any:
    """Return a batch of tensors on the device, without waiting for the copy."""
    if isinstance(batch, torch.Tensor) or hasattr(batch, "to"):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, dict):
        return {key: place(item, device) for key, item in batch.items()}
    if not isinstance(batch, (list, tuple)):
        return batch
    placed = [place(item, device) for item in batch]
    if isinstance(batch, list):
        return placed
    return type(batch)(*placed) if hasattr(batch, "_fields") else tuple(placed)


def annotate(error: Exception, where: str) -> None:
    """Add to an exception a note of what was being done when it was raised."""
    if hasattr(error, "add_note"):
        error.add_note(where)
    else:  # Python 3.10
        error.args = (" ".join([*map(str, error.args[:1]), f"({where})"]), *error.args[1:])


def _on_host(
    raw: Iterator[Any], describe: Callable[[int], str], pin: bool
) -> Generator[Any, None, None]:
    position = 0
    while True:
        try:
            batch = to_host(next(raw), pin)
        except StopIteration:
            return
        except Exception as error:
            annotate(error, f"while making {describe(position)}")
            raise
        yield batch
        position += 1


def _leaf(value: Any, name: str, pin: bool) -> Any:
    if isinstance(value, torch.Tensor):
        tensor = convert.as_floatx(value, keep_halves=True)
    elif hasattr(value, "to"):
        return value
    else:
        tensor = _tensor(value, name)
    return tensor.pin_memory() if pin and tensor.device.type == "cpu" else tensor


def _tensor(value: Any, name: str) -> torch.Tensor:
    if isinstance(value, np.ndarray):  # a memory-mapped one too: a batch is small
        return convert.as_floatx(convert.from_numpy(value, name))
    column = columns.columns(value, name)
    return column.read(slice(0, len(column))) if isinstance(column, Rows) else column
