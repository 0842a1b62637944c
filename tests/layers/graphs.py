"""Models over images, the code they run, and the same by calling their layers one by one."""

import re

import torch

from kerlite import Model
from kerlite.core.fx_code import FxBuilder
from kerlite.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
    ReLU,
)

IMAGES = (2, 8, 8, 3)


def chain():
    """Return a stack of layers over images, which a functional model calls one after the other."""
    return [
        Conv2D(4, 3, padding="same", strides=2, name="conv"),
        BatchNormalization(name="norm"),
        ReLU(name="relu"),
        MaxPooling2D(3, strides=1, padding="same", name="pool"),
        Conv2D(6, 2, activation="tanh", name="conv2"),
        AveragePooling2D(2, padding="same", name="mean"),
        GlobalAveragePooling2D(name="all"),
    ]


def functional(stack, shape=IMAGES):
    inputs = x = Input(shape[1:])
    for layer in stack:
        x = layer(x)
    return Model(inputs, x)


def one_by_one(stack, x):
    for layer in stack:
        x = layer(x)
    return x


def code_of(model):
    """Return the code that runs at every step."""
    graph = model._graph
    names = {module: f"m{index}" for index, module in enumerate(graph.modules)}
    return graph._built(FxBuilder(names, direct=True))[0].python_code("self").src


def permutations(model):
    return re.findall(r"permute\(.*?\)", code_of(model))


def run(call, module, x, training=False):
    """Return the output, and the gradients of the input and of all weights."""
    module.zero_grad()
    module.train(training)
    x = x.clone().requires_grad_()
    output = call(x)
    output.square().sum().backward()
    return [output.detach(), x.grad, *(weight.grad.clone() for weight in module.parameters())]


def assert_same(results, expected, exactly=True):
    tolerance = {"rtol": 0, "atol": 0} if exactly else {"rtol": 1e-5, "atol": 1e-6}
    for result, wanted in zip(results, expected, strict=True):
        torch.testing.assert_close(result, wanted, **tolerance)


def block():
    """Return a model with branches that meet: added, then side by side."""
    inputs = Input(IMAGES[1:])
    stem = Conv2D(4, 3, padding="same", name="stem")(inputs)
    left = BatchNormalization(name="left")(stem)
    right = Conv2D(4, 1, name="right")(stem)
    added = Activation("relu", name="act")(Add(name="add")([left, right]))
    joined = Concatenate(name="cat")([added, stem, inputs])
    out = Conv2D(2, 3, name="out")(joined)
    return Model(inputs, [out, added, joined])


def block_by_hand(model, x):
    get = model.get_layer
    stem = get("stem")(x)
    added = torch.relu(get("left")(stem) + get("right")(stem))
    joined = torch.cat([added, stem, x], -1)
    return [get("out")(joined), added, joined]
