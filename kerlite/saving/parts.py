"""Large files read in parts, by several threads at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import BinaryIO, TypeVar

import torch

__all__ = ["BUFFER", "PART", "combined_crc", "fill", "in_threads", "parts_of"]

T = TypeVar("T")
R = TypeVar("R")

PART = 2**24  # bytes: long work, beside what it costs to hand it to a thread
BUFFER = 2**20  # bytes: few enough to stay in a processor's cache
_seeking = threading.Lock()
_MOST_THREADS = 4  # more of them wait for memory, not for a processor
_POLYNOMIAL = 0xEDB88320  # of CRC-32, the highest power in the lowest bit
_ONE = 1 << 31  # the polynomial 1, in that order


def parts_of(size: int) -> list[tuple[int, int]]:
    """Return (begin, end) of the parts of so many bytes; all but the last have `PART`.

    Example:
        >>> parts_of(PART + 1) == [(0, PART), (PART, PART + 1)], parts_of(0)
        (True, [])
    """
    return [(begin, min(begin + PART, size)) for begin in range(0, size, PART)]


def in_threads(work: Callable[[T], R], tasks: Iterable[tuple[int, T]]) -> list[R]:
    """Return what `work` makes of each task, in their order.

    As many threads share them as torch uses, four at most.

    Args:
        work: what pays is mostly done outside of Python: reading, copying, sums.
        tasks: for each, how many bytes it goes through, and what `work` gets. Small ones are put
            together.

    Example:
        >>> in_threads(str, [(1, 10), (2 * PART, 20), (1, 30)])
        ['10', '20', '30']
    """
    groups: list[list[T]] = []
    room = 0
    for size, task in tasks:
        if room <= 0:
            groups.append([])
            room = PART
        groups[-1].append(task)
        room -= size

    def run(group: list[T]) -> list[R]:
        return [work(task) for task in group]

    threads = min(len(groups), _MOST_THREADS, torch.get_num_threads())
    if threads <= 1:
        return [result for group in groups for result in run(group)]
    with ThreadPoolExecutor(threads) as pool:
        return [result for results in pool.map(run, groups) for result in results]


def fill(file: BinaryIO, place: int, memory: memoryview) -> None:
    """Read as many bytes as fit into some memory; threads may do so with one file.

    Args:
        file: open for reading, without a buffer.
        place: where the bytes begin.
        memory: where they go.

    Raises:
        EOFError: if the file ends before.
    """
    done = 0
    while done < len(memory):
        count = _read_at(file, place + done, memory[done:])
        if not count:
            raise EOFError("it ends too soon")
        done += count


def _read_at(file: BinaryIO, place: int, memory: memoryview) -> int:
    if hasattr(os, "preadv"):
        return os.preadv(file.fileno(), [memory], place)
    with _seeking:  # Windows
        file.seek(place)
        return file.readinto(memory)  # type: ignore[attr-defined]


def combined_crc(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two pieces of data, one after the other, from that of each.

    Args:
        first: the CRC-32 of the first piece.
        second: that of the second,
        length: and its length in bytes.

    Example:
        >>> import zlib
        >>> combined_crc(zlib.crc32(b"one"), zlib.crc32(b"two"), 3) == zlib.crc32(b"onetwo")
        True

    Source: Mark Adler's crc32_combine in zlib: what follows multiplies a CRC, which is a remainder
    of polynomials over bits, by a power of x.
    """
    return _product(_power(length), first) ^ second


@lru_cache(maxsize=64)
def _power(length: int) -> int:
    """Return x to 8 * length, by squaring."""
    power, square = _ONE, _ONE >> 8
    while length:
        if length & 1:
            power = _product(power, square)
        square = _product(square, square)
        length >>= 1
    return power


def _product(a: int, b: int) -> int:
    """Return the product of two polynomials, reduced by that of CRC-32."""
    result = 0
    while a:
        if a & _ONE:
            result ^= b
        a = (a << 1) & 0xFFFFFFFF
        b = b >> 1 ^ (_POLYNOMIAL if b & 1 else 0)
    return result
