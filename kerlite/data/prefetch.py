"""Batches made ahead of time in a background thread, where that helps and is safe."""

from __future__ import annotations

import contextlib
import contextvars
import queue
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from kerlite.core.random_state import host_random_state

__all__ = ["ahead_in_thread", "prefetch"]

_END = object()
# Handing a batch from thread to thread costs about a tenth of this.
_WORTHWHILE_SECONDS = 1e-3
_PATIENCE_SECONDS = 10.0


def prefetch(source: Iterator[Any], depth: int = 2) -> Generator[Any, None, None]:
    """Yield what the source yields, in order, made ahead in a thread if its second item says so.

    The first two items are made in the caller's thread. The rest are made ahead if the second took
    a millisecond or more, drew nothing from the global generators (torch's the model draws from
    too, and their turns would depend on the clock: the same seed would give different runs; of all
    of them a checkpoint tells where they are now, not where they were some items ago), and ran no
    module that has weights (the model itself, perhaps, in the midst of a step).

    Args:
        source: makes an item when asked for one.
        depth: how many items are made ahead, at most.

    Example:
        >>> list(prefetch(iter("abc")))
        ['a', 'b', 'c']
    """
    first = next(source, _END)
    if first is _END:
        return
    yield first
    second, worthwhile = _probe(source)
    if second is _END:
        return
    yield second
    yield from ahead_in_thread(source, depth) if worthwhile else source


def ahead_in_thread(source: Iterator[Any], depth: int) -> Generator[Any, None, None]:
    """Yield what the source yields, in order, made in a background thread.

    An exception in the source is raised here, with its own traceback, when its turn comes. When
    this iterator is closed the thread ends with the item it is making.

    Args:
        source: makes an item when asked for one; used by the thread alone.
        depth: how many items are made ahead, at most.
    """
    made: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
    slots = threading.Semaphore(depth)
    stop = threading.Event()
    work = (source, made, slots, stop)
    thread = threading.Thread(
        target=contextvars.copy_context().run,
        args=(_produce, *work),
        name="kerlite-prefetch",
        daemon=True,
    )
    thread.start()
    try:
        while True:
            item, error = made.get()
            slots.release()
            if error is not None:
                try:
                    raise error
                finally:
                    del error  # a cycle with the traceback would keep worker processes alive
            if item is _END:
                return
            yield item
    finally:
        stop.set()
        slots.release()
        thread.join(_PATIENCE_SECONDS)


def _produce(
    source: Iterator[Any],
    made: queue.SimpleQueue[tuple[Any, BaseException | None]],
    slots: threading.Semaphore,
    stop: threading.Event,
) -> None:
    try:
        while slots.acquire() and not stop.is_set():
            item = next(source, _END)
            made.put((item, None))
            if item is _END:
                return
    except BaseException as error:  # whatever it is, it is raised where the item was wanted
        made.put((_END, error))


def _probe(source: Iterator[Any]) -> tuple[Any, bool]:
    before, began = host_random_state(), time.perf_counter()
    with _modules_that_run() as ran:
        item = next(source, _END)
    slow = time.perf_counter() - began >= _WORTHWHILE_SECONDS
    return item, slow and not ran and _are_equal(before, host_random_state())


def _are_equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if not torch.equal(one["torch"], other["torch"]):
        return False
    return all(
        np.array_equal(one[name][1], other[name][1]) and one[name][2:] == other[name][2:]
        for name in ("python", "numpy")
    )


@contextlib.contextmanager
def _modules_that_run() -> Iterator[list[str]]:
    ran: list[str] = []

    def note(module: torch.nn.Module, _: Any) -> None:
        if next(module.parameters(), None) is not None:
            ran.append(type(module).__name__)

    handle = register_module_forward_pre_hook(note)
    try:
        yield ran
    finally:
        handle.remove()
