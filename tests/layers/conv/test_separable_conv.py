import pytest
import torch
from torch import nn

from kerlite.layers.conv.depthwise_conv2d import DepthwiseConv2D
from kerlite.layers.conv.separable_conv1d import SeparableConv1D
from kerlite.layers.conv.separable_conv2d import SeparableConv2D
from tests.layers.support import check_layer, check_number_types, data

CONFIGS = [
    ("SeparableConv1D", {}, (2, 7, 3)),
    ("SeparableConv1D", {"depth_multiplier": 2, "padding": "same", "strides": 2}, (2, 8, 3)),
    ("SeparableConv1D", {"dilation_rate": 2, "padding": "same", "kernel_size": 2}, (2, 8, 3)),
    ("SeparableConv1D", {"data_format": "channels_first", "use_bias": False}, (2, 3, 7)),
    ("SeparableConv2D", {}, (2, 6, 7, 3)),
    ("SeparableConv2D", {"depth_multiplier": 3, "activation": "relu"}, (2, 6, 7, 2)),
    ("SeparableConv2D", {"padding": "same", "strides": 2}, (2, 6, 7, 3)),
    ("SeparableConv2D", {"padding": "same", "strides": 2, "kernel_size": (2, 5)}, (1, 6, 7, 3)),
    ("SeparableConv2D", {"strides": 2, "dilation_rate": 2}, (1, 9, 7, 3)),
    ("SeparableConv2D", {"depth_multiplier": 2, "data_format": "channels_first"}, (2, 3, 6, 7)),
    (
        "SeparableConv2D",
        {
            "depthwise_regularizer": "l2", "pointwise_regularizer": "l1",
            "pointwise_constraint": "unit_norm", "pointwise_initializer": "he_normal",
            "activity_regularizer": "l2",
        },
        (1, 5, 5, 3),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "shape"), CONFIGS)
def test_like_keras(name, arguments, shape):
    check_layer(name, {"filters": 4, "kernel_size": 3, **arguments}, data(*shape))


@pytest.mark.parametrize(
    ("name", "shape"), [("SeparableConv1D", (2, 7, 3)), ("SeparableConv2D", (2, 6, 7, 3))]
)
def test_under_torchs_tools(name, shape):
    arguments = {"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}
    check_layer(name, arguments, data(*shape), tools=True)


def test_weights_are_those_of_torchs_convolutions():
    layer = SeparableConv2D(6, 3, depth_multiplier=2)
    depthwise, pointwise = nn.Conv2d(4, 8, 3, groups=4, bias=False), nn.Conv2d(8, 6, 1)
    layer.build((None, 5, 5, 4))
    layer.load_state_dict(
        {
            "depthwise_weight": depthwise.weight,
            "pointwise_weight": pointwise.weight,
            "bias": pointwise.bias,
        }
    )
    x = data(2, 4, 7, 6)
    expected = pointwise(depthwise(x)).permute(0, 2, 3, 1)
    torch.testing.assert_close(layer(x.permute(0, 2, 3, 1)), expected)
    assert [w.path.split("/")[-1] for w in layer.weights] == [
        "depthwise_kernel", "pointwise_kernel", "bias",
    ]  # fmt: skip


def test_first_half_is_a_depthwise_convolution():
    layer, first = SeparableConv2D(6, 3, depth_multiplier=2), DepthwiseConv2D(3, depth_multiplier=2)
    layer.build((None, 5, 5, 4))
    first.build((None, 5, 5, 4))
    first.kernel.assign(layer.depthwise_kernel)
    x = data(2, 5, 5, 4)
    expected = first(x) @ layer.pointwise_kernel[0, 0] + layer.bias
    torch.testing.assert_close(layer(x), expected)


def test_outputs_are_channels_last():
    assert SeparableConv1D(5, 3, padding="same")(data(2, 9, 4)).is_contiguous()
    assert SeparableConv2D(5, 3, padding="same", strides=2)(data(2, 9, 8, 4)).is_contiguous()


def test_number_types():
    def make(dtype):
        return SeparableConv2D(4, 3, padding="same", depth_multiplier=2, dtype=dtype)

    check_number_types(make, data(2, 4, 5, 3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "SeparableConv1D 'c' needs filters .* >= 1.*filters=0"),
        ({"depth_multiplier": 1.5}, "needs depth_multiplier .*=1.5"),
        ({"padding": "causal"}, r"\('valid', 'same'\); received 'causal'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        SeparableConv1D(**{"filters": 4, "kernel_size": 3, "name": "c", **arguments})


def test_bad_inputs():
    layer = SeparableConv1D(4, 3, name="c")
    with pytest.raises(ValueError, match="'c' slides a window"):
        layer(data(1, 2, 3))
    with pytest.raises(ValueError, match="'c' needs to know the channels"):
        layer.build((None, 5, None))
    with pytest.raises(ValueError, match=r"'c'.*expected ndim=3, found ndim=4"):
        layer(data(1, 5, 5, 3))
