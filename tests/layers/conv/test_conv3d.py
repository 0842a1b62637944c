import pytest
import torch
from torch import nn

from kerlite.layers.conv.conv3d import Conv3D
from tests.layers.support import check_layer, check_number_types, data

CONFIGS = [
    ({}, (2, 4, 5, 6, 2)),
    ({"kernel_size": (1, 2, 3), "strides": (1, 2, 1)}, (1, 4, 5, 6, 2)),
    ({"padding": "same"}, (1, 4, 5, 6, 2)),
    ({"padding": "same", "strides": 2, "kernel_size": (2, 3, 4)}, (1, 4, 5, 6, 1)),
    ({"padding": "same", "dilation_rate": (1, 2, 1), "kernel_size": 2}, (1, 4, 5, 6, 2)),
    ({"groups": 2, "activation": "relu", "use_bias": False}, (1, 4, 4, 4, 4)),
    ({"data_format": "channels_first", "padding": "same", "strides": 3}, (2, 2, 4, 5, 6)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("Conv3D", {"filters": 4, "kernel_size": 3, **arguments}, data(*shape))


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_under_torchs_tools(padding):
    arguments = {"filters": 4, "kernel_size": 2, "padding": padding}
    check_layer("Conv3D", arguments, data(1, 4, 5, 3, 2), tools=True)


def test_is_torchs_conv3d():
    layer, twin = Conv3D(6, (3, 1, 2), strides=2, groups=2), nn.Conv3d(4, 6, (3, 1, 2), 2, groups=2)
    layer.build((None, 5, 5, 5, 4))
    assert isinstance(layer, nn.Conv3d)
    shapes = {name: value.shape for name, value in layer.state_dict().items()}
    assert shapes == {name: value.shape for name, value in twin.state_dict().items()}
    layer.load_state_dict(twin.state_dict())
    x = data(2, 4, 5, 5, 5)
    result = layer(x.permute(0, 2, 3, 4, 1))
    torch.testing.assert_close(result.permute(0, 4, 1, 2, 3), twin(x))
    assert layer.weight.is_contiguous(memory_format=torch.channels_last_3d)


def test_number_types():
    def make(dtype):
        return Conv3D(4, 3, padding="same", activation="tanh", dtype=dtype)

    check_number_types(make, data(1, 3, 4, 5, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": -1}, "Conv3D 'c' needs filters to be a whole number >= 1.*filters=-1"),
        ({"kernel_size": (3, 3)}, "or 3 of them; received"),
        ({"padding": "causal"}, r"\('valid', 'same'\); received 'causal'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Conv3D(**{"filters": 4, "kernel_size": 3, "name": "c", **arguments})


def test_bad_inputs():
    layer = Conv3D(4, 3, name="c")
    with pytest.raises(ValueError, match=r"'c' slides a window of \(3, 3, 3\).*padding='same'"):
        layer(data(1, 5, 5, 2, 3))
    with pytest.raises(ValueError, match=r"Conv3D 'c'.*expected ndim=5, found ndim=4"):
        layer(data(1, 5, 5, 3))
