"""Files read in parts, by several threads."""

import os
import threading
import zlib

import pytest
import torch

from kerlite.saving.parts import PART, combined_crc, fill, in_threads, parts_of


@pytest.mark.parametrize("first", [b"", b"a", bytes(range(256)) * 40])
@pytest.mark.parametrize("second", [b"", b"\0", b"\0" * 1000, bytes(range(255, 0, -1)) * 33])
def test_two_checksums_make_that_of_both_pieces(first, second):
    crc = combined_crc(zlib.crc32(first), zlib.crc32(second), len(second))
    assert crc == zlib.crc32(first + second)


def test_parts_cover_all_bytes_in_their_order():
    for size in (0, 1, PART - 1, PART, PART + 1, 5 * PART // 2):
        parts = parts_of(size)
        assert [end - begin for begin, end in parts[:-1]] == [PART] * (len(parts) - 1)
        assert [0, *(end for _, end in parts)] == [*(begin for begin, _ in parts), size]


def test_results_come_in_the_order_of_the_tasks_and_small_tasks_share_a_thread(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    ready = threading.Barrier(3, timeout=60)  # that passes if there are three threads

    def work(task):
        if task % 4 == 0:
            ready.wait()
        return task, threading.get_ident()

    results = in_threads(work, [(PART // 4, task) for task in range(12)])
    assert [task for task, _ in results] == list(range(12))
    assert len({who for _, who in results}) == 3
    assert len({who for _, who in results[:4]}) == 1


def test_one_thread_is_the_caller(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    ran_in = in_threads(lambda _: threading.get_ident(), [(PART, 0), (PART, 1)])
    assert set(ran_in) == {threading.get_ident()}
    assert in_threads(str, []) == []


def test_an_error_in_a_thread_is_raised():
    def work(task):
        if task == 2:
            raise OSError("no such part")

    with pytest.raises(OSError, match="no such part"):
        in_threads(work, [(PART, task) for task in range(4)])


@pytest.mark.parametrize("positional", [True, False])
def test_memory_is_filled_from_a_place_in_a_file(tmp_path, monkeypatch, positional):
    if not positional:  # as on Windows
        monkeypatch.delattr(os, "preadv", raising=False)
    (tmp_path / "file").write_bytes(bytes(range(100)))
    with (tmp_path / "file").open("rb", buffering=0) as file:
        memory = bytearray(10)
        fill(file, 50, memoryview(memory))
        assert memory == bytes(range(50, 60))
        with pytest.raises(EOFError):
            fill(file, 95, memoryview(memory))
