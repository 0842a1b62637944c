import numpy as np
import pytest
import torch
from torch import nn

from kerlite import Model, layers
from kerlite.layers.conv.conv1d import Conv1D
from tests.layers.support import check_layer, check_number_types, data

CONFIGS = [
    ({}, (2, 9, 3)),
    ({"kernel_size": (4,)}, (2, 9, 3)),
    ({"kernel_size": 1, "strides": 2}, (1, 9, 3)),
    ({"padding": "same"}, (2, 9, 3)),
    ({"padding": "same", "kernel_size": 2}, (2, 9, 3)),
    ({"padding": "same", "strides": 2}, (2, 8, 3)),
    ({"padding": "same", "strides": 3, "kernel_size": 5}, (2, 10, 1)),
    ({"padding": "same", "dilation_rate": 2, "kernel_size": 4}, (2, 9, 3)),
    ({"padding": "causal"}, (2, 9, 3)),
    ({"padding": "Causal", "dilation_rate": 3}, (2, 9, 3)),
    ({"padding": "causal", "strides": 2, "kernel_size": 4}, (2, 9, 3)),
    ({"padding": "causal", "kernel_size": 1}, (2, 9, 3)),
    ({"padding": "causal", "kernel_size": 4, "data_format": "channels_first"}, (2, 3, 7)),
    ({"padding": "same", "strides": 2, "data_format": "channels_first"}, (2, 3, 8)),
    ({"groups": 2, "activation": "relu"}, (2, 9, 6)),
    ({"use_bias": False, "kernel_regularizer": "l2", "activity_regularizer": "l1"}, (2, 9, 3)),
    ({"activation": "softmax", "kernel_constraint": "max_norm"}, (2, 9, 3)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("Conv1D", {"filters": 4, "kernel_size": 3, **arguments}, data(*shape))


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
def test_under_torchs_tools(padding):
    arguments = {"filters": 4, "kernel_size": 3, "strides": 2, "padding": padding}
    check_layer("Conv1D", arguments, data(2, 8, 3), tools=True)


def test_causal_outputs_depend_on_no_later_input():
    layer, x = Conv1D(4, 3, padding="causal", dilation_rate=2), data(1, 12, 2)
    before = layer(x)
    x[:, 7:] += 1.0
    after = layer(x)
    torch.testing.assert_close(after[:, :7], before[:, :7])
    assert not torch.allclose(after[:, 7:], before[:, 7:])


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_is_torchs_conv1d(data_format):
    layer = Conv1D(6, 5, strides=2, groups=2, data_format=data_format)
    twin = nn.Conv1d(4, 6, 5, 2, groups=2)
    last = data_format == "channels_last"
    layer.build((None, None, 4) if last else (None, 4, None))
    assert isinstance(layer, nn.Conv1d)
    shapes = {name: value.shape for name, value in layer.state_dict().items()}
    assert shapes == {name: value.shape for name, value in twin.state_dict().items()}
    for name in ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups"):
        assert getattr(layer, name) == getattr(twin, name)
    layer.load_state_dict(twin.state_dict())
    x = data(2, 4, 11)
    result = layer(x.transpose(1, 2)).transpose(1, 2) if last else layer(x)
    torch.testing.assert_close(result, twin(x))
    seen = twin.weight.detach().permute(2, 1, 0)
    np.testing.assert_array_equal(layer.kernel.numpy(), seen.numpy())


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
def test_a_chain_copies_no_data(padding):
    """Each output lies in memory as Keras's layout has it: (batch, steps, channels)."""
    x = data(2, 20, 1)
    for filters in (4, 1, 3):
        x = Conv1D(filters, 3, padding=padding)(x)
        assert x.is_contiguous()


@pytest.mark.parametrize("padding", ["same", "causal"])
def test_in_a_model_between_other_layers(padding):
    inputs = layers.Input((None, 3))
    x = Conv1D(4, 3, padding=padding, activation="relu")(inputs)
    x = layers.ReLU()(Conv1D(4, 2, padding=padding)(x))
    model = Model(inputs, layers.Dense(2)(x))
    x = expected = data(2, 9, 3)
    for layer in model.layers[1:]:
        expected = layer(expected)
    torch.testing.assert_close(model(x), expected)
    assert model.output_shape == (None, None, 2)


def test_number_types():
    def make(dtype):
        return Conv1D(4, 3, padding="causal", activation="tanh", dtype=dtype)

    check_number_types(make, data(2, 6, 3))


def test_whole_numbers_become_floats():
    layer, steps = Conv1D(2, 3), torch.randint(0, 9, (1, 5, 3))
    torch.testing.assert_close(layer(steps), layer(steps.float()))


def test_frozen():
    layer = Conv1D(2, 3, trainable=False)
    layer.build((None, 5, 3))
    assert layer.trainable_weights == []
    assert not layer.weight.requires_grad


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "Conv1D 'c' needs filters to be a whole number >= 1.*filters=0"),
        ({"kernel_size": (3, 3)}, r"kernel_size.*received kernel_size=\(3, 3\)"),
        ({"padding": "full"}, r"\('valid', 'same', 'causal'\); received 'full'"),
        ({"groups": 3}, "divisible by groups; received 4 with groups=3"),
        ({"strides": 2, "dilation_rate": 2}, r"strides=\(2,\) and dilation_rate=\(2,\)"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Conv1D(**{"filters": 4, "kernel_size": 3, "name": "c", **arguments})


def test_bad_inputs():
    layer = Conv1D(4, 3, name="c")
    with pytest.raises(ValueError, match=r"Conv1D 'c'.*expected ndim=3, found ndim=2"):
        layer(data(9, 3))
    with pytest.raises(ValueError, match="'c' needs inputs of 3 dimensions"):
        layer.build((9, 3))
    with pytest.raises(ValueError, match=r"needs to know the channels .* at axis -1 .*None"):
        layer.build((None, 9, None))
    with pytest.raises(ValueError, match=r"'c' slides a window of \(3,\).*padding='same'"):
        layer(data(1, 2, 3))
    layer(data(1, 9, 3))
    with pytest.raises(ValueError, match="expected axis -1 to have size 3, found 9"):
        layer(data(1, 3, 9))


def test_one_step_where_padding_makes_room():
    assert Conv1D(4, 3, padding="same")(data(1, 1, 2)).shape == (1, 1, 4)
    assert Conv1D(4, 3, padding="causal")(data(1, 1, 2)).shape == (1, 1, 4)
