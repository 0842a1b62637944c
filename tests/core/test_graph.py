"""The graph between KerasTensors: which calls belong to it, and the code that runs it."""

import copy
import operator
import pickle

import numpy as np
import pytest
import torch
from torch import fx

from kerlite import Function, Input, Variable
from kerlite.core.graph import Graph, Modules, is_input
from kerlite.core.layout import permuted
from kerlite.core.tensor import KerasTensor, record
from kerlite.layers import Dense


def run(graph, *feeds):
    return graph.function({})(None, *feeds)


def test_only_the_calls_in_between_belong_to_it():
    x = KerasTensor((None, 3))
    hidden = x + 1
    _ = hidden * 7  # leads nowhere
    y = torch.relu(hidden * 2)
    graph = Graph(hidden, y)
    assert [node.target for node in graph.nodes] == [operator.mul, torch.relu]
    assert run(graph, torch.tensor([-1.0, 1.0])).tolist() == [0.0, 2.0]


def test_calls_are_in_the_order_they_were_made():
    x = KerasTensor((None, 3))
    a, b = x + 1, x - 1
    graph = Graph(x, [b * a, a])
    indices = [node.index for node in graph.nodes]
    assert indices == sorted(indices)
    assert len(indices) == 3


def test_an_output_may_be_an_input():
    x, y = KerasTensor((None, 3)), KerasTensor((None, 3))
    graph = Graph([x, y], {"x": x, "sum": x + y})
    outputs = run(graph, torch.ones(1), torch.ones(1))
    assert outputs["x"].item() == 1
    assert outputs["sum"].item() == 2


@pytest.mark.parametrize("structure", [list, tuple])
def test_structures_of_outputs(structure):
    x = KerasTensor((None, 3))
    out = run(Graph(x, structure([x + 1, {"a": x, "b": (x * 2,)}])), torch.ones(2))
    assert isinstance(out, structure)
    assert out[1]["b"][0].tolist() == [2.0, 2.0]


def test_disconnected():
    x, other = Input((3,), name="x"), Input((3,), name="other")
    with pytest.raises(ValueError, match=r"Graph disconnected.*'other'.*inputs \['x'\]"):
        Graph(x, x + other)
    with pytest.raises(ValueError, match="Graph disconnected"):
        Graph(x + 1, x * 2)


def test_inputs_and_outputs_are_symbolic():
    x = KerasTensor((None, 3))
    with pytest.raises(ValueError, match=r"outputs of a functional model.*kerlite\.Input"):
        Graph(x, torch.ones(2))
    with pytest.raises(ValueError, match="inputs of a functional model"):
        Graph([x, None], x)
    with pytest.raises(ValueError, match="needs outputs"):
        Graph(x, [])


def test_an_input_listed_twice():
    x = KerasTensor((None, 3))
    with pytest.raises(ValueError, match="listed twice"):
        Graph([x, x], x + 1)


def test_an_input_that_no_output_needs():
    x, unused = KerasTensor((None, 3)), KerasTensor((None, 3))
    assert run(Graph([x, unused], x + 1), torch.ones(1), None).item() == 2


def test_constants_are_found_once_a_use():
    x = KerasTensor((None, 2))
    constant = torch.tensor([1.0, 2.0])
    weight = torch.nn.Parameter(torch.ones(2))
    graph = Graph(x, x * constant + weight + np.ones(2))
    _, constants = graph.fx_graph({})
    assert constants[0] is constant
    assert constants[1] is weight
    assert len(constants) == 3


def test_a_view_of_a_variable_stays_connected_to_its_owner():
    v = Variable(np.arange(6.0, dtype="float32").reshape(2, 3), layout=permuted(1, 0))
    x = KerasTensor((None, 2))
    function = Function(x, x @ v.keras_view())
    assert function(torch.eye(2)).tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    v.assign(np.ones((3, 2)))
    assert function(torch.eye(2)).tolist() == [[1.0] * 3] * 2
    function(torch.ones(1, 2)).sum().backward()
    assert v.grad.tolist() == [[1.0, 1.0]] * 3
    assert next(function.parameters()) is v


def test_arguments_that_are_no_plain_values():
    class Scale:
        def __init__(self, factor):
            self.factor = factor

    x = KerasTensor((None, 2))
    y = record(lambda t, s: t * s.factor, (x, Scale(3.0)), {})
    assert run(Graph(x, y), torch.ones(2)).tolist() == [3.0, 3.0]


def test_names_that_are_no_identifiers():
    x = KerasTensor((None, 2), name="3 blind/mice")
    y = KerasTensor((None, 2), name="lambda")
    z = KerasTensor((None, 2), name="self")
    same = KerasTensor((None, 2), name="self")
    total = run(Graph([x, y, z, same], x + y + z + same), *[torch.full((2,), 2.0)] * 4)
    assert total.tolist() == [8.0, 8.0]


def test_it_is_a_graph_module_with_its_layers():
    x = Input((3,))
    layer = Dense(2)
    graph = Graph(x, layer(x) + 1)
    fx_graph, _ = graph.fx_graph({layer: "dense"})
    module = fx.GraphModule({"dense": layer}, fx_graph)
    value = torch.randn(4, 3)
    torch.testing.assert_close(module(value), layer(value) + 1)
    assert graph.modules == [layer]


def test_modules_follow_the_owner():
    owner = torch.nn.Module()
    owner.a = torch.nn.ReLU()
    modules = Modules(owner)
    owner.a = torch.nn.Tanh()
    assert modules.a is owner.a


def test_is_input():
    x = Input((3,))
    assert is_input(x)
    assert not is_input(x + 1)
    assert not is_input(KerasTensor((2,)))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
def test_copies(copied):
    x = Input((3,), name="x")
    parts = torch.split(torch.relu(x), 1, dim=1)
    graph = copied(Graph({"in": x}, [parts[2], parts[0].squeeze(1)]))
    assert list(graph.inputs) == ["in"]
    assert graph.flat_inputs[0].name == "x"
    assert graph.flat_outputs[0].shape == (None, 1)
    assert is_input(graph.flat_inputs[0])
    out = run(graph, torch.tensor([[1.0, 2.0, 3.0]]))
    assert out[0].tolist() == [[3.0]]
    assert out[1].tolist() == [1.0]


def test_a_deep_graph():
    x = KerasTensor((None, 2))
    y = x
    for _ in range(1200):
        y = y + 1
    graph = Graph(x, y)
    assert len(graph.nodes) == 1200
    assert run(graph, torch.zeros(2)).tolist() == [1200.0, 1200.0]
    for again in (pickle.loads(pickle.dumps(graph)), copy.deepcopy(graph)):
        assert run(again, torch.zeros(2)).tolist() == [1200.0, 1200.0]
