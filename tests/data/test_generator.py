import itertools
import time

import numpy as np
import pytest
import torch

from kerlite.data import adapt
from tests.data.fakes import numbers, threads


def counting(n=None, dtype="float64"):
    i = 0
    while n is None or i < n:
        yield np.array([i, i], dtype=dtype), [i, i]
        i += 1


def test_batches_are_tensors_in_a_tuple():
    x, y = next(adapt(counting()).epoch(0))
    assert (x.dtype, y.dtype) == (torch.float32, torch.int64)
    batch = next(adapt(iter([[np.ones(2), np.ones(2), np.ones(2)]])).epoch(0))
    assert isinstance(batch, tuple)
    assert len(batch) == 3


def test_it_goes_on_where_it_stopped_and_takes_no_more_than_needed():
    source = counting()
    batches = adapt(source, steps=3)
    assert batches.num_batches == 3
    assert numbers(batches.epoch(0)) == [[0, 0], [1, 1], [2, 2]]
    assert numbers(batches.epoch(1)) == [[3, 3], [4, 4], [5, 5]]
    assert next(source)[0].tolist() == [6, 6]


def test_start_drops_batches():
    assert numbers(adapt(counting(), steps=4).epoch(0, start=2)) == [[2, 2], [3, 3]]


def test_without_steps_it_runs_to_its_end_once():
    batches = adapt(counting(3))
    assert batches.num_batches is None
    assert not batches.exhausted
    assert len(list(batches.epoch(0))) == 3
    assert batches.exhausted
    with pytest.warns(UserWarning, match=r"epoch 1 needed more batches.*gave 0"):
        assert list(batches.epoch(1)) == []


def test_an_early_end_warns_and_is_known():
    batches = adapt(counting(5), steps=3)
    assert len(list(batches.epoch(0))) == 3
    assert not batches.exhausted
    message = "epoch 1 needed 3 batches, but the generator 'counting' gave 2.*steps_per_epoch"
    with pytest.warns(UserWarning, match=message):
        assert len(list(batches.epoch(1))) == 2
    assert batches.exhausted


def test_an_end_on_the_last_step_does_not_warn():
    batches = adapt(counting(6), steps=3)
    assert len(list(batches.epoch(0))) + len(list(batches.epoch(1))) == 6


def failing(at, slow=False):
    for i in range(10):
        if i == at:
            raise OSError("the disk is gone")
        if slow:
            time.sleep(0.002)
        yield np.array([i])


@pytest.mark.parametrize("slow", [False, True])
def test_an_error_keeps_its_type_and_names_the_batch(slow):
    batches = adapt(failing(4, slow))
    epoch = batches.epoch(2)
    assert numbers(itertools.islice(epoch, 4)) == [[0], [1], [2], [3]]
    with pytest.raises(OSError, match="the disk is gone") as caught:
        next(epoch)
    note = "while making batch 4 of epoch 2 from the generator 'failing'"
    assert note in caught.value.__notes__
    assert "failing" in [entry.name for entry in caught.traceback]


def test_an_error_in_the_first_batch_comes_before_training():
    with pytest.raises(OSError, match="the disk is gone"):
        adapt(failing(0))


def test_a_bad_batch_is_an_error_that_names_it():
    batches = adapt(iter([np.ones(2), np.array(["a"])]))
    with pytest.raises(ValueError, match="x holds strings") as caught:
        list(batches.epoch(0))
    assert "batch 1 of epoch 0" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ((1, 2, 3, 4), "A batch is a tuple of 4 items"),
        (None, "A batch is None"),
        ((np.ones(2), "abc"), "y holds strings"),
        ((np.ones(2), object()), "y is a builtins.object"),
        ((np.ones(2), [[1], [2, 3]]), "y is a ragged list"),
    ],
)
def test_the_first_batch_is_checked_at_once(first, message):
    with pytest.raises(ValueError, match=message):
        adapt(iter([first]))


def test_an_empty_generator():
    with pytest.raises(ValueError, match="data is empty: the generator 'counting' gave no batch"):
        adapt(counting(0))


def test_stopping_early_leaves_no_thread():
    def slow():
        while True:
            time.sleep(0.002)
            yield np.ones(2)

    epoch = adapt(slow()).epoch(0)
    for _ in range(5):
        next(epoch)
    assert threads() == ["kerlite-prefetch"]
    epoch.close()
    assert threads() == []


def test_close_lets_go():
    batches = adapt(counting())
    batches.close()
    batches.close()
    assert batches.exhausted


def test_structures_in_batches():
    batch = ({"a": np.ones(2), "b": [torch.zeros(2), None]}, (np.ones(2), [1, 2]))
    x, y = next(adapt(iter([batch])).epoch(0))
    assert list(x) == ["a", "b"]
    assert x["b"][1] is None
    assert y[1].tolist() == [1, 2]
