"""What LSTM, GRU and SimpleRNN share, each held against Keras and against torch."""

import copy
import pickle

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from tests.layers.recurrent.support import LAYERS, TWINS, compare, mask_named
from tests.layers.support import (
    check_layer,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    pair,
)

NAMES = sorted(LAYERS)
CONFIGS = [
    {},
    {"return_sequences": True},
    {"go_backwards": True},
    {"go_backwards": True, "return_sequences": True},
    {"use_bias": False},
    {"unroll": True},
    {"activation": "relu", "return_sequences": True},
    {"activation": "softsign"},
    {"kernel_regularizer": "l2", "bias_constraint": "non_neg", "bias_initializer": "ones"},
    {"zero_output_for_mask": True, "trainable": False},
]


def states_for(name, batch=3, units=4):
    return [data(batch, units, seed=5 + i) for i in range(2 if name == "LSTM" else 1)]


@pytest.mark.parametrize("arguments", CONFIGS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_like_keras(name, arguments):
    check_layer(name, {"units": 4, **arguments}, data(3, 5, 3))


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_states_like_keras(name, sequences, backwards):
    arguments = {
        "units": 4, "return_sequences": sequences, "return_state": True, "go_backwards": backwards,
    }  # fmt: skip
    compare(name, arguments, data(3, 5, 3))
    compare(name, arguments, data(3, 5, 3), states=states_for(name))


@pytest.mark.parametrize("mask", ["end", "middle", "start", "empty", "full"])
@pytest.mark.parametrize("more", [{}, {"go_backwards": True}, {"zero_output_for_mask": True}])
@pytest.mark.parametrize("name", NAMES)
def test_masks_like_keras(name, mask, more):
    x, states, mask = data(3, 5, 3), states_for(name), mask_named(mask)
    for sequences in (False, True):
        arguments = {"units": 4, "return_sequences": sequences, **more}
        compare(name, arguments, x, mask=mask)
        compare(name, {**arguments, "return_state": True}, x, states, mask=mask)


@pytest.mark.parametrize("mask", ["end", "middle", "empty"])
@pytest.mark.parametrize("more", [{}, {"go_backwards": True}, {"zero_output_for_mask": True}])
@pytest.mark.parametrize("name", NAMES)
def test_masks_step_by_step_are_the_kernel_s(name, mask, more):
    options = {"return_sequences": True, "return_state": True, **more}
    fused, stepped = (LAYERS[name](4, unroll=u, **options) for u in (False, True))
    x, mask = data(3, 5, 3), mask_named(mask)
    stepped.build(x.shape)
    fused.build(x.shape)
    stepped.set_weights(fused.get_weights())
    torch.testing.assert_close(fused(x, mask=mask), stepped(x, mask=mask))


@pytest.mark.parametrize("name", NAMES)
def test_is_torch_s_layer(name):
    layer, twin = LAYERS[name](4, return_sequences=True), TWINS[name](3, 4, batch_first=True)
    layer.build((None, None, 3))
    assert isinstance(layer, TWINS[name])
    assert isinstance(layer, layers.RNN)
    ours = [(key, value.shape) for key, value in layer.state_dict().items()]
    assert ours == [(key, value.shape) for key, value in twin.state_dict().items()]
    for attribute in (
        "mode", "input_size", "hidden_size", "num_layers", "bias", "batch_first", "bidirectional",
        "proj_size",
    ):  # fmt: skip
        assert getattr(layer, attribute) == getattr(twin, attribute)
    layer.load_state_dict(twin.state_dict())
    x = data(2, 5, 3)
    torch.testing.assert_close(layer(x), twin(x)[0])
    twin.load_state_dict(layer.state_dict())
    torch.testing.assert_close(layer(x), twin(x)[0])
    assert layer.all_weights[0][0] is layer.weight_ih_l0


@pytest.mark.parametrize("name", NAMES)
def test_is_torch_s_layer_without_bias(name):
    layer = LAYERS[name](4, use_bias=False)
    twin = TWINS[name](3, 4, batch_first=True, bias=False)
    layer.build((None, None, 3))
    assert list(layer.state_dict()) == list(twin.state_dict())
    layer.load_state_dict(twin.state_dict())
    torch.testing.assert_close(layer(data(2, 5, 3)), twin(data(2, 5, 3))[0][:, -1])


@pytest.mark.parametrize("arguments", [{}, {"return_sequences": True, "return_state": True}])
@pytest.mark.parametrize("name", NAMES)
def test_under_torchs_tools(name, arguments):
    layer, x = LAYERS[name](4, **arguments), data(2, 5, 3)
    layer(x)
    check_tools(layer, x)
    compiled = torch.compile(copy.deepcopy(layer), fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(x), layer(x))
    torch._dynamo.reset()


@pytest.mark.parametrize("name", NAMES)
def test_copies_of_copies(name):
    layer, x = LAYERS[name](4), data(2, 5, 3)
    expected = layer(x)
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        again = pickle.loads(pickle.dumps(copy.deepcopy(again.double().float())))
        torch.testing.assert_close(again(x), expected)
        again.set_weights([np.zeros_like(w) for w in again.get_weights()])
        assert not again(x).any()
        torch.testing.assert_close(again.cell.kernel, again.kernel)
    torch.testing.assert_close(layer(x), expected)


@pytest.mark.parametrize("name", NAMES)
def test_number_types(name):
    check_number_types(lambda dtype: LAYERS[name](4, dtype=dtype), data(2, 5, 3))
    check_number_types(lambda dtype: LAYERS[name](4, unroll=True, dtype=dtype), data(2, 5, 3))


@pytest.mark.parametrize("name", NAMES)
def test_functional_call_sees_other_weights(name):
    layer, x = LAYERS[name](4), data(2, 5, 3)
    layer(x)
    zeros = {key: torch.zeros_like(value) for key, value in layer.named_parameters()}
    assert not torch.func.functional_call(layer, zeros, (x,)).any()


@pytest.mark.parametrize("name", NAMES)
def test_the_cell_has_the_layer_s_weights(name):
    layer, x = LAYERS[name](4), data(2, 5, 3)
    layer(x)
    assert "cell" not in dict(layer.named_children())
    assert layer.cell is layer.cell
    assert layer.cell.weight_ih is layer.weight_ih_l0
    assert [w.path for w in layer.weights] == [w.path for w in layer.cell.weights]
    assert layer.weights[0].path == f"{layer.name}/{layer.cell.name}/kernel"
    layer.cell.kernel.assign(np.zeros(layer.kernel.shape))
    assert not layer.weight_ih_l0.any()
    layer.double()
    assert layer.cell.weight_ih is layer.weight_ih_l0
    assert layer.cell.compute_dtype == "float64"
    again = layers.RNN(layer.cell, dtype="float64")
    torch.testing.assert_close(again(x.double()), layer(x.double()))


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_shared_with_the_cell(name):
    layer = LAYERS[name](4, dropout=0.5)
    assert layer.units == layer.cell.units == 4
    layer.dropout = 0.25
    assert layer.cell.dropout == 0.25
    assert layer.get_config()["dropout"] == 0.25


@pytest.mark.parametrize("name", NAMES)
def test_frozen(name):
    layer = LAYERS[name](4, trainable=False)
    layer(data(2, 5, 3))
    assert layer.trainable_weights == []
    assert not any(p.requires_grad for p in layer.parameters())
    layer.trainable = True
    assert len(layer.trainable_weights) == 3


@pytest.mark.parametrize("options", [{}, {"recurrent_dropout": 0.5}, {"seed": 3}])
@pytest.mark.parametrize("name", NAMES)
def test_dropout_draws_once_a_call(name, options):
    layer = LAYERS[name](8, dropout=0.5, return_sequences=True, **options)
    x = torch.ones(4, 1, 16).expand(4, 6, 16)
    plain = layer(x)
    torch.testing.assert_close(layer(x), plain)
    first, second = layer(x, training=True), layer(x, training=True)
    assert not torch.equal(first, second)
    layer.set_weights([w if i == 0 else 0 * w for i, w in enumerate(layer.get_weights())])
    if name == "SimpleRNN":  # without the past, steps that see the same inputs give the same
        y = layer(x, training=True)
        torch.testing.assert_close(y, y[:, :1].expand(y.shape))


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_repeats_what_is_dropped(name):
    x = data(4, 6, 16)
    one, two = (LAYERS[name](8, dropout=0.3, recurrent_dropout=0.3, seed=3) for _ in range(2))
    one.build(x.shape)
    two.build(x.shape)
    two.set_weights(one.get_weights())
    before = torch.get_rng_state()
    torch.testing.assert_close(one(x, training=True), two(x, training=True))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("name", NAMES)
def test_everything_dropped(name):
    x = data(2, 5, 3)
    layer = LAYERS[name](4, dropout=1.0)
    torch.testing.assert_close(layer(x, training=True), layer(torch.zeros_like(x)))


@pytest.mark.parametrize("name", NAMES)
def test_unknown_sizes(name):
    layer = LAYERS[name](4, return_sequences=True, return_state=True)
    symbols = layer(layers.Input((None, 3)))
    assert symbols[0].shape == (None, None, 4)
    assert all(state.shape == (None, 4) for state in symbols[1:])
    with pytest.raises(ValueError, match=r"last axis of its input; received .*None\)"):
        LAYERS[name](4).build((None, 5, None))


@pytest.mark.parametrize("name", NAMES)
def test_states_in_a_functional_model(name):
    count = len(states_for(name))
    with keras_scope():
        theirs, layer = pair(name, {"units": 4, "return_state": True}, data(3, 5, 3))
    x, first = layers.Input((5, 3)), [layers.Input((4,)) for _ in range(count)]
    model = kerlite.Model([x, *first], layer(x, initial_state=first))
    given = [data(3, 5, 3), *states_for(name)]
    with keras_scope():
        expected = theirs(given[0], initial_state=given[1:])
    for mine, other in zip(model(given), expected, strict=True):
        np.testing.assert_allclose(mine.detach(), other.detach(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_whole_numbers_and_one_row(name):
    layer = LAYERS[name](4)
    ones = torch.ones(1, 1, 3, dtype=torch.int64)
    torch.testing.assert_close(layer(ones), layer(ones.float()))
    torch.testing.assert_close(layer(ones.numpy()), layer(ones.float()))


@pytest.mark.parametrize("name", NAMES)
def test_bad_arguments(name):
    cls = LAYERS[name]
    with pytest.raises(ValueError, match=rf"^{name} 'r' needs units .*; received units=0"):
        cls(0, name="r")
    with pytest.raises(ValueError, match=r"'s' needs (a step|sequences of a step) at least"):
        cls(4, name="s")(data(2, 0, 3))
    with pytest.raises(ValueError, match=r"dropout to be a number in \[0, 1\]; received 'much'"):
        cls(4, dropout="much")
    with pytest.raises(ValueError, match=r"unknown arguments.*unit"):
        cls(4, unit=3)
    layer = cls(4, name="r")
    with pytest.raises(ValueError, match=f"{name} 'r'.*expected ndim=3, found ndim=2"):
        layer(data(5, 3))
    layer(data(2, 5, 3))
    with pytest.raises(ValueError, match="expected axis -1 to have size 3, found 2"):
        layer(data(2, 5, 2))
    with pytest.raises(ValueError, match=r"'r' has . states, of sizes .* received 3"):
        layer(data(2, 5, 3), initial_state=[data(2, 4)] * 3)
    with pytest.raises(ValueError, match=r"states of shape \(2, 4\) for these .* \[\(3, 4\)"):
        layer(data(2, 5, 3), initial_state=states_for(name))
    for unroll in (False, True):
        layer = cls(4, unroll=unroll)
        with pytest.raises(ValueError, match=rf"{name} .* mask .* received one of shape \(2, 4\)"):
            layer(data(2, 5, 3), mask=torch.ones(2, 4))
