"""Worker processes of a loader that end when the process they work for is killed."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
from collections.abc import Callable, Iterator
from typing import Any

from torch.utils.data import DataLoader

__all__ = ["no_orphans"]


@contextlib.contextmanager
def no_orphans(loader: Any) -> Iterator[None]:
    """Within the `with` block, have a loader start workers that end with this process.

    A worker of torch's ends when it has another parent than it began with; one whose parent is
    killed while it begins never does, and holds what it inherited: memory, pipes, a GPU.

    Args:
        loader: a `DataLoader` about to be read; anything else is left as it is.
    """
    if not isinstance(loader, DataLoader) or not loader.num_workers or not _forks(loader):
        yield
        return
    own = loader.worker_init_fn
    loader.worker_init_fn = functools.partial(_begin, own, os.getpid())
    try:
        yield
    finally:
        loader.worker_init_fn = own


def _forks(loader: DataLoader[Any]) -> bool:
    """Return whether the workers are forked, so that this process is their parent."""
    context = loader.multiprocessing_context or multiprocessing
    return context.get_start_method() == "fork"


def _begin(own: Callable[[int], None] | None, parent: int, worker_id: int) -> None:
    if own is not None:
        own(worker_id)
    if os.getppid() != parent:
        os._exit(1)
