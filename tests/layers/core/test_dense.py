"""Dense against real Keras and `nn.Linear`."""

import numpy as np
import pytest
import torch
from torch import nn

from kerlite import Input, activations, constraints, initializers, regularizers
from kerlite.layers import Dense
from tests.layers.support import check_layer, check_number_types, data


@pytest.mark.parametrize(
    "arguments",
    [
        {"units": 3}, {"units": 1, "use_bias": False}, {"units": 4, "activation": "relu"},
        {"units": 3, "activation": "softmax", "kernel_initializer": "he_normal"},
        {"units": 2, "bias_initializer": "ones", "kernel_regularizer": "l2"},
        {"units": 2, "kernel_constraint": "non_neg", "bias_constraint": "max_norm"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", [(5, 4), (1, 4), (2, 3, 4), (2, 3, 2, 4)])
def test_like_keras(arguments, shape):
    check_layer("Dense", arguments, data(*shape))


def test_under_torchs_tools():
    check_layer("Dense", {"units": 3, "activation": "tanh"}, data(2, 4), tools=True)


def test_number_types():
    check_number_types(lambda **dtype: Dense(3, **dtype), data(5, 4))


def test_an_empty_batch():
    assert Dense(2)(torch.ones(0, 3)).shape == (0, 2)


def test_gradients_are_those_of_linear():
    layer, twin = Dense(3), nn.Linear(4, 3)
    layer.build((None, 4))
    layer.load_state_dict(twin.state_dict())
    x = torch.randn(5, 4)
    layer(x).square().sum().backward()
    twin(x).square().sum().backward()
    torch.testing.assert_close(layer.weight.grad, twin.weight.grad)
    torch.testing.assert_close(layer.bias.grad, twin.bias.grad)
    torch.testing.assert_close(layer.kernel.grad, twin.weight.grad.T)


def test_it_is_a_linear():
    layer = Dense(3)
    layer.build((None, 4))
    assert isinstance(layer, nn.Linear)
    assert (layer.in_features, layer.out_features) == (4, 3)
    assert list(layer.state_dict()) == ["weight", "bias"]
    assert layer.weight.is_contiguous()


def test_initial_values_are_those_the_initializer_gives_in_keras_layout():
    values = np.arange(12.0, dtype="float32").reshape(4, 3)
    layer = Dense(3, kernel_initializer=initializers.Constant(values))
    layer.build((None, 4))
    np.testing.assert_array_equal(layer.get_weights()[0], values)
    np.testing.assert_array_equal(layer.weight.detach(), values.T)


def test_glorot_limits():
    layer = Dense(200)
    layer.build((None, 100))
    limit = (6 / 300) ** 0.5
    assert layer.weight.abs().max() <= limit
    assert layer.weight.std().item() == pytest.approx(limit / 3**0.5, rel=0.02)


def test_arguments_are_resolved():
    layer = Dense(
        2, activation="gelu", kernel_regularizer="l1", bias_constraint="non_neg",
        activity_regularizer="l2",
    )  # fmt: skip
    assert layer.activation is activations.gelu
    assert isinstance(layer.kernel_regularizer, regularizers.L1)
    assert isinstance(layer.bias_constraint, constraints.NonNeg)
    assert isinstance(layer.activity_regularizer, regularizers.L2)


@pytest.mark.parametrize("units", [0, -1, 1.5, "3", None, True])
def test_units_must_be_a_whole_number(units):
    with pytest.raises(ValueError, match="units"):
        Dense(units)


def test_units_of_numpy():
    assert Dense(np.int64(3)).get_config()["units"] == 3


def test_the_last_axis_must_be_known():
    with pytest.raises(ValueError, match=r"last axis.*\(None, None\)"):
        Dense(2)(Input((None,)))


@pytest.mark.parametrize("shape", [(), (3,)])
def test_an_input_of_too_few_dimensions(shape):
    with pytest.raises(ValueError, match="at least 2 dimensions"):
        Dense(2)(torch.ones(shape))


def test_unknown_activation():
    with pytest.raises(ValueError, match="'relu'"):
        Dense(2, activation="relo")


def test_integers_are_cast():
    layer = Dense(2, kernel_initializer="ones")
    for dtype in (torch.int32, torch.int64, torch.uint8, torch.bool):
        assert layer(torch.ones(1, 3, dtype=dtype)).tolist() == [[3.0, 3.0]]


def test_functions_as_activation_and_initializer():
    layer = Dense(
        2, activation=torch.tanh, kernel_initializer=lambda shape, dtype: torch.ones(shape)
    )
    torch.testing.assert_close(layer(torch.ones(1, 3)), torch.full((1, 2), 3.0).tanh())


def test_a_module_as_activation():
    layer = Dense(2, activation=nn.PReLU())
    layer(torch.ones(1, 3)).sum().backward()
    assert [w.name for w in layer.weights] == ["kernel", "bias", "weight"]


def test_without_bias_there_is_none():
    layer = Dense(2, use_bias=False)
    layer.build((None, 3))
    assert layer.bias is None
    assert list(layer.state_dict()) == ["weight"]
    layer.load_state_dict(nn.Linear(3, 2, bias=False).state_dict())
