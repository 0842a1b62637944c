"""VariableView: the stored weight in Keras's layout."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from kerlite import Variable, regularizers
from kerlite.core.layout import permuted
from kerlite.core.variable_view import VariableView, storage_of


@pytest.fixture
def owner():
    return Variable(
        np.arange(6.0, dtype="float32").reshape(2, 3), name="kernel", layout=permuted(1, 0),
        regularizer=regularizers.L1(0.5),
    )  # fmt: skip


@pytest.fixture
def view(owner):
    return owner.keras_view()


def test_it_shares_memory_with_its_owner(owner, view):
    assert view.owner is owner
    assert view.data_ptr() == owner.data_ptr()
    assert view.shape == (2, 3)
    assert storage_of(view) is owner
    assert storage_of(owner) is owner


def test_assign_writes_through(owner, view):
    assert view.assign(np.full((2, 3), 7.0)) is view
    assert owner.tolist() == [[7.0] * 2] * 3
    view.assign_add(1.0)
    view.assign_sub(np.ones((2, 3)) * 2)
    assert owner.tolist() == [[6.0] * 2] * 3
    assert owner.is_leaf


def test_assign_wants_keras_shape(view):
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 3\)"):
        view.assign(np.zeros((3, 2)))


def test_gradient_comes_in_keras_layout(owner, view):
    factors = torch.arange(6.0).reshape(2, 3)
    assert view.grad is None
    (view * factors).sum().backward()
    assert torch.equal(owner.grad, factors.T)
    assert torch.equal(view.grad, factors)
    assert torch.equal(view.value.grad, factors)


def test_names_regularizer_and_trainable_are_the_owners(owner, view):
    assert (view.name, view.path) == ("kernel", "kernel")
    assert view.regularizer is owner.regularizer
    assert view.constraint is None
    view.trainable = False
    assert not owner.requires_grad
    assert not view.trainable
    view.trainable = True
    assert owner.requires_grad


def test_to_storage(owner, view):
    assert torch.equal(view.to_storage(view.numpy()), owner)


def test_a_view_of_a_buffer():
    buffer = torch.zeros(3)
    view = VariableView.of(buffer, None, "moving_mean", "bn/moving_mean")
    view.assign([1, 2, 3])
    assert buffer.tolist() == [1.0, 2.0, 3.0]
    assert not view.trainable
    view.trainable = True
    assert not buffer.requires_grad


def test_operations_give_plain_tensors(view):
    for result in (view + 1, view @ torch.ones(3, 1), view[0], torch.relu(view)):
        assert type(result) is torch.Tensor
    assert view.numpy().shape == (2, 3)


def test_repr_is_like_a_variables(view):
    assert repr(view).startswith("<Variable path=kernel, shape=(2, 3), dtype=float32, value=[[0.")


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_a_copy_is_a_tensor_of_its_own(view, copied):
    other = copied(view)
    assert torch.equal(other, view.detach())
    assert other.data_ptr() != view.data_ptr()
    assert other.is_leaf


def test_integers_cannot_be_made_trainable():
    view = VariableView.of(nn.Parameter(torch.zeros(2).int(), False), None, "n", "n")
    view.trainable = True
    assert not view.trainable
