import copy

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import kerlite
from kerlite.core.random import SeedGenerator
from kerlite.layers.recurrent.conv_lstm1d import ConvLSTM1D
from kerlite.layers.recurrent.conv_lstm2d import ConvLSTM2D
from kerlite.layers.recurrent.dropout_masks import draw
from tests.layers.support import (
    TOLERANCE,
    check_layer,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    pair,
    random_values,
)

with keras_scope():
    import keras

MASKS = [
    [[True, True, False], [True, True, True]],  # at the end
    [[False, True, False], [True, False, True]],  # at the front and in the middle
    [[False, False, False], [True, True, True]],  # a row without a step
]
IMAGES = [
    {"kernel_size": 3},
    {"kernel_size": (2, 3), "padding": "same", "strides": 2, "return_sequences": True},
    {"kernel_size": 2, "padding": "SAME", "dilation_rate": (2, 1), "unit_forget_bias": False},
    {"kernel_size": 2, "strides": (1, 2), "go_backwards": True, "return_sequences": True},
    {"kernel_size": 2, "use_bias": False, "activation": "relu"},
    {"kernel_size": 2, "recurrent_activation": "hard_sigmoid", "kernel_regularizer": "l2"},
    {"kernel_size": 2, "activation": "softmax", "recurrent_constraint": "max_norm"},
    {"kernel_size": 2, "dropout": 0.4, "recurrent_dropout": 0.3, "seed": 3},
    {"kernel_size": 2, "activity_regularizer": "l1", "unroll": True},
]


@pytest.mark.parametrize("arguments", IMAGES)
def test_images_like_keras(arguments):
    check_layer("ConvLSTM2D", {"filters": 3, **arguments}, data(2, 3, 6, 5, 2))


@pytest.mark.parametrize("activation", ["tanh", "softmax"])
def test_channels_first_like_keras(activation):
    arguments = {"filters": 3, "kernel_size": 2, "padding": "same", "activation": activation}
    arguments |= {"data_format": "channels_first", "return_sequences": True}
    check_layer("ConvLSTM2D", arguments, data(2, 3, 2, 6, 5), tools=True)


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_signals_and_volumes_like_keras(padding):
    arguments = {"filters": 2, "kernel_size": 2, "padding": padding, "return_sequences": True}
    check_layer("ConvLSTM1D", arguments, data(2, 3, 6, 2), tools=padding == "same")
    check_layer("ConvLSTM3D", arguments, data(2, 3, 3, 4, 3, 2), tools=padding == "same")


def test_batch_and_time_of_one():
    check_layer("ConvLSTM2D", {"filters": 2, "kernel_size": 3}, data(1, 1, 4, 4, 1), tools=True)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("back", [False, True])
def test_masks_like_keras(mask, back):
    arguments = {"filters": 2, "kernel_size": 2, "return_sequences": True, "go_backwards": back}
    x = data(2, 3, 4, 4, 2)
    check_layer("ConvLSTM2D", arguments, x, mask=torch.tensor(mask))
    arguments |= {"return_sequences": False, "zero_output_for_mask": True}
    check_layer("ConvLSTM2D", arguments, x, mask=torch.tensor(mask))


@pytest.mark.parametrize("every", [False, True])
def test_states_like_keras(every):
    arguments = {"filters": 2, "kernel_size": 2, "return_state": True, "return_sequences": every}
    x = data(2, 3, 4, 5, 2)
    theirs, ours = pair("ConvLSTM2D", arguments, x)
    first = [data(2, 3, 4, 2, seed=seed) for seed in (1, 2)]
    with keras_scope():
        expected = theirs(x, initial_state=first)
    result = ours(x, initial_state=first)
    assert len(result) == len(expected) == 3
    for one, other in zip(result, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)
    for batch in (2, None):
        wanted = tuple(map(tuple, theirs.compute_output_shape((batch, 3, 4, 5, 2))))
        assert ours.compute_output_shape((batch, 3, 4, 5, 2)) == wanted
    assert ours.compute_mask(x, torch.ones(2, 3))[1:] == [None, None]


def test_stateful_like_keras():
    arguments = {"filters": 2, "kernel_size": 2, "stateful": True, "padding": "same"}
    x = data(2, 3, 4, 4, 2)
    theirs, ours = pair("ConvLSTM2D", arguments, x)
    for _ in range(3):
        with keras_scope():
            expected = theirs(x)
        torch.testing.assert_close(ours(x), expected, rtol=1e-5, atol=1e-5)
    h, c = ours.states
    assert h.shape == c.shape == (2, 4, 4, 2)
    ours.reset_state()
    assert not any(state.any() for state in ours.states)
    with pytest.raises(ValueError, match=r"stateful for batches of 2; received one of 1"):
        ours(x[:1])


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_dropout_by_the_definition(data_format):
    rates = {"dropout": 0.4, "recurrent_dropout": 0.3, "seed": 5}
    layer = ConvLSTM2D(3, 2, padding="same", data_format=data_format, strides=2, **rates)
    last = data_format == "channels_last"
    x = data(2, 3, 4, 4, 2) if last else data(2, 3, 2, 4, 4)
    result = layer(x, training=True)
    seeds = SeedGenerator(5)
    images = x.movedim(-1, 2) if last else x
    seen = draw(images, (2, 1, 4, 2, 4, 4), 0.4, seeds)
    fed_back = draw(images, (2, 4, 3, 2, 2), 0.3, seeds)
    expected = stepwise(layer.cell, images, seen[:, 0].unbind(1), fed_back.unbind(1))
    expected = expected.movedim(1, -1) if last else expected
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(layer(x), copy.deepcopy(layer)(x, training=False))
    assert not torch.equal(layer(x, training=True), result)


def stepwise(cell, images, seen, fed_back):
    """The formula, gate by gate and step by step, for a window of 2 and strides of 2."""
    kernels, recurrent = cell.weight_ih.chunk(4), cell.weight_hh.chunk(4)
    h = c = torch.zeros(2, 3, 2, 2)
    for x in images.unbind(1):
        i, f, g, o = (
            F.conv2d(x * seen[n], kernels[n], cell.bias.chunk(4)[n], stride=2)
            + F.conv2d(F.pad(h * fed_back[n], (0, 1, 0, 1)), recurrent[n])
            for n in range(4)
        )
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    return h


@pytest.mark.parametrize("rates", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}])
def test_dropout_drops_only_in_training(rates):
    layer = ConvLSTM1D(8, 2, **rates)
    x = data(2, 3, 6, 4)
    torch.testing.assert_close(layer(x), layer(x))
    layer.train()
    assert not torch.equal(layer(x), layer(x))
    compiled = torch.compile(copy.deepcopy(layer), fullgraph=True, backend="eager")
    assert compiled(x).shape == (2, 5, 8)
    torch._dynamo.reset()


def test_the_cell_computes_one_step():
    layer = ConvLSTM2D(3, 2, return_state=True)
    x = data(2, 1, 4, 4, 2)
    expected = layer(x)
    output, states = layer.cell(x[:, 0], layer.cell.get_initial_state(2))
    torch.testing.assert_close((output, *states), expected)


def test_weights_are_kept_as_torch_keeps_them():
    layer = ConvLSTM2D(3, (2, 5), bias_initializer="glorot_uniform")
    layer.build((None, None, 6, 6, 4))
    shapes = {name: tuple(value.shape) for name, value in layer.state_dict().items()}
    assert shapes == {
        "cell.weight_ih": (12, 4, 2, 5), "cell.weight_hh": (12, 3, 2, 5), "cell.bias": (12,),
    }  # fmt: skip
    assert layer.cell.weight_ih.is_contiguous(memory_format=torch.channels_last)
    assert layer.cell.kernel.shape == (2, 5, 4, 12)
    assert (layer.cell.bias[3:6] == 1).all()
    assert (layer.cell.bias[6:] != 1).all()
    assert layer.weights[0].path == f"{layer.name}/conv_lstm_cell/kernel"
    layer.trainable = False
    assert not layer.trainable_weights
    assert len(layer.non_trainable_weights) == 3


def test_channels_last_images_are_not_copied():
    layer = ConvLSTM2D(4, 3, padding="same", return_sequences=True)
    assert layer(data(2, 3, 8, 8, 4)).is_contiguous()


def test_number_types():
    x = data(2, 3, 5, 5, 2)
    check_number_types(lambda **kwargs: ConvLSTM2D(3, 2, **kwargs), x)
    layer = ConvLSTM2D(3, 2)
    whole = data(2, 3, 5, 5, 2, low=4)
    torch.testing.assert_close(layer(whole), layer(whole.float()))


@pytest.mark.parametrize("name", ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"])
def test_files_go_both_ways(name, tmp_path):
    shape = (3, *[4] * int(name[-2]), 2)

    def model(library):
        layer = getattr(library.layers, name)(3, 2, return_sequences=True, name="memory")
        return library.Sequential([library.Input(shape), layer])

    with keras_scope():
        theirs, ours = model(keras), model(kerlite)
        theirs.set_weights(random_values(theirs))
        theirs.save(tmp_path / "theirs.keras")
        ours.save(tmp_path / "ours.keras")
        x = data(2, *shape)
        loaded = kerlite.saving.load_model(tmp_path / "theirs.keras")
        np.testing.assert_allclose(loaded(x).detach(), theirs(x).detach(), **TOLERANCE)
        loaded = keras.models.load_model(tmp_path / "ours.keras")
        np.testing.assert_allclose(ours(x).detach(), loaded(x).detach(), **TOLERANCE)


def test_in_a_functional_model():
    inputs = kerlite.Input((None, 4, 4, 2))
    outputs = ConvLSTM2D(3, 2, return_sequences=True)(inputs)
    outputs, h, c = ConvLSTM2D(2, 2, return_state=True)(outputs)
    assert outputs.shape == h.shape == c.shape == (None, 2, 2, 2)
    model = kerlite.Model(inputs, [outputs, c])
    for time in (2, 5):
        assert model(data(2, time, 4, 4, 2))[1].shape == (2, 2, 2, 2)
    check_tools(model.layers[1], data(2, 3, 4, 4, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, r"ConvLSTM2D's 'conv_lstm_cell' needs filters .*received filters=0"),
        ({"kernel_size": (2, 2, 2)}, r"kernel_size .*2 of them; received .*\(2, 2, 2\)"),
        ({"strides": 0}, "strides to be a whole number >= 1.*received strides=0"),
        ({"padding": "causal"}, r"one of \('valid', 'same'\); received 'causal'"),
        ({"strides": 2, "dilation_rate": 3}, "both strides > 1 and dilation_rate > 1.*2 and 3"),
        ({"dropout": "much"}, r"dropout to be a number in \[0, 1\]; received 'much'"),
        ({"units": 3}, r"unknown arguments: \['units'\]"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConvLSTM2D(**{"filters": 2, "kernel_size": 2, **arguments})


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3, 1, 4, 2), r"ConvLSTM2D 'memory' slides a window of \(2, 2\).*padding='same'"),
        ((2, 3, None, 4, 2), r"'memory' needs to know the size of the images.*Input\(shape\)"),
        ((2, 3, 4, 4, None), r"the size of the images and their channels"),
        ((2, 3, 4, 2), r"'memory' needs inputs of 4 dimensions"),
    ],
)
def test_bad_shapes(shape, message):
    with pytest.raises(ValueError, match=message):
        ConvLSTM2D(2, 2, name="memory").build(shape)


def test_inputs_of_another_size_than_built_for():
    layer = ConvLSTM2D(2, 2, name="memory")
    layer(data(2, 3, 4, 4, 2))
    with pytest.raises(ValueError, match=r"'memory' does not fit.*\(None, None, 4, 4, 2\)"):
        layer(data(2, 3, 5, 4, 2))
    with pytest.raises(ValueError, match=r"expected ndim=5, found ndim=4"):
        ConvLSTM2D(2, 2)(data(2, 4, 4, 2))
    with pytest.raises(ValueError, match=r"mask .* received one of shape \(2, 4\)"):
        layer(data(2, 3, 4, 4, 2), mask=torch.ones(2, 4))
