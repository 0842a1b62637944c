"""Worker processes whose parent is killed."""

import multiprocessing
import os
import select
import signal
import time

import pytest
from torch.utils.data import DataLoader

from kerlite.data import adapt
from kerlite.data.orphans import no_orphans
from tests.data.fakes import Squares, numbers

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes of POSIX")


class Begun:
    """Tells that a worker has begun, which takes as long as its parent lives."""

    def __init__(self, pipe):
        self.pipe, self.parent = pipe, os.getpid()

    def __call__(self, worker_id):
        os.write(self.pipe, b"!")
        while os.getppid() == self.parent:
            time.sleep(0.01)


def test_a_worker_ends_whose_parent_is_killed_while_it_begins():
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        loader = DataLoader(
            Squares(4), 2, num_workers=1, worker_init_fn=Begun(writing),
            multiprocessing_context="fork",
        )  # fmt: skip
        list(adapt(loader).epoch(0))
        os._exit(0)
    os.close(writing)
    assert os.read(reading, 1) == b"!"
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    ended, _, _ = select.select([reading], [], [], 60)
    assert ended  # the last process that could write is gone: there is no more to read
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_a_loaders_own_function_is_called_and_stays_its_own(tmp_path):
    def begin(worker_id):
        (tmp_path / str(worker_id)).touch()

    loader = DataLoader(
        Squares(4), 2, num_workers=2, worker_init_fn=begin, multiprocessing_context="fork"
    )
    assert numbers(adapt(loader).epoch(0)) == [[0, 1], [2, 3]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]
    assert loader.worker_init_fn is begin


@pytest.mark.parametrize("method", [None, "spawn"])
def test_other_loaders_are_left_alone(method):
    context = None if method is None else multiprocessing.get_context(method)
    workers = 0 if method is None else 1
    loader = DataLoader(Squares(4), num_workers=workers, multiprocessing_context=context)
    with no_orphans(loader):
        assert loader.worker_init_fn is None
    with no_orphans([1]):
        pass
