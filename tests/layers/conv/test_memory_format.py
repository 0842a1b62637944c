"""Channels-last data costs no copy: what layers exchange lies in memory as torch wants it."""

import copy

import pytest
import torch
from torch import nn

from kerlite import Model, layers
from kerlite.layers.conv.conv2d import Conv2D
from kerlite.layers.conv.conv2d_transpose import Conv2DTranspose
from kerlite.layers.conv.conv3d import Conv3D
from tests.layers.support import data

FORMATS = {4: torch.channels_last, 5: torch.channels_last_3d}


def built():
    layer = Conv2D(8, 3, padding="same")
    layer.build((None, 6, 6, 4))
    return layer


def trained(layer):
    optimizer = torch.optim.Adam(layer.parameters())
    layer(data(2, 6, 6, 4)).square().sum().backward()
    optimizer.step()
    state = optimizer.state[layer.weight]["exp_avg"]
    assert state.is_contiguous(memory_format=torch.channels_last)
    return layer


def loaded(layer):
    layer.load_state_dict(nn.Conv2d(4, 8, 3).state_dict())
    return layer


def assigned(layer):
    layer.set_weights(layer.get_weights())
    return layer


@pytest.mark.parametrize(
    "treatment",
    [trained, loaded, assigned, copy.deepcopy, lambda layer: layer.to(torch.float64)],
    ids=["trained", "loaded", "assigned", "copied", "converted"],
)
def test_weights_keep_their_memory_format(treatment):
    layer = treatment(built())
    assert layer.weight.is_contiguous(memory_format=torch.channels_last)
    assert not layer.weight.is_contiguous()


@pytest.mark.parametrize(
    ("cls", "filters", "channels"), [(Conv2D, 1, 2), (Conv2D, 2, 1), (Conv2DTranspose, 2, 1)]
)
def test_axes_of_size_one_have_the_strides_of_the_format(cls, filters, channels):
    """Torch's own kernels, used where oneDNN is not, refuse others in the backward pass."""
    layer = cls(filters, 3, dtype="float64")
    layer.build((None, 4, 4, channels))
    first, second = layer.weight.shape[:2]
    assert layer.weight.stride() == (9 * second, 1, 3 * second, second)
    layer(data(2, 4, 4, channels, dtype="float64")).sum().backward()
    assert layer.weight.grad.shape == (first, second, 3, 3)


@pytest.mark.parametrize("cls", [Conv2D, Conv3D])
def test_a_chain_copies_no_data(cls):
    rank = cls.rank
    x = data(2, *[8] * rank, 3)
    for arguments in (
        {"padding": "same"},
        {"strides": 2, "padding": "same"},
        {"activation": "relu"},
    ):
        x = cls(4, 3, **arguments)(x)
        assert x.is_contiguous()
        assert x.movedim(-1, 1).is_contiguous(memory_format=FORMATS[rank + 2])


def test_gradients_keep_the_memory_format():
    first, second = Conv2D(8, 3), Conv2DTranspose(4, 2, strides=2)
    x = data(2, 6, 6, 4).requires_grad_()
    second(first(x)).sum().backward()
    assert x.grad.is_contiguous()
    assert first.weight.grad.is_contiguous(memory_format=torch.channels_last)
    assert second.weight.grad.is_contiguous(memory_format=torch.channels_last)


def test_a_model_permutes_once_there_and_once_back():
    inputs = layers.Input((8, 8, 3))
    x = Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D()(layers.BatchNormalization()(x))
    model = Model(inputs, Conv2DTranspose(2, 3, strides=2, padding="same")(x))
    with torch.profiler.profile() as profile:
        model(data(1, 8, 8, 3))
    counts = {event.key: event.count for event in profile.key_averages()}
    assert counts["aten::permute"] == 2
    assert "aten::contiguous" not in counts
