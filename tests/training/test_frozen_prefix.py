"""A frozen base costs no graph: autograd keeps for it what it would keep under no_grad, nothing."""

import copy

import keras
import numpy as np
import pytest
import torch
from torch.nn import functional as F

import kerlite
from kerlite import layers

X = np.random.default_rng(0).normal(size=(8, 12, 12, 3)).astype("float32")
Y = np.arange(8) % 4


def network(rate=0.0):
    base = kerlite.Sequential([
        kerlite.Input((12, 12, 3)),
        layers.Conv2D(8, 3),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Dropout(rate),
        layers.Conv2D(8, 3),
        layers.GlobalAveragePooling2D(),
    ], name="base")  # fmt: skip
    model = kerlite.Sequential([base, layers.Dense(4, name="head")])
    model.compile("sgd", kerlite.losses.SparseCategoricalCrossentropy(from_logits=True))
    return base, model


def kept_bytes(step):
    """Return how much autograd keeps for the backward pass of what `step` runs."""
    sizes = []

    def note(tensor):
        sizes.append(tensor.numel() * tensor.element_size())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        step()
    return sum(sizes)


def test_a_step_keeps_what_a_step_of_the_head_alone_keeps():
    base, model = network(rate=0.5)
    model.train_on_batch(X, Y)
    whole = kept_bytes(lambda: model.train_on_batch(X, Y))
    base.trainable = False
    model.compile("sgd", model.loss)
    model.train_on_batch(X, Y)
    frozen = kept_bytes(lambda: model.train_on_batch(X, Y))
    head = kerlite.Sequential([kerlite.Input((8,)), layers.Dense(4)])
    head.compile("sgd", model.loss)
    features = base.predict(X, verbose=0)
    head.train_on_batch(features, Y)
    assert frozen == kept_bytes(lambda: head.train_on_batch(features, Y))
    assert frozen < whole / 100


def test_outputs_of_a_frozen_base_are_no_part_of_a_graph():
    base, _ = network()
    base.trainable = False
    base.train()
    assert base(torch.tensor(X)).grad_fn is None


def test_gradients_of_the_input_go_through_a_frozen_base():
    base, model = network()
    base.trainable = False
    x = torch.tensor(X, requires_grad=True)
    model(x).sum().backward()
    conv, norm, *_, second, _ = base.layers
    plain = torch.tensor(X, requires_grad=True)
    y = F.conv2d(plain.permute(0, 3, 1, 2), conv.weight, conv.bias)
    y = F.batch_norm(y, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps)
    y = F.conv2d(y.relu(), second.weight, second.bias).mean((2, 3))
    model.get_layer("head")(y).sum().backward()
    torch.testing.assert_close(x.grad, plain.grad)


def test_a_frozen_dropout_drops_as_before():
    base, model = network(rate=0.5)
    base.trainable = False
    twin = copy.deepcopy(model)
    twin.get_layer("base").requires_grad_(True)  # torch's switch alone: layers stay frozen
    outputs = []
    for one in (model, twin):
        one.train()
        torch.manual_seed(0)
        outputs.append(one(torch.tensor(X)))
    assert torch.equal(*outputs)
    assert not torch.equal(outputs[0], model.eval()(torch.tensor(X)))


def test_hooks_of_a_frozen_layer_run():
    base, model = network()
    base.trainable = False
    model.compile("sgd", model.loss)
    seen = []
    base.layers[0].register_forward_hook(lambda module, args, output: seen.append(output.shape))
    model.train_on_batch(X, Y)
    assert seen == [torch.Size([8, 10, 10, 8])]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_frozen_regularized_layer_counts_as_in_keras():
    losses = []
    for package in (kerlite, keras):
        layer = package.layers.Dense(
            1, kernel_regularizer="l2", activity_regularizer="l2", kernel_initializer="ones"
        )
        model = package.Sequential([package.Input((3,)), layer, package.layers.Dense(
            1, kernel_initializer="ones")])  # fmt: skip
        layer.trainable = False
        model.compile("sgd", "mse")
        losses.append(model.train_on_batch(np.ones((4, 3), "float32"), np.zeros((4, 1), "float32")))
    assert losses[0] == pytest.approx(losses[1])
