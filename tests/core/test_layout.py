"""How Keras sees a weight that torch stores in another order of axes."""

import pickle

import pytest
import torch

from kerlite.core.layout import permuted


@pytest.mark.parametrize("axes", [(1, 0), (2, 3, 1, 0), (0, 2, 1), (2, 0, 1)])
def test_there_and_back(axes):
    layout = permuted(*axes)
    stored = torch.randn([2, 3, 4, 5][: len(axes)])
    seen = layout.to_keras(stored)
    assert seen.shape == tuple(stored.shape[axis] for axis in axes)
    assert torch.equal(layout.to_storage(seen), stored)


def test_what_keras_sees_is_a_view():
    stored = torch.zeros(2, 3)
    permuted(1, 0).to_keras(stored)[2, 1] = 7
    assert stored[1, 2] == 7


def test_storage_is_contiguous_in_the_format_asked_for():
    keras_kernel = torch.randn(3, 3, 4, 8)
    assert permuted(2, 3, 1, 0).to_storage(keras_kernel).is_contiguous()
    layout = permuted(2, 3, 1, 0, memory_format=torch.channels_last)
    assert layout.to_storage(keras_kernel).is_contiguous(memory_format=torch.channels_last)


def test_layouts_are_picklable_and_equal_by_behaviour():
    layout = pickle.loads(pickle.dumps(permuted(2, 0, 1)))
    assert layout.to_keras(torch.empty(2, 3, 4)).shape == (4, 2, 3)
