"""Layers that say they treat each element alone: where the channels are makes no difference."""

import pytest
import torch

import kerlite
from kerlite import layers
from tests.layers.support import data

ALONE = [
    layers.Activation("relu"),
    layers.Activation("gelu"),
    layers.Activation(None),
    layers.ReLU(6.0),
    layers.LeakyReLU(),
    layers.ELU(),
    layers.Identity(),
    layers.Dropout(0.5),
    layers.Rescaling(2.0, 1.0),
]
TOGETHER = [
    layers.Add(),
    layers.Subtract(),
    layers.Multiply(),
    layers.Average(),
    layers.Maximum(),
    layers.Minimum(),
]
NOT = [
    layers.Activation("softmax"),
    layers.Activation("log_softmax"),
    layers.Activation("sparsemax"),
    layers.Activation("glu"),
    layers.Activation(lambda x: x.cumsum(-1)),
    layers.Softmax(),
    layers.Concatenate(),
    layers.Dropout(0.5, noise_shape=(None, 1, 1, None)),
    layers.Dropout(0.5, seed=1),
    layers.Rescaling([1.0, 2.0, 3.0]),
    layers.Rescaling(1.0, [1.0, 2.0, 3.0]),
    layers.Dense(3),
]


@pytest.mark.parametrize("layer", ALONE, ids=lambda layer: layer.name)
def test_alone(layer):
    assert layer.pointwise
    x = data(2, 4, 5, 3)
    torch.testing.assert_close(layer(x.movedim(-1, 1)).movedim(1, -1), layer(x))


@pytest.mark.parametrize("layer", TOGETHER, ids=lambda layer: layer.name)
def test_together(layer):
    assert layer.pointwise
    inputs = [data(2, 4, 5, 3), data(2, 1, 1, 3, seed=1)]
    expected = layer(inputs)
    torch.testing.assert_close(layer([x.movedim(-1, 1) for x in inputs]).movedim(1, -1), expected)


@pytest.mark.parametrize("layer", NOT, ids=lambda layer: layer.name)
def test_not_pointwise(layer):
    assert not layer.pointwise


def test_ranks_may_differ_in_a_model():
    x = layers.Input((6, 6, 3))
    y = layers.Conv2D(4, 3)(x)
    scale = layers.Dense(4)(layers.GlobalAveragePooling2D()(y))
    for layer in (layers.Multiply(), layers.Add()):
        model = kerlite.Model(x, [layer([y, scale]), y, scale])
        out, image, vector = model(data(2, 6, 6, 3))
        torch.testing.assert_close(out, layer([image, vector]))
