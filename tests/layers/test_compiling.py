"""torch.compile of what has not seen data yet."""

import pytest
import torch
from torch import nn

from kerlite import Input, Model, Sequential
from kerlite.layers import BatchNormalization, Dense, Dropout, Layer


@pytest.fixture(autouse=True)
def fresh_compiler():
    yield
    torch.compiler.reset()


class Block(Layer):
    def __init__(self):
        super().__init__()
        self.layers_inside = [Dense(4), Sequential([Dense(3), Dropout(0.5)])]
        self.linear = nn.Linear(3, 2)
        self.never_called = Dense(1)

    def call(self, x):
        for layer in self.layers_inside:
            x = layer(x)
        return self.linear(x)


class Net(Model):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.norm = BatchNormalization()

    def call(self, x):
        return self.norm(self.block(x))


def changed():
    model = Sequential([Input((5,)), Dense(2)])
    model.add(Dense(3))
    return model


def functional():
    x = Input((5,))
    return Model(x, Dense(2)(Sequential([Dense(4)])(x)))


@pytest.mark.parametrize(
    "make", [lambda: Dense(2), Block, Net, lambda: Sequential([Dense(2), Dense(3)]), changed,
             functional],
)  # fmt: skip
def test_compiled_before_the_first_call(make):
    model = make()
    x = torch.randn(2, 5)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    out = compiled(x)
    torch.testing.assert_close(out, model(x))
    torch.testing.assert_close(compiled(x), out)


def test_it_is_built_without_being_run():
    net = Net()
    before = torch.get_rng_state()
    net._infer_parameters(net, (torch.randn(2, 5, generator=torch.Generator()),))
    assert net.norm.moving_mean.abs().sum() == 0
    assert net.block.layers_inside[1].built
    assert not net.block.never_called.built
    assert not torch.equal(torch.get_rng_state(), before)  # the weights were drawn


def test_a_layer_is_lazy_until_it_is_built():
    layer = Dense(2)
    assert hasattr(layer, "_initialize_hook")
    layer(torch.ones(1, 3))
    assert not hasattr(layer, "_initialize_hook")
    block = Block()
    block._infer_parameters(block, (torch.ones(1, 5),))
    assert not hasattr(block, "_initialize_hook")
