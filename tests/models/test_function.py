"""Function: any part of a graph, run on any feed."""

import copy
import pickle

import numpy as np
import pytest
import torch

from kerlite import Function, Input
from kerlite.core.tensor import KerasTensor
from kerlite.layers import BatchNormalization, Dense, Dropout, Embedding, Layer
from kerlite.models.function import child_name, module_names


def test_from_any_tensor_to_any_other():
    x = Input((4,))
    a = Dense(3, name="a")(x)
    b = a * 2
    c = Dense(2, name="c")(b)
    data = torch.randn(2, 4)
    whole = Function(x, [a, b, c])(data)
    torch.testing.assert_close(Function(a, c)(whole[0]), whole[2])
    torch.testing.assert_close(Function(b, c)(whole[1]), whole[2])
    torch.testing.assert_close(Function(x, b)(data), whole[1])


def test_structures():
    x, y = Input((2,), name="x"), Input((2,), name="y")
    function = Function({"x": x, "y": y}, {"sum": x + y, "both": (x, [y])})
    out = function({"x": torch.ones(1, 2), "y": torch.zeros(1, 2)})
    assert out["sum"].tolist() == [[1.0, 1.0]]
    assert out["both"][1][0].tolist() == [[0.0, 0.0]]


def test_feeds_several_at_depth():
    x = KerasTensor((None, 3))
    a, b = torch.sin(x), torch.cos(x)
    function = Function([a, b], a * b)
    assert function([torch.full((1,), 2.0), torch.full((1,), 3.0)]).item() == 6


def test_disconnected():
    x, y = Input((2,), name="x"), Input((2,), name="y")
    with pytest.raises(ValueError, match=r"Graph disconnected.*'y'"):
        Function(x, x + y)


def test_wrong_number_of_feeds():
    x, y = Input((2,)), Input((2,))
    with pytest.raises(ValueError, match=r"takes 2 inputs.*received 1"):
        Function([x, y], x + y)([torch.ones(1, 2)])


def test_inputs_outputs_and_operations():
    x = Input((4,))
    dense = Dense(3)
    y = torch.relu(dense(x))
    function = Function(x, y, name="f")
    assert function.name == "f"
    assert function.inputs == [x]
    assert function.outputs == [y]
    assert function.operations == [dense, torch.relu]
    assert Function(x, y).name.startswith("function")


def test_on_symbolic_tensors():
    x = Input((4,))
    y = torch.relu(Dense(3)(x)) + 1
    function = Function(x, y)
    z = Input((4,))
    again = function(z)
    assert again.shape == (None, 3)
    data = torch.randn(2, 4)
    torch.testing.assert_close(Function(z, again)(data), function(data))
    assert function.compute_output_spec(Input((4,))).shape == (None, 3)
    assert function.compute_output_shape((7, 4)) == (7, 3)


def test_it_is_a_module_with_the_layers_weights():
    x = Input((4,))
    dense = Dense(3, name="d")
    function = Function(x, dense(x))
    assert list(function.state_dict()) == ["d.weight", "d.bias"]
    assert function.d is dense
    function(torch.ones(1, 4)).sum().backward()
    assert dense.weight.grad is not None


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies(copied):
    x = Input((4,))
    function = Function(x, torch.relu(Dense(3)(x)) + torch.ones(3))
    data = torch.randn(2, 4)
    torch.testing.assert_close(copied(function)(data), function(data))


def test_modes_are_the_layers_own():
    x = Input((100,))
    layer = Dropout(0.5)
    function = Function(x, layer(x))
    data = torch.ones(1, 100)
    assert torch.equal(function(data), data)
    layer.train()
    assert not torch.equal(function(data), data)


def test_masks_inside():
    class MaskedSum(Layer):
        def call(self, inputs, mask=None):
            return (inputs * mask[..., None]).sum(1)

    ids = Input((3,), dtype="int32")
    embedded = Embedding(4, 2, mask_zero=True, embeddings_initializer="ones")(ids)
    function = Function(ids, MaskedSum()(embedded))
    assert function(torch.tensor([[1, 2, 0]])).tolist() == [[2.0, 2.0]]
    assert torch.is_tensor(Function(ids, embedded)(torch.tensor([[1, 2, 0]])))


def test_layers_in_use():
    x = Input((4,))
    dense, norm = Dense(3, name="a"), BatchNormalization(name="b")
    function = Function(x, norm(dense(x)))
    names = module_names(function._graph, Function)
    assert names == {dense: "a", norm: "b"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dense", "dense"), ("a.b", "a_b"), ("forward", "forward_"), ("if", "if_"),
        ("inputs", "inputs_"),
    ],
)  # fmt: skip
def test_child_name(name, expected):
    assert child_name(Function, name) == expected


def test_arrays_are_taken():
    x = Input((2,))
    assert Function(x, x * 2)(np.ones((1, 2), "float32")).tolist() == [[2.0, 2.0]]
