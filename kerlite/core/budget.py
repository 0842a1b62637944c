"""How much memory may be taken by what is made while a file is read.

A file names sizes; what it names is not made if it is out of proportion to the file itself.
"""

from __future__ import annotations

import contextlib
import contextvars
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from kerlite.core.errors import UnsafeFileError

__all__ = ["memory_for", "spend", "spend_results", "weight_budget"]

# What is in a file may take this many bytes for each of its own, and a little more.
_MOST_EXPANSION = 100
_FREE_BYTES = 64 * 2**20

_PER_RESULT = 1024  # bytes that a tensor without data takes, with all that knows of it

_left: contextvars.ContextVar[int | None] = contextvars.ContextVar("kerlite_budget", default=None)


def memory_for(path: Path) -> int:
    """Return how many bytes what is in a file may take, in memory or unpacked.

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     memory_for(Path(file.name)) // 2**20
        64
    """
    return _FREE_BYTES + _MOST_EXPANSION * path.stat().st_size


@contextlib.contextmanager
def weight_budget(size: int) -> Iterator[None]:
    """Within the `with` block, let new weights take so many bytes and no more.

    Example:
        >>> with weight_budget(100):
        ...     spend((5, 5), torch.float32)
        ...     spend((1,), torch.float32)
        Traceback (most recent call last):
        ...
        kerlite.core.errors.UnsafeFileError: A weight of shape (1,) would ...
    """
    token = _left.set(size)
    try:
        yield
    finally:
        _left.reset(token)


def spend(shape: Sequence[int], dtype: torch.dtype) -> None:
    """Note a weight about to be made.

    Raises:
        UnsafeFileError: if it would take more than what is left.
    """
    left = _left.get()
    if left is None:
        return
    size = math.prod(shape) * dtype.itemsize
    if size > left:
        raise UnsafeFileError(
            f"A weight of shape {tuple(shape)} would take {size:,} bytes, out of all proportion to "
            "the file that asks for it; it is not made."
        )
    _left.set(left - size)


def spend_results(func: Any, args: Sequence[Any]) -> None:
    """Note the results of an operation of torch in a dry run: of a split there may be very many.

    Raises:
        UnsafeFileError: if they would take more than what is left.
    """
    left = _left.get()
    if left is None:
        return
    count = 1
    if func is torch.ops.aten.unbind.int:
        count = args[0].shape[args[1] if len(args) > 1 else 0]
    elif func is torch.ops.aten.split.Tensor:
        count = args[0].shape[args[2] if len(args) > 2 else 0] // max(1, args[1])
    if count * _PER_RESULT > left:
        raise UnsafeFileError(
            f"{func} would make {count:,} tensors, out of all proportion to the file that asks for "
            "them; they are not made."
        )
    _left.set(left - count * _PER_RESULT)
