"""ReLUs and sums that write over what nobody else looks at: who looks sees the right numbers."""

from __future__ import annotations

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import kerlite
from kerlite import layers


def residual():
    torch.manual_seed(0)
    inputs = layers.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(inputs)
    y = layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv2")(x)
    y = layers.BatchNormalization(name="norm")(y)
    y = layers.Activation("relu", name="relu")(y)
    y = layers.Add(name="sum")([x, layers.Conv2D(4, 1, name="conv3")(y)])
    return kerlite.Model(inputs, layers.Activation("relu6", name="relu6")(y))


def by_hand(model, x):
    kept = x = model.get_layer("conv")(x)
    for name in ("conv2", "norm", "relu", "conv3"):
        x = model.get_layer(name)(x)
    return model.get_layer("relu6")(model.get_layer("sum")([kept, x]))


@pytest.fixture
def model():
    return residual()


@pytest.fixture
def x():
    return torch.randn(2, 8, 8, 3)


class Ran(TorchDispatchMode):
    """Notes which operations run."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def test_results_and_gradients_are_those_of_the_layers_alone(model, x):
    for training in (False, True):
        model.train(training)
        model.zero_grad()
        result = model(x)
        result.square().sum().backward()
        found = [p.grad.clone() for p in model.parameters()]
        model.zero_grad()
        expected = by_hand(model, x)
        expected.square().sum().backward()
        assert torch.equal(result, expected)
        for ours, p in zip(found, model.parameters(), strict=True):
            torch.testing.assert_close(ours, p.grad)


def test_nothing_is_copied(model, x):
    with torch.no_grad(), Ran() as ran:
        model(x)
    assert {"relu_", "add_", "hardtanh_"} <= ran.names
    assert not {"relu", "add", "hardtanh"} & ran.names


def test_tensors_that_are_returned_or_used_twice_are_kept(model, x):
    norm, total = model.get_layer("norm").output, model.get_layer("sum").output
    inner = kerlite.Model(model.input, [norm, total, model.output])
    before, added, result = inner(x)
    assert (before < 0).any()
    assert torch.equal(added.clamp(0, 6), result)
    assert torch.equal(result, model(x))
    twice = layers.Multiply()([norm, layers.Activation("relu")(norm)])
    result = kerlite.Model(model.input, twice)(x)
    assert torch.equal(result, before * before.relu())


def test_hooks_see_what_their_layer_gave(model, x):
    expected, seen = model(x), []
    layer = model.get_layer("norm")
    layer.register_forward_hook(lambda module, args, output: seen.append(output))
    layer.register_full_backward_hook(lambda module, given, wanted: None)
    result = model(x)
    assert torch.equal(result, expected)
    assert (seen[0] < 0).any()
    result.sum().backward()


def test_activity_regularizers_see_it_too(x):
    inputs = layers.Input((8, 8, 3))
    y = layers.Conv2D(4, 3, activity_regularizer="l2", name="conv")(inputs)
    model = kerlite.Model(inputs, layers.Activation("relu")(y))
    loss = model(x).sum() + sum(model.losses)
    loss.backward()
    raw = model.get_layer("conv")(x)
    torch.testing.assert_close(model.losses[0], 0.01 * raw.square().sum() / len(x))


def test_an_activation_that_is_replaced_counts(model, x):
    model(x)
    model.get_layer("relu").activation = kerlite.activations.tanh
    assert torch.equal(model(x), by_hand(model, x))
    model.get_layer("conv3").activation = kerlite.activations.sigmoid
    result = model(x)
    result.sum().backward()
    assert torch.equal(result, by_hand(model, x))


def test_transforms_of_torch_func(model, x):
    weights = {
        name: torch.stack([p.detach(), 2 * p.detach()])
        for name, p in model.named_parameters()
        if name.startswith("conv3")
    }

    def run(given):
        return torch.func.functional_call(model, given, (x,))

    found = torch.func.vmap(run)(weights)
    torch.testing.assert_close(found[0], model(x))
    torch.testing.assert_close(found[1], run({k: v[1] for k, v in weights.items()}))
    one = {name: weight[0] for name, weight in weights.items()}
    torch.func.grad(lambda given: run(given).sum())(one)


def test_it_compiles(model, x):
    torch._dynamo.reset()
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), model(x))
    torch._dynamo.reset()
