import gc
import itertools
import multiprocessing

import numpy as np
import pytest
import torch

from kerlite.core.random import permutation
from kerlite.data import adapt
from tests.data.fakes import BrokenPages, EndlessPages, Pages, numbers, threads

PAGES = [[4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3] for i in range(5)]
WAYS = [
    {"workers": 0},
    {"workers": 1},
    {"workers": 3, "max_queue_size": 2},
    {"workers": 2, "use_multiprocessing": True},
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_batches_come_in_order(way):
    dataset = Pages(**way)
    batches = adapt(dataset)
    assert batches.num_batches == 5
    got = list(batches.epoch(0))
    assert numbers(got) == PAGES
    assert got[0][1].dtype == torch.float32
    assert numbers(batches.epoch(1, start=3)) == PAGES[3:]
    assert dataset.calls == ["begin", "end"] * 2


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_an_error_names_the_batch_and_the_index(way):
    way = {**way, "workers": 1} if "use_multiprocessing" in way else way
    with pytest.raises(OSError, match="page 2 is torn") as caught:
        list(adapt(BrokenPages(**way)).epoch(1))
    note = "while making batch 2 of epoch 1 from the PyDataset BrokenPages"
    assert note in caught.value.__notes__
    told = str(caught.value) + "".join(caught.value.__notes__)
    assert "in BrokenPages[2]" in told


@pytest.mark.parametrize("way", WAYS[1:], ids=str)
def test_stopping_early_leaves_nothing_running(way):
    epoch = adapt(Pages(90, **way)).epoch(0)
    next(epoch)
    epoch.close()
    gc.collect()
    assert threads() == []
    assert not multiprocessing.active_children()


def test_shuffle_shuffles_whole_batches():
    batches = adapt(Pages(), shuffle=True, seed=4)
    order = permutation(5, 4, 2).tolist()
    assert numbers(batches.epoch(2)) == [PAGES[i] for i in order]
    assert numbers(batches.epoch(2, start=2)) == [PAGES[i] for i in order[2:]]


def test_threads_do_not_run_far_ahead():
    class Watched(Pages):
        highest = 0

        def __getitem__(self, index):
            self.highest = max(self.highest, index)
            return super().__getitem__(index)

    dataset = Watched(50, workers=2, max_queue_size=4)
    epoch = adapt(dataset).epoch(0)
    next(epoch)
    assert dataset.highest < 8
    epoch.close()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_dataset_without_end(way):
    batches = adapt(EndlessPages(**way), steps=3)
    assert batches.num_batches == 3
    assert [batch[0] for batch in numbers(batches.epoch(0))] == [0, 4, 8]
    assert [batch[0] for batch in numbers(batches.epoch(1))] == [12, 16, 20]
    batches = adapt(EndlessPages(**way))
    assert batches.num_batches is None
    assert len(list(itertools.islice(batches.epoch(0), 4))) == 4


def test_steps():
    batches = adapt(Pages(5), steps=3)
    assert numbers(batches.epoch(0)) == PAGES[:3]
    with pytest.warns(UserWarning, match="needed 3 batches, but the PyDataset Pages gave 2"):
        assert numbers(batches.epoch(1)) == PAGES[3:]
    assert numbers(batches.epoch(2)) == PAGES[:3]


def test_the_number_of_batches_may_change():
    class Growing(Pages):
        def on_epoch_end(self):
            self.pages += 1

    batches = adapt(Growing(2))
    assert [len(list(batches.epoch(i))) for i in range(3)] == [2, 3, 4]


def test_processes_do_not_disturb_torchs_generator():
    batches = adapt(Pages(workers=1, use_multiprocessing=True))
    before = torch.get_rng_state()
    list(batches.epoch(0))
    assert torch.equal(before, torch.get_rng_state())


def test_empty():
    with pytest.raises(ValueError, match="PyDataset Pages has no batches"):
        adapt(Pages(0))


@pytest.mark.parametrize("name", ["y", "sample_weight"])
def test_targets_are_its_own(name):
    with pytest.raises(ValueError, match=f"{name} was passed although x is a PyDataset"):
        adapt(Pages(), **{name: np.ones(3)})


def test_class_weights():
    batches = adapt(Pages(1), class_weight={0: 2.0})
    ((_, _, w),) = batches.epoch(0)
    assert w.tolist() == [2, 1, 1, 1]
