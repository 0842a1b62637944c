import gc
import multiprocessing

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

from kerlite.data import adapt
from tests.data.fakes import Counting, Squares, numbers


def test_a_loaders_batch_size_and_order_are_its_own():
    loader = DataLoader(Squares(10), batch_size=4, drop_last=True)
    batches = adapt(loader, shuffle=True)
    assert (batches.num_batches, batches.batch_size) == (2, 4)
    for _ in range(2):
        got = list(batches.epoch(0))
        assert numbers(got) == [[0, 1, 2, 3], [4, 5, 6, 7]]
        assert isinstance(got[0], tuple)
        assert (got[0][0].dtype, got[0][1].dtype) == (torch.float32, torch.int64)


def test_a_shuffling_loader_repeats_with_the_seed():
    def run():
        torch.manual_seed(3)
        loader = DataLoader(TensorDataset(torch.arange(20.0)), batch_size=5, shuffle=True)
        batches = adapt(loader)
        return [numbers(batches.epoch(epoch)) for epoch in range(2)]

    first = run()
    assert first == run()
    assert first[0] != first[1]


def test_worker_processes():
    loader = DataLoader(Squares(12), batch_size=4, num_workers=2)
    batches = adapt(loader)
    assert numbers(batches.epoch(0)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_worker_processes_end_when_an_epoch_is_cut_short():
    epoch = adapt(DataLoader(Squares(40), batch_size=2, num_workers=1)).epoch(0)
    next(epoch)
    assert multiprocessing.active_children()
    epoch.close()
    gc.collect()
    assert not multiprocessing.active_children()


class Torn(Squares):
    def __getitem__(self, i):
        if i == 5:
            raise OSError("sample 5 is torn")
        return super().__getitem__(i)


@pytest.mark.parametrize("workers", [0, 1])
def test_an_error_in_a_worker_names_the_batch(workers):
    batches = adapt(DataLoader(Torn(8), batch_size=2, num_workers=workers))
    with pytest.raises(OSError, match="sample 5 is torn") as caught:
        list(batches.epoch(1))
    assert caught.value.__notes__ == ["while making batch 2 of epoch 1 from the DataLoader"]


def test_start_reads_up_to_the_batch():
    batches = adapt(DataLoader(Squares(6), batch_size=2))
    assert numbers(batches.epoch(0, start=2)) == [[4, 5]]


def test_a_distributed_sampler_is_told_the_epoch():
    dataset = TensorDataset(torch.arange(8.0))
    sampler = DistributedSampler(dataset, num_replicas=2, rank=0, shuffle=True)
    batches = adapt(DataLoader(dataset, batch_size=2, sampler=sampler))
    first, second = numbers(batches.epoch(0)), numbers(batches.epoch(1))
    assert sampler.epoch == 1
    assert first != second


def test_steps_cut_a_pass_into_epochs():
    batches = adapt(DataLoader(Squares(12), batch_size=2), steps=3)
    assert batches.num_batches == 3
    assert numbers(batches.epoch(0)) == [[0, 1], [2, 3], [4, 5]]
    assert numbers(batches.epoch(1)) == [[6, 7], [8, 9], [10, 11]]
    assert numbers(batches.epoch(2)) == [[0, 1], [2, 3], [4, 5]]
    assert numbers(batches.epoch(1, start=1)) == [[8, 9], [10, 11]]


def test_more_steps_than_batches_warn():
    batches = adapt(DataLoader(Squares(4), batch_size=2), steps=3)
    for epoch in (0, 1):
        with pytest.warns(UserWarning, match="needed 3 batches, but the DataLoader gave 2"):
            assert len(list(batches.epoch(epoch))) == 2


def test_an_iterable_dataset_is_batched_and_starts_again():
    batches = adapt(Counting(5), batch_size=2)
    assert batches.num_batches is None
    for epoch in range(2):
        assert numbers(batches.epoch(epoch)) == [[0, 1], [2, 3], [4]]


def test_an_iterable_dataset_with_steps_goes_on_and_then_begins_again():
    batches = adapt(Counting(8), batch_size=2, steps=2)
    got = [numbers(batches.epoch(epoch)) for epoch in range(3)]
    assert got == [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[0, 1], [2, 3]]]


def test_a_stream_that_ends_within_an_epoch_warns_and_begins_again():
    batches = adapt(Counting(6), batch_size=2, steps=2)
    assert numbers(batches.epoch(0)) == [[0, 1], [2, 3]]
    with pytest.warns(UserWarning, match="epoch 1 needed 2 batches"):
        assert numbers(batches.epoch(1)) == [[4, 5]]
    assert numbers(batches.epoch(2)) == [[0, 1], [2, 3]]


class Streams:
    """An iterable of batches whose iterators are generators."""

    def __iter__(self):
        for i in range(4):
            yield np.array([i])


def test_any_iterable_of_batches():
    batches = adapt(Streams())
    assert [numbers(batches.epoch(i)) for i in range(2)] == [[[0], [1], [2], [3]]] * 2
    batches = adapt(Streams(), steps=2)
    assert numbers(batches.epoch(0)) == [[0], [1]]
    assert numbers(batches.epoch(1)) == [[2], [3]]


def test_empty_loaders():
    with pytest.raises(ValueError, match=r"the DataLoader has no batches.*drop_last"):
        adapt(DataLoader(Squares(3), batch_size=4, drop_last=True))
    with pytest.raises(ValueError, match="the DataLoader gave no batch in epoch 0"):
        list(adapt(Counting(0)).epoch(0))


def test_class_weights_reach_a_loaders_batches():
    ((_, y, w),) = adapt(DataLoader(Squares(3), batch_size=3), class_weight={4: 2.0}).epoch(0)
    assert (y.tolist(), w.tolist()) == ([0, 1, 4], [1, 1, 2])


@pytest.mark.parametrize("name", ["y", "sample_weight"])
def test_a_loader_brings_its_own_targets(name):
    with pytest.raises(ValueError, match=f"{name} was passed although x is a DataLoader"):
        adapt(DataLoader(Squares(3)), **{name: np.ones(3)})


def test_a_loader_brings_its_own_batch_size():
    with pytest.raises(ValueError, match="batch_size=16 was passed although x is a DataLoader"):
        adapt(DataLoader(Squares(3)), batch_size=16)
