import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from kerlite import config, layers
from kerlite.layers import Conv2D
from tests.layers.support import check_layer, check_number_types, check_tools, data

CONFIGS = [
    ({}, (2, 7, 8, 3)),
    ({"kernel_size": (2, 3)}, (2, 7, 8, 3)),
    ({"kernel_size": 1, "strides": 2}, (2, 7, 8, 3)),
    ({"padding": "same"}, (2, 7, 8, 3)),
    ({"padding": "SAME", "strides": 2}, (2, 7, 8, 3)),
    ({"padding": "same", "strides": (2, 3)}, (2, 9, 10, 3)),
    ({"padding": "same", "kernel_size": 4}, (2, 7, 8, 3)),
    ({"padding": "same", "kernel_size": (5, 2), "strides": (3, 1)}, (2, 7, 8, 3)),
    ({"padding": "same", "kernel_size": 2, "strides": 3}, (2, 7, 8, 3)),
    ({"dilation_rate": 2}, (2, 7, 8, 3)),
    ({"dilation_rate": (1, 3), "padding": "same"}, (2, 7, 8, 3)),
    ({"dilation_rate": (2, 3), "padding": "same", "kernel_size": 2}, (2, 7, 8, 3)),
    ({"groups": 2}, (2, 5, 5, 6)),
    ({"groups": 4, "use_bias": False}, (2, 5, 5, 4)),
    ({"activation": "relu"}, (2, 5, 5, 1)),
    ({"activation": "softmax", "filters": 1, "kernel_size": (5, 5)}, (1, 5, 6, 1)),
    ({"data_format": "channels_first"}, (2, 3, 7, 8)),
    ({"data_format": "channels_first", "padding": "same", "strides": 2}, (2, 3, 7, 8)),
    ({"kernel_regularizer": "l2", "bias_constraint": "non_neg"}, (2, 5, 5, 3)),
    ({"activity_regularizer": "l1"}, (1, 5, 5, 3)),
]


@pytest.mark.filterwarnings("ignore:.*softmax over axis")
@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("Conv2D", {"filters": 4, "kernel_size": 3, **arguments}, data(*shape))


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_under_torchs_tools(padding):
    layer = Conv2D(4, 3, strides=2, padding=padding, activation="relu")
    layer(data(2, 8, 7, 3))
    check_tools(layer, data(2, 8, 7, 3))


@pytest.mark.parametrize("size", range(1, 12))
@pytest.mark.parametrize(("kernel", "stride"), [(1, 2), (2, 1), (3, 2), (4, 3), (5, 4), (2, 5)])
def test_same_is_that_of_tensorflow(size, kernel, stride):
    """The output has ceil(size / stride) elements; the odd zero goes to the end."""
    out = -(-size // stride)
    total = max(0, (out - 1) * stride + kernel - size)
    x, weight = data(1, size, 1, 1), data(kernel, 1, 1, 1, seed=1)
    layer = Conv2D(1, (kernel, 1), strides=(stride, 1), padding="same", use_bias=False)
    layer.build(x.shape)
    layer.set_weights([weight.numpy()])
    padded = np.pad(x.numpy().ravel(), (total // 2, total - total // 2))
    taps = weight.numpy().ravel()
    expected = [padded[i * stride : i * stride + kernel] @ taps for i in range(out)]
    np.testing.assert_allclose(layer(x).detach().numpy().ravel(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_unknown_sizes_stay_unknown(padding):
    layer = Conv2D(4, 3, strides=2, padding=padding)
    assert layer.compute_output_shape((None, None, 8, 3)) == (
        None,
        None,
        3 + (padding == "same"),
        4,
    )
    x = layers.Input((None, None, 3))
    assert layer(x).shape == (None, None, None, 4)
    for size in (7, 8):
        expected = -(-size // 2) if padding == "same" else (size - 3) // 2 + 1
        assert layer(data(1, size, size, 3)).shape == (1, expected, expected, 4)


def test_is_torchs_conv2d():
    layer, twin = Conv2D(6, (3, 5), strides=2, groups=2), nn.Conv2d(4, 6, (3, 5), 2, groups=2)
    layer.build((None, 9, 9, 4))
    assert isinstance(layer, nn.Conv2d)
    shapes = {name: value.shape for name, value in layer.state_dict().items()}
    assert shapes == {name: value.shape for name, value in twin.state_dict().items()}
    for name in ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups"):
        assert getattr(layer, name) == getattr(twin, name)
    layer.load_state_dict(twin.state_dict())
    x = data(2, 9, 9, 4)
    expected = twin(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    torch.testing.assert_close(layer(x), expected)
    np.testing.assert_array_equal(
        layer.kernel.numpy(), twin.weight.detach().permute(2, 3, 1, 0).numpy()
    )


def test_channels_last_data_is_not_copied():
    layer = Conv2D(8, 3, padding="same")
    out = layer(data(2, 6, 6, 4))
    assert layer.weight.is_contiguous(memory_format=torch.channels_last)
    assert not layer.weight.is_contiguous()
    assert out.is_contiguous()
    again = copy.deepcopy(layer)
    again.load_state_dict(nn.Conv2d(4, 8, 3).state_dict())
    assert again.weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("filters", [1, 8])
def test_one_channel_keeps_the_memory_format(filters):
    first, second = Conv2D(filters, 3, padding="same", strides=2), Conv2D(4, 1)
    assert second(first(data(2, 28, 28, 1))).is_contiguous()


def test_channels_first_data_has_contiguous_weights():
    layer = Conv2D(8, 3, data_format="channels_first")
    layer.build((None, 3, 9, 9))
    assert layer.weight.is_contiguous()


def test_default_data_format_is_the_configured_one():
    config.set_image_data_format("channels_first")
    assert Conv2D(8, 3)(data(2, 3, 9, 9)).shape == (2, 8, 7, 7)


def test_whole_numbers_become_floats():
    layer = Conv2D(2, 3)
    image = torch.randint(0, 256, (1, 5, 5, 3), dtype=torch.uint8)
    torch.testing.assert_close(layer(image), layer(image.float()))


def test_number_types():
    def make(dtype):
        return Conv2D(4, 3, padding="same", strides=2, activation="tanh", dtype=dtype)

    check_number_types(make, data(2, 6, 6, 3))


def test_bias_free_torch_call_is_the_same():
    layer = Conv2D(4, 3, use_bias=False)
    x = data(1, 5, 5, 2)
    expected = F.conv2d(x.permute(0, 3, 1, 2), layer(x) is not None and layer.weight)
    torch.testing.assert_close(layer(x), expected.permute(0, 2, 3, 1))
    assert layer.bias is None


def test_rows_of_an_empty_batch():
    assert Conv2D(4, 3)(torch.zeros(0, 5, 5, 2)).shape == (0, 3, 3, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "Conv2D 'c' needs filters to be a whole number >= 1.*filters=0"),
        ({"filters": 2.5}, "filters=2.5"),
        ({"kernel_size": (3, 0)}, r"kernel_size.*\(3, 0\)"),
        ({"kernel_size": (3, 3, 3)}, "or 2 of them"),
        ({"strides": -1}, "strides=-1"),
        ({"padding": "full"}, r"padding to be one of \('valid', 'same'\); received 'full'"),
        ({"padding": "causal"}, "received 'causal'"),
        ({"data_format": "nhwc"}, "Unknown data_format: 'nhwc'"),
        (
            {"groups": 3},
            "needs filters to be divisible by groups; received 4 with groups=3",
        ),
        ({"strides": 2, "dilation_rate": 2}, "both strides > 1 and dilation_rate > 1"),
        ({"activation": "rellu"}, "Did you mean 'relu'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Conv2D(**{"filters": 4, "kernel_size": 3, "name": "c", **arguments})


def test_channels_that_groups_do_not_divide():
    with pytest.raises(ValueError, match=r"'c' needs the channels .* received 3 with groups=2"):
        Conv2D(4, 3, groups=2, name="c")(data(1, 5, 5, 3))


def test_unknown_channels():
    with pytest.raises(ValueError, match="received None"):
        Conv2D(4, 3).build((None, 5, 5, None))


def test_kernel_larger_than_input():
    layer = Conv2D(4, 3, name="c")
    for attempt in (data(1, 2, 5, 3), layers.Input((2, 5, 3))):
        with pytest.raises(ValueError, match=r"'c' slides a window of \(3, 3\).*padding='same'"):
            layer(attempt)
    layer(data(1, 5, 5, 3))
    with pytest.raises(ValueError, match="'c' slides a window"):
        layer(data(1, 2, 5, 3))


def test_wrong_rank_and_channels():
    layer = Conv2D(4, 3, name="c")
    with pytest.raises(ValueError, match=r"Conv2D 'c'.*expected ndim=4, found ndim=3"):
        layer(data(5, 5, 3))
    layer(data(1, 5, 5, 3))
    with pytest.raises(ValueError, match="expected axis -1 to have size 3, found 2"):
        layer(data(1, 5, 5, 2))
