import numpy as np
import pytest
import torch
from torch import nn

from kerlite.layers.conv.depthwise_conv1d import DepthwiseConv1D
from kerlite.layers.conv.depthwise_conv2d import DepthwiseConv2D
from tests.layers.support import check_layer, check_number_types, data

CONFIGS = [
    ("DepthwiseConv1D", {}, (2, 7, 3)),
    ("DepthwiseConv1D", {"depth_multiplier": 2, "padding": "same", "strides": 2}, (2, 8, 3)),
    ("DepthwiseConv1D", {"dilation_rate": 2, "padding": "same", "kernel_size": 2}, (2, 8, 3)),
    ("DepthwiseConv1D", {"data_format": "channels_first", "use_bias": False}, (2, 3, 7)),
    ("DepthwiseConv2D", {}, (2, 6, 7, 3)),
    ("DepthwiseConv2D", {"depth_multiplier": 3, "activation": "relu"}, (2, 6, 7, 2)),
    ("DepthwiseConv2D", {"padding": "same", "strides": 2}, (2, 6, 7, 3)),
    (
        "DepthwiseConv2D",
        {"padding": "same", "strides": (1, 2), "kernel_size": (2, 5)},
        (1, 6, 7, 3),
    ),
    ("DepthwiseConv2D", {"strides": 2, "dilation_rate": 2}, (1, 9, 7, 3)),
    ("DepthwiseConv2D", {"depth_multiplier": 2}, (2, 6, 7, 1)),
    ("DepthwiseConv2D", {"depth_multiplier": 2, "data_format": "channels_first"}, (2, 3, 6, 7)),
    (
        "DepthwiseConv2D",
        {
            "depthwise_regularizer": "l2",
            "depthwise_constraint": "unit_norm",
            "bias_initializer": "ones",
        },
        (1, 5, 5, 3),
    ),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), CONFIGS)
def test_like_keras(name, arguments, shape):
    check_layer(name, {"kernel_size": 3, **arguments}, data(*shape))


@pytest.mark.parametrize(
    ("name", "shape"), [("DepthwiseConv1D", (2, 7, 3)), ("DepthwiseConv2D", (2, 6, 7, 3))]
)
def test_under_torchs_tools(name, shape):
    arguments = {"kernel_size": 3, "depth_multiplier": 2, "padding": "same", "strides": 2}
    check_layer(name, arguments, data(*shape), tools=True)


@pytest.mark.parametrize(
    ("cls", "torch_cls"), [(DepthwiseConv1D, nn.Conv1d), (DepthwiseConv2D, nn.Conv2d)]
)
def test_is_torchs_grouped_convolution(cls, torch_cls):
    layer, twin = cls(3, strides=2, depth_multiplier=2), torch_cls(4, 8, 3, 2, groups=4)
    layer.build((None, *[None] * cls.rank, 4))
    assert isinstance(layer, torch_cls)
    shapes = {name: value.shape for name, value in layer.state_dict().items()}
    assert shapes == {name: value.shape for name, value in twin.state_dict().items()}
    for name in ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups"):
        assert getattr(layer, name) == getattr(twin, name)
    layer.load_state_dict(twin.state_dict())
    x = data(2, 4, *[7] * cls.rank)
    torch.testing.assert_close(layer(x.movedim(1, -1)).movedim(-1, 1), twin(x))
    seen = twin.weight.detach().reshape(4, 2, -1).permute(2, 0, 1)
    np.testing.assert_array_equal(layer.kernel.numpy().reshape(-1, 4, 2), seen.numpy())


def test_kernel_is_a_view():
    layer = DepthwiseConv2D(3, depth_multiplier=2)
    layer.build((None, 5, 5, 4))
    layer.kernel.assign(data(3, 3, 4, 2))
    assert layer.kernel.data_ptr() == layer.weight.data_ptr()
    torch.testing.assert_close(layer.weight[5, 0], data(3, 3, 4, 2)[:, :, 2, 1])


def test_outputs_are_channels_last():
    assert DepthwiseConv1D(3, padding="same")(data(2, 9, 4)).is_contiguous()
    assert DepthwiseConv2D(3, padding="same", strides=2)(data(2, 9, 8, 4)).is_contiguous()


def test_number_types():
    def make(dtype):
        return DepthwiseConv2D(3, padding="same", depth_multiplier=2, dtype=dtype)

    check_number_types(make, data(2, 4, 5, 3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth_multiplier": 0}, "DepthwiseConv2D 'c' needs depth_multiplier .* >= 1"),
        ({"kernel_size": 0}, "kernel_size=0"),
        ({"padding": "causal"}, r"\('valid', 'same'\); received 'causal'"),
        ({"filters": 8}, "unknown arguments: .*filters"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DepthwiseConv2D(**{"kernel_size": 3, "name": "c", **arguments})


def test_bad_inputs():
    layer = DepthwiseConv2D(3, name="c")
    with pytest.raises(ValueError, match="'c' slides a window"):
        layer(data(1, 2, 5, 3))
    with pytest.raises(ValueError, match="'c' needs to know the channels"):
        layer.build((None, 5, 5, None))
    layer(data(1, 5, 5, 3))
    with pytest.raises(ValueError, match="expected axis -1 to have size 3, found 6"):
        layer(data(1, 5, 5, 6))
