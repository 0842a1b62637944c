"""Layers in lists and dicts are found: for weights, `state_dict` and devices."""

import copy
import json
import pickle
from collections import namedtuple

import numpy as np
import pytest
import torch
from torch import nn

from kerlite.layers import Dense, Layer


class Holder(Layer):
    def __init__(self):
        super().__init__()
        self.blocks = []

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def names(layer):
    return [name for name, _ in layer.named_parameters()]


def test_layers_appended_to_a_list_are_children():
    layer = Holder()
    layer.blocks.append(Dense(3))
    layer.blocks += [Dense(2)]
    layer(torch.ones(1, 4))
    assert names(layer) == ["blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias"]
    assert [w.shape for w in layer.weights] == [(4, 3), (3,), (3, 2), (2,)]
    assert layer.count_params() == 23


def test_it_stays_a_list():
    layer = Holder()
    layer.blocks.append(Dense(1))
    assert isinstance(layer.blocks, list)
    assert len(layer.blocks) == 1
    assert layer.blocks == [layer.blocks[0]]


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.pop(), lambda b: b.clear(), lambda b: b.remove(b[0]),
        lambda b: b.__delitem__(0), lambda b: b.__setitem__(0, 3),
    ],
)  # fmt: skip
def test_what_is_taken_out_is_no_child_any_more(change):
    layer = Holder()
    layer.blocks.append(Dense(1))
    assert len(list(layer.children())) == 1
    change(layer.blocks)
    assert list(layer.modules()) == [layer]


@pytest.mark.parametrize(
    "change",
    [
        lambda b, d: b.insert(0, d), lambda b, d: b.extend([d]), lambda b, d: b.__iadd__([d]),
        lambda b, d: b.__setitem__(slice(0, 0), [d]),
    ],
)  # fmt: skip
def test_what_is_put_in_is_a_child(change):
    layer, dense = Holder(), Dense(1)
    change(layer.blocks, dense)
    assert dense in list(layer.modules())


def test_order_follows_the_list():
    layer = Holder()
    layer.blocks = [Dense(1, name="a"), Dense(1, name="b")]
    layer.blocks.reverse()
    assert [m.name for m in layer.modules() if isinstance(m, Dense)] == ["b", "a"]
    layer.blocks.sort(key=lambda d: d.name)
    assert [m.name for m in layer.modules() if isinstance(m, Dense)] == ["a", "b"]


def test_dicts():
    layer = Layer()
    layer.heads = {"a": Dense(1)}
    layer.heads["b"] = Dense(2)
    layer.heads.update(c=Dense(3))
    assert isinstance(layer.heads, dict)
    assert len([m for m in layer.modules() if isinstance(m, Dense)]) == 3
    del layer.heads["a"]
    layer.heads.pop("b")
    assert [m.units for m in layer.modules() if isinstance(m, Dense)] == [3]
    layer.heads.setdefault("d", Dense(4))
    layer.heads |= {"e": Dense(5)}
    assert [m.units for m in layer.modules() if isinstance(m, Dense)] == [3, 4, 5]


def test_nested_structures():
    layer = Layer()
    layer.tree = {"x": [Dense(1), {"y": (Dense(2), 5)}], "n": 3}
    layer.tree["x"].append(Dense(3))
    layer.tree["x"][1]["z"] = Dense(4)
    assert sorted(m.units for m in layer.modules() if isinstance(m, Dense)) == [1, 2, 3, 4]


def test_tuples_of_layers():
    layer = Layer()
    layer.pair = (Dense(1), [Dense(2)])
    first, _ = layer.pair
    assert first.units == 1
    assert [m.units for m in layer.modules() if isinstance(m, Dense)] == [1, 2]


def test_plain_lists_and_dicts_stay_what_they_are():
    layer = Layer()
    layer.sizes, layer.options, layer.pair = [1, 2], {"a": 1}, (1, [2])
    assert layer.sizes == [1, 2]
    assert [*layer.sizes, 3] == layer.sizes.__add__([3]) == [1, 2, 3]
    assert layer.options == {"a": 1}
    assert layer.pair == (1, [2])
    assert json.dumps([layer.sizes, layer.options]) == '[[1, 2], {"a": 1}]'
    assert np.array(layer.sizes).tolist() == torch.tensor(layer.sizes).tolist() == [1, 2]
    assert [*layer.sizes] == list(layer.sizes) == sorted(layer.sizes)
    assert dict(layer.options) == {**layer.options} == {"a": 1}
    assert 2 in layer.sizes
    assert "a" in layer.options
    assert layer.options.get("b", 3) == 3
    assert list(reversed(layer.sizes)) == [2, 1]
    assert repr(layer.sizes) == "[1, 2]"
    assert layer.sizes[::-1] == [2, 1]
    assert list(layer.children()) == []


class Everything(Layer):
    """Uses lists, dicts and tuples as a `call` may."""

    def __init__(self):
        super().__init__()
        self.blocks = [Dense(3, name="a"), 5, (Dense(3), [Dense(3)])]
        self.heads = {"x": Dense(2), "n": 1}
        self.pair = (Dense(2), Dense(2))
        self.sizes = [1, 2]

    def call(self, x):
        for i, block in enumerate(self.blocks[:1]):
            x = block(x) + i
        x = self.blocks[2][1][0](self.blocks[2][0](x))
        for name, head in self.heads.items():
            x = head(x) if name == "x" else x + head
        for layer, size in zip(self.pair, self.sizes, strict=True):
            x = layer(x) * size
        first, second = self.pair
        return second(first(x)) + sum(self.sizes) + len(self.blocks) + self.heads.get("q", 0)


def test_torchs_tools_find_their_way():
    layer = Everything()
    x = torch.randn(2, 4)
    expected = layer(x)
    assert len(list(layer.parameters())) == 12
    assert layer.get_submodule("blocks.2.1.0") is layer.blocks[2][1][0]
    assert layer.get_submodule("heads.x") is layer.heads["x"]
    assert layer.get_submodule("pair.1") is layer.pair[1]
    weights = dict(layer.named_parameters())
    torch.testing.assert_close(torch.func.functional_call(layer, weights, (x,)), expected)
    torch.testing.assert_close(torch.export.export(layer, (x,)).module()(x), expected)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), expected)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(other(x), expected)
        assert list(other.state_dict()) == list(layer.state_dict())


def test_the_mode_of_layers_put_in_is_their_own():
    layer = Holder()
    training = Dense(1).train()
    layer.blocks.append(training)
    assert training.training
    layer.blocks.append(nn.Dropout())
    assert not layer.blocks[1].training


def test_a_list_put_into_a_list_is_tracked():
    layer = Holder()
    layer.blocks.append([])
    layer.blocks[0].append(Dense(1, name="late"))
    assert [m.name for m in layer.modules() if isinstance(m, Dense)] == ["late"]


def test_named_tuples_stay_what_they_are():
    Pair = namedtuple("Pair", "a b")
    layer = Layer()
    layer.pair = Pair(1, 2)
    assert layer.pair.b == 2
    layer.modules_of_mine = Pair(Dense(1), Dense(2))
    assert layer.modules_of_mine.a.units == 1
    assert len(list(layer.modules())) == 4


def test_a_torch_module_list_works_too():
    layer = Layer()
    layer.blocks = nn.ModuleList([Dense(1), nn.Linear(1, 1)])
    assert len(list(layer.parameters())) == 2


def test_setting_the_attribute_anew_forgets_the_old_layers():
    layer = Holder()
    old = [Dense(1)]
    layer.blocks = old
    layer.blocks = [Dense(2)]
    assert [m.units for m in layer.modules() if isinstance(m, Dense)] == [2]
    layer.blocks = 3
    assert list(layer.modules()) == [layer]


def test_deleting_the_attribute():
    layer = Holder()
    layer.blocks.append(Dense(1))
    del layer.blocks
    assert list(layer.modules()) == [layer]
    assert not hasattr(layer, "blocks")


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies_stay_connected_to_their_own_list(copied):
    layer = Holder()
    layer.blocks.append(Dense(3))
    layer.more = {"k": [Dense(2)]}
    layer(torch.ones(1, 4))
    other = copied(layer)
    assert names(other) == names(layer)
    assert other.blocks[0] is not layer.blocks[0]
    assert dict(other.named_modules())["blocks.0"] is other.blocks[0]
    other.blocks.append(Dense(5))
    other.more["k"].append(Dense(6))
    assert [m.units for m in other.modules() if isinstance(m, Dense)] == [3, 5, 2, 6]
    assert [m.units for m in layer.modules() if isinstance(m, Dense)] == [3, 2]
    x = torch.ones(1, 4)
    torch.testing.assert_close(other.blocks[0](x), layer.blocks[0](x))


def test_training_mode_and_device_reach_them():
    layer = Holder()
    layer.blocks.append(Dense(3))
    layer(torch.ones(1, 4))
    layer.train()
    assert layer.blocks[0].training
    layer.to(torch.float64)
    assert layer.blocks[0].weight.dtype == torch.float64
    assert "blocks.0.weight" in layer.state_dict()
