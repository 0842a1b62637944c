"""A model's graph enters layers the short way: it must give what calling them one by one gives."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from kerlite import Model, Sequential, layers
from kerlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
    ReLU,
)
from kerlite.layers.in_graph import is_pointwise
from kerlite.layers.norm.group_normalization import GroupNormalization
from kerlite.layers.pooling.adaptive_average_pooling import AdaptiveAveragePooling2D
from tests.layers.graphs import (
    IMAGES,
    assert_same,
    block,
    block_by_hand,
    chain,
    functional,
    one_by_one,
    permutations,
    run,
)
from tests.layers.support import data


@pytest.mark.parametrize("training", [False, True])
def test_exactly_what_the_layers_give_one_by_one(training):
    stack = chain()
    model, x = functional(stack), data(*IMAGES)
    other = copy.deepcopy(nn.ModuleList(stack))
    expected = run(lambda x: one_by_one(other, x), other, x, training)
    assert_same(run(model, model, x, training), expected)
    for mine, wanted in zip(model.buffers(), other.buffers(), strict=True):
        torch.testing.assert_close(mine, wanted, rtol=0, atol=0)


def test_axes_are_permuted_once():
    assert len(permutations(functional(chain()))) == 1
    assert len(permutations(functional(chain()[:-1]))) == 2
    assert len(permutations(functional([*chain()[:-1], Flatten(), Dense(2)]))) == 2


@pytest.mark.parametrize(
    "layer",
    [
        ReLU(),
        Activation("tanh"),
        Dropout(0.5),
        BatchNormalization(),
        GroupNormalization(2),
        AdaptiveAveragePooling2D(2),
        MaxPooling2D(2),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_layers_between_two_convolutions_keep_the_order(layer):
    stack = [Conv2D(4, 3, padding="same"), layer, Conv2D(2, 1)]
    model = functional(stack)
    assert len(permutations(model)) == 2
    torch.testing.assert_close(model(data(*IMAGES)), one_by_one(stack, data(*IMAGES)))


@pytest.mark.parametrize(
    "layer",
    [Activation("softmax"), Dense(4, activation="relu"), layers.LayerNormalization()],
    ids=lambda layer: type(layer).__name__,
)
def test_layers_that_work_along_the_last_axis_see_it_last(layer):
    stack = [Conv2D(4, 3), layer, Conv2D(2, 1)]
    model = functional(stack)
    assert len(permutations(model)) == 4
    torch.testing.assert_close(model(data(*IMAGES)), one_by_one(stack, data(*IMAGES)))


def test_activation_within_a_convolution_that_needs_the_last_axis():
    stack = [Conv2D(4, 3, activation="softmax"), ReLU(), MaxPooling2D(2)]
    model, x = functional(stack), data(*IMAGES)
    torch.testing.assert_close(model(x), one_by_one(stack, x))
    torch.testing.assert_close(stack[0](x).sum(-1), torch.ones(2, 6, 6))


def test_which_activations_are_pointwise():
    assert is_pointwise(Activation("relu").activation)
    for name in ("softmax", "log_softmax", "sigmoid", "glu", "sparsemax"):
        assert not is_pointwise(Activation(name).activation)
    assert not is_pointwise(lambda x: x)


@pytest.mark.parametrize("training", [False, True])
def test_branches_and_intermediate_outputs(training):
    model, x = block(), data(*IMAGES)
    other = copy.deepcopy(model)

    def flat(parts):
        return torch.cat([part.flatten() for part in parts])

    expected = run(lambda x: flat(block_by_hand(other, x)), other, x, training)
    assert_same(run(lambda x: flat(model(x)), model, x, training), expected, exactly=False)
    shapes = [tuple(part.shape) for part in model(x)]
    assert shapes == [(2, 6, 6, 2), (2, 8, 8, 4), (2, 8, 8, 11)]


def test_gradient_of_an_intermediate_output():
    stack, x = [Conv2D(4, 3), ReLU(), Conv2D(2, 1), GlobalAveragePooling2D()], data(*IMAGES)
    model = functional(stack)
    between = Model(model.input, [stack[1].output, stack[2].output, model.output])
    hidden, maps, outputs = between(x)
    got = torch.autograd.grad(outputs.sum(), (hidden, maps))
    hidden = stack[1](stack[0](x))
    maps = stack[2](hidden)
    expected = torch.autograd.grad(stack[3](maps).sum(), (hidden, maps))
    assert_same(got, expected, exactly=False)


def test_add_takes_channels_first_only_where_all_inputs_come_so():
    inputs = Input((8, 8, 3))
    hidden = Conv2D(3, 3, padding="same")(inputs)
    model = Model(inputs, Conv2D(2, 1)(Add()([hidden, inputs])))
    x = data(*IMAGES)
    conv, _, last = model.layers[1:]
    torch.testing.assert_close(model(x), last(conv(x) + x))


def test_add_of_inputs_of_other_ranks():
    images, vectors = Input((6, 6, 4)), Input((4,))
    conv = Conv2D(4, 1)
    model, x, y = (
        Model([images, vectors], Add()([conv(images), vectors])),
        data(2, 6, 6, 4),
        data(2, 4),
    )
    torch.testing.assert_close(model([x, y]), conv(x) + y[:, None, None])


def test_a_layer_used_twice_and_nested_models():
    inner = functional([Conv2D(3, 3, padding="same"), BatchNormalization(), ReLU()])
    conv, inputs = Conv2D(3, 3, padding="same"), Input((8, 8, 3))
    model = Model(inputs, conv(inner(conv(inner(inputs)))))
    x = data(*IMAGES)
    torch.testing.assert_close(model(x), conv(inner(conv(inner(x)))))
    sequential = Sequential([Input((8, 8, 3)), *chain()])
    torch.testing.assert_close(sequential(x), one_by_one(sequential.layers, x))


def test_layers_with_more_to_do_than_to_compute():
    conv = Conv2D(4, 3, activity_regularizer="l2")
    model, x = functional([conv, ReLU(), MaxPooling2D(2)]), data(*IMAGES)
    out = model(x)
    torch.testing.assert_close(out, one_by_one([conv, *model.layers[2:]], x))
    model(x)
    assert len(model.losses) == 1


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_number_types(dtype):
    stack = chain()
    model, x = functional(stack), data(*IMAGES)
    expected = model(x)
    converted = model.half() if dtype is torch.float16 else model.to(dtype)
    out = converted(x.to(dtype))
    assert out.dtype is dtype
    torch.testing.assert_close(out.float(), expected, rtol=0.05, atol=0.05)
    torch.testing.assert_close(out, one_by_one(stack, x.to(dtype)), rtol=0, atol=0)


def test_other_sizes_and_memory_formats():
    inputs = x = Input((None, None, 3))
    stack = chain()
    for layer in stack:
        x = layer(x)
    model = Model(inputs, x)
    for size in (8, 9, 12):
        images = data(2, size, size, 3)
        expected = one_by_one(stack, images)
        torch.testing.assert_close(model(images), expected, rtol=0, atol=0)
        strided = images.permute(0, 3, 1, 2).contiguous().permute(0, 2, 3, 1)
        torch.testing.assert_close(model(strided), expected)


def test_channels_first_layers_are_left_alone():
    first = {"data_format": "channels_first"}
    stack = [Conv2D(4, 3, **first), BatchNormalization(axis=1), MaxPooling2D(2, **first)]
    model, x = functional(stack, (2, 3, 8, 8)), data(2, 3, 8, 8)
    assert permutations(model) == []
    torch.testing.assert_close(model(x), one_by_one(stack, x))


def test_errors_speak_of_channels_last():
    model = functional(
        [Conv2D(4, 3, padding="same"), ReLU(), MaxPooling2D(3, name="p")], (2, 8, 8, 3)
    )
    with pytest.raises(ValueError, match=r"'p' slides a window of \(3, 3\).*\(2, 2, 2, 4\)"):
        model.get_layer("p")(data(2, 2, 2, 4))
    inputs = Input((None, None, 3))
    free = Model(inputs, MaxPooling2D(3, name="q")(Conv2D(4, 3, padding="same")(inputs)))
    with pytest.raises(ValueError, match=r"'q' slides a window of \(3, 3\).*\(1, 2, 5, 4\)"):
        free(data(1, 2, 5, 3))


def test_weights_are_those_of_the_layers():
    model, x = functional(chain()), data(*IMAGES)
    model(x)
    values = [np.ones_like(weight) for weight in model.get_weights()]
    model.set_weights(values)
    torch.testing.assert_close(model(x), one_by_one(model.layers[1:], x))


class Doubled(Conv2D):
    def call(self, inputs):
        return 2 * super().call(inputs)


class AlongChannels(ReLU):
    def call(self, inputs):
        return torch.softmax(inputs, -1)


def test_a_subclass_s_own_call_is_what_runs():
    stack = [Doubled(4, 3), AlongChannels(), MaxPooling2D(2)]
    model, x = functional(stack), data(*IMAGES)
    torch.testing.assert_close(model(x), one_by_one(stack, x))
    torch.testing.assert_close(stack[0](x), 2 * Conv2D.call(stack[0], x))
