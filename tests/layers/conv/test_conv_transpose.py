import itertools

import keras
import numpy as np
import pytest
import torch
from torch import nn

from kerlite.layers.conv.conv1d import Conv1D
from kerlite.layers.conv.conv1d_transpose import Conv1DTranspose
from kerlite.layers.conv.conv2d_transpose import Conv2DTranspose
from kerlite.layers.conv.conv3d_transpose import Conv3DTranspose
from tests.layers.support import check_layer, check_number_types, data, keras_scope

CONFIGS = [
    ("Conv1DTranspose", {}, (2, 5, 3)),
    ("Conv1DTranspose", {"strides": 2, "padding": "same"}, (2, 5, 3)),
    ("Conv1DTranspose", {"strides": 3, "kernel_size": 2, "use_bias": False}, (2, 5, 3)),
    ("Conv1DTranspose", {"strides": 2, "output_padding": 1}, (2, 5, 3)),
    ("Conv1DTranspose", {"data_format": "channels_first", "padding": "SAME"}, (2, 3, 5)),
    ("Conv2DTranspose", {}, (2, 5, 4, 3)),
    ("Conv2DTranspose", {"strides": 2, "padding": "same", "activation": "relu"}, (2, 5, 4, 3)),
    ("Conv2DTranspose", {"strides": (1, 3), "kernel_size": (2, 5)}, (1, 5, 4, 3)),
    (
        "Conv2DTranspose",
        {"strides": (3, 2), "padding": "same", "kernel_size": (4, 2)},
        (2, 5, 4, 2),
    ),
    ("Conv2DTranspose", {"dilation_rate": (2, 3), "padding": "same"}, (1, 5, 4, 3)),
    ("Conv2DTranspose", {"strides": (2, 3), "output_padding": (0, 2)}, (1, 5, 4, 3)),
    (
        "Conv2DTranspose",
        {
            "strides": 2,
            "padding": "same",
            "output_padding": [1, 0],
            "data_format": "channels_first",
        },
        (2, 3, 5, 4),
    ),
    (
        "Conv2DTranspose",
        {"kernel_regularizer": "l2", "bias_constraint": "non_neg", "activity_regularizer": "l1"},
        (1, 3, 3, 2),
    ),
    ("Conv3DTranspose", {}, (1, 3, 4, 2, 3)),
    (
        "Conv3DTranspose",
        {"strides": 2, "padding": "same", "kernel_size": (3, 4, 1)},
        (1, 3, 4, 2, 3),
    ),
    ("Conv3DTranspose", {"strides": 2, "output_padding": 1, "kernel_size": 2}, (1, 2, 3, 2, 2)),
    ("Conv3DTranspose", {"data_format": "channels_first", "padding": "same"}, (1, 2, 3, 4, 3)),
]
RANKS = [
    (Conv1DTranspose, nn.ConvTranspose1d),
    (Conv2DTranspose, nn.ConvTranspose2d),
    (Conv3DTranspose, nn.ConvTranspose3d),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), CONFIGS)
def test_like_keras(name, arguments, shape):
    check_layer(name, {"filters": 4, "kernel_size": 3, **arguments}, data(*shape))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_every_kind_of_padding(kernel, padding):
    """A grid over strides or dilation, output padding, odd and even sizes, against Keras."""
    steps = [(1, 1), (2, 1), (3, 1), (1, 2)]
    weight = data(kernel, 2, 3, seed=1).numpy()
    for (stride, dilation), size in itertools.product(steps, (4, 5)):
        for extra in (None, *range(stride)):
            arguments = {
                "filters": 2, "kernel_size": kernel, "strides": stride, "padding": padding,
                "output_padding": extra, "dilation_rate": dilation, "use_bias": False,
            }  # fmt: skip
            x = data(1, size, 3)
            ours = Conv1DTranspose(**arguments)
            with keras_scope():
                theirs = keras.layers.Conv1DTranspose(**arguments)
                theirs.build(x.shape)
                theirs.set_weights([weight])
                expected = theirs(x).detach().numpy()
            ours.build(x.shape)
            ours.set_weights([weight])
            assert ours.compute_output_shape(x.shape) == expected.shape, arguments
            result = ours(x).detach().numpy()
            np.testing.assert_allclose(result, expected, 1e-5, 1e-5, err_msg=str(arguments))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_is_the_gradient_of_the_convolution(kernel, stride, padding):
    layer = Conv1DTranspose(1, kernel, strides=stride, padding=padding, use_bias=False)
    convolution = Conv1D(1, kernel, strides=stride, padding=padding, use_bias=False)
    inputs = data(1, 4, 1)
    outputs = layer(inputs)
    below = torch.zeros(outputs.shape, requires_grad=True)
    convolution.build(below.shape)
    convolution.set_weights(layer.get_weights())
    (gradient,) = torch.autograd.grad(convolution(below), below, inputs)
    torch.testing.assert_close(outputs, gradient)


@pytest.mark.parametrize(("cls", "torch_cls"), RANKS)
def test_is_torchs_transposed_convolution(cls, torch_cls):
    rank = cls.rank
    layer, twin = cls(6, 3, strides=2, output_padding=1), torch_cls(4, 6, 3, 2, output_padding=1)
    layer.build((None, *[None] * rank, 4))
    assert isinstance(layer, torch_cls)
    shapes = {name: value.shape for name, value in layer.state_dict().items()}
    assert shapes == {name: value.shape for name, value in twin.state_dict().items()}
    names = ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups")
    for name in (*names, "output_padding", "transposed"):
        assert getattr(layer, name) == getattr(twin, name)
    layer.load_state_dict(twin.state_dict())
    x = data(2, 4, *[3] * rank)
    torch.testing.assert_close(layer(x.movedim(1, -1)).movedim(-1, 1), twin(x))
    seen = twin.weight.detach().movedim((0, 1), (-1, -2))
    np.testing.assert_array_equal(layer.kernel.numpy(), seen.numpy())


@pytest.mark.parametrize(("cls", "torch_cls"), RANKS)
def test_under_torchs_tools(cls, torch_cls):
    arguments = {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}
    check_layer(cls.__name__, arguments, data(2, *[3] * cls.rank, 3), tools=True)


@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 5, 4, 3), (2, 3, 4, 2, 3)])
def test_data_stays_channels_last(shape):
    cls = RANKS[len(shape) - 3][0]
    assert cls(4, 4, strides=2, padding="same")(data(*shape)).is_contiguous()
    after_slice = cls(4, 3, strides=2, padding="same", activation="relu")(data(*shape))
    assert after_slice.is_contiguous()


def test_unknown_sizes_stay_unknown():
    layer = Conv2DTranspose(4, 3, strides=2, padding="same")
    assert layer.compute_output_shape((None, None, 8, 3)) == (None, None, 16, 4)


def test_number_types():
    def make(dtype):
        return Conv2DTranspose(4, 3, strides=2, padding="same", activation="tanh", dtype=dtype)

    check_number_types(make, data(2, 4, 3, 3))


def test_whole_numbers_become_floats():
    layer, image = Conv2DTranspose(2, 3), torch.randint(0, 9, (1, 5, 5, 3))
    torch.testing.assert_close(layer(image), layer(image.float()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "Conv2DTranspose 'c' needs filters to be a whole number >= 1"),
        ({"kernel_size": 0}, "kernel_size=0"),
        ({"padding": "causal"}, r"\('valid', 'same'\); received 'causal'"),
        ({"output_padding": 1}, r"'c' needs output_padding.*strides=\(1, 1\).*output_padding=1"),
        ({"output_padding": (1, 1, 1), "strides": 2}, r"received output_padding=\(1, 1, 1\)"),
        ({"output_padding": -1, "strides": 2}, "received output_padding=-1"),
        ({"output_padding": 0.5, "strides": 2}, "received output_padding=0.5"),
        ({"strides": 2, "dilation_rate": 2}, "both strides > 1 and dilation_rate > 1"),
        ({"groups": 2}, "unknown arguments: .*groups"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Conv2DTranspose(**{"filters": 4, "kernel_size": 3, "name": "c", **arguments})


def test_bad_inputs():
    layer = Conv2DTranspose(4, 2, strides=2, padding="same", output_padding=0, name="c")
    with pytest.raises(ValueError, match=r"'c' has no output .*\(1, 1, 3, 2\).*output_padding"):
        layer(data(1, 1, 3, 2))
    with pytest.raises(ValueError, match=r"Conv2DTranspose 'c'.*expected ndim=4, found ndim=3"):
        layer(data(5, 5, 3))
    with pytest.raises(ValueError, match="'c' needs to know the channels"):
        layer.build((None, 5, 5, None))
    layer(data(1, 5, 5, 3))
    with pytest.raises(ValueError, match="expected axis -1 to have size 3, found 2"):
        layer(data(1, 5, 5, 2))
    with pytest.raises(ValueError, match="'c' has no output"):
        layer(data(1, 1, 5, 3))
