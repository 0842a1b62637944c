import numpy as np
import pytest
import torch

import kerlite
from kerlite.layers import Embedding
from kerlite.layers.recurrent.bidirectional import Bidirectional
from kerlite.layers.recurrent.gru import GRU
from kerlite.layers.recurrent.lstm import LSTM
from kerlite.layers.recurrent.rnn import RNN
from tests.layers.support import (
    TOLERANCE,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    plain,
    random_values,
)

with keras_scope():
    import keras

MODES = ["sum", "mul", "concat", "ave", None]
MASK = torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 1, 1], [0, 0, 1, 1, 0]]).bool()
X = data(3, 5, 4)


def both(name, arguments=None, mode="concat", x=X, back=None):
    """Keras's layer and ours, built, with the same weights; `back` is for backward_layer."""
    size = {} if name == "ConvLSTM2D" else {"units": 3}
    arguments = {**size, **(arguments or {}), "name": "memory"}
    made = []
    with keras_scope():
        for library in (keras, kerlite):
            cls = getattr(library.layers, name)
            more = {"backward_layer": cls(**back, name="back")} if back else {}
            layer = library.layers.Bidirectional(cls(**arguments), merge_mode=mode, **more)
            layer.build(tuple(x.shape))
            made.append(layer)
        theirs, ours = made
        theirs.set_weights(random_values(theirs))
        ours.set_weights(theirs.get_weights())
    return theirs, ours


def check_outputs(theirs, ours, x=X, **call):
    """Compare outputs, gradients, and computed shapes."""
    with keras_scope():
        expected, expected_grads = gradients(theirs, x, call)
        their_shapes = [theirs.compute_output_shape(s) for s in shapes(x)]
    result, grads = gradients(ours, x, call)
    assert type(result) is type(expected)
    for one, other in zip(listed(result), listed(expected), strict=True):
        torch.testing.assert_close(one, other, **TOLERANCE)
    for one, other in zip(grads, expected_grads, strict=True):
        np.testing.assert_allclose(one, other, **TOLERANCE)
    for shape, wanted in zip(shapes(x), their_shapes, strict=True):
        several = isinstance(wanted[0], (tuple, list))
        wanted = tuple(map(tuple, wanted)) if several else tuple(wanted)
        assert ours.compute_output_shape(shape) == wanted


def shapes(x):
    return tuple(x.shape), (None, *x.shape[1:]), (None, None, *x.shape[2:])


def gradients(layer, x, call):
    x = x.clone().requires_grad_()
    output = layer(x, **call)
    sum((y * data(*y.shape, seed=9)).sum() for y in listed(output)).backward()
    grads = [getattr(w, "value", w).grad for w in layer.trainable_weights]
    return output, [x.grad.numpy(), *(grad.numpy() for grad in grads)]


def listed(output):
    return list(output) if isinstance(output, (list, tuple)) else [output]


@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_merge_modes_like_keras(mode, every):
    theirs, ours = both("LSTM", {"return_sequences": every}, mode)
    check_outputs(theirs, ours)
    check_outputs(theirs, ours, mask=MASK)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    paths = [w.path.partition("/")[2] for w in ours.weights]
    assert paths == [w.path.partition("/")[2] for w in theirs.weights]
    assert paths[0] == "forward_memory/lstm_cell/kernel"


@pytest.mark.parametrize("name", ["GRU", "SimpleRNN"])
@pytest.mark.parametrize("mode", ["concat", None])
def test_other_layers_and_states_like_keras(name, mode):
    arguments = {"return_sequences": True, "return_state": True, "activation": "softsign"}
    theirs, ours = both(name, arguments, mode)
    check_outputs(theirs, ours)
    check_outputs(theirs, ours, mask=MASK)


@pytest.mark.parametrize("every", [False, True])
def test_initial_and_last_states_like_keras(every):
    theirs, ours = both("LSTM", {"return_state": True, "return_sequences": every})
    states = [data(3, 3, seed=seed) for seed in range(4)]
    check_outputs(theirs, ours, initial_state=states)
    check_outputs(theirs, ours, initial_state=states, mask=MASK)


def test_images_like_keras():
    x = data(2, 3, 4, 4, 2)
    arguments = {"filters": 2, "kernel_size": 2, "return_sequences": True}
    theirs, ours = both("ConvLSTM2D", arguments, x=x)
    check_outputs(theirs, ours, x)


def test_a_backward_layer_of_another_kind():
    back = {"units": 3, "activation": "relu", "go_backwards": True, "return_sequences": True}
    theirs, ours = both("GRU", {"return_sequences": True}, "sum", back=back)
    check_outputs(theirs, ours)
    assert ours.backward_layer.name == "back"
    assert nested(ours) == nested(theirs)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_config_is_keras_s(name):
    theirs, ours = both(name, {"dropout": 0.2, "seed": 3, "return_sequences": True}, "ave")
    assert nested(ours) == nested(theirs)
    again = Bidirectional.from_config(ours.get_config())
    again.build(tuple(X.shape))
    again.set_weights(ours.get_weights())
    torch.testing.assert_close(again(X), ours(X))
    assert nested(again) == nested(ours)
    assert again.weights[3].path.startswith(f"{again.name}/backward_memory")


def nested(layer):
    """The config, plain, with those of the layers inside, named by Keras's public module or not."""
    config = plain(layer.get_config())
    for key in ("layer", "backward_layer"):
        config[key] = {k: v for k, v in config[key].items() if k != "module"}
    return config


def test_stateful_like_keras():
    theirs, ours = both("LSTM", {"stateful": True})
    for _ in range(3):
        with keras_scope():
            expected = theirs(X)
        torch.testing.assert_close(ours(X), expected, **TOLERANCE)
    assert len(ours.states) == 4
    ours.reset_states()
    assert not any(state.any() for state in ours.states)
    assert Bidirectional(LSTM(3)).states is None
    with pytest.raises(AttributeError, match=r"'b' has no states to reset.*stateful=True"):
        Bidirectional(LSTM(3), name="b").reset_state()


def test_masks_go_on():
    for mode, mask in (("concat", MASK), (None, (MASK, MASK))):
        every = Bidirectional(LSTM(3, return_sequences=True), merge_mode=mode)
        assert every.compute_mask(X, MASK) is mask or every.compute_mask(X, MASK) == mask
    assert Bidirectional(LSTM(3)).compute_mask(X, MASK) is None
    states = Bidirectional(LSTM(3, return_state=True, return_sequences=True))
    assert states.compute_mask(X, MASK)[1:] == (None,) * 4
    words = torch.tensor([[1, 2, 0], [3, 0, 0]])
    embedding = Embedding(5, 4, mask_zero=True)
    layer = Bidirectional(GRU(3, return_sequences=True))
    result = layer(embedding(words))
    assert torch.equal(result._keras_mask, words != 0)
    assert not result[words == 0].any()
    inputs = kerlite.Input((None,), dtype="int32")
    model = kerlite.Model(inputs, layer(embedding(inputs)))
    torch.testing.assert_close(model(words), result)


def test_symbolic_calls_with_states():
    inputs, states = kerlite.Input((None, 4)), [kerlite.Input((3,)) for _ in range(4)]
    layer = Bidirectional(LSTM(3, return_sequences=True, return_state=True))
    outputs = layer(inputs, initial_state=states)
    assert [y.shape for y in outputs] == [(None, None, 6), *[(None, 3)] * 4]
    model = kerlite.Model([inputs, *states], outputs)
    given = [data(3, 3, seed=seed) for seed in range(4)]
    expected = layer(X, initial_state=given)
    torch.testing.assert_close(tuple(model([X, *given])), expected)


def test_training_reaches_the_layers():
    layer = Bidirectional(LSTM(8, dropout=0.5))
    torch.testing.assert_close(layer(X), layer(X))
    assert not torch.equal(layer(X, training=True), layer(X, training=True))
    layer.train()
    assert not torch.equal(layer(X), layer(X))
    torch.testing.assert_close(layer(X, training=False), layer(X, training=False))


def test_frozen():
    layer = Bidirectional(LSTM(3), trainable=False)
    layer(X)
    assert (len(layer.trainable_weights), len(layer.non_trainable_weights)) == (0, 6)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("mode", ["concat", None])
def test_copies_compiled_and_strided(name, mode):
    layer = Bidirectional(getattr(kerlite.layers, name)(3, return_sequences=True), mode)
    layer.build(tuple(X.shape))
    check_tools(layer, X)
    check_tools(layer, X[:1, :1])


def test_number_types():
    def make(dtype):
        return Bidirectional(LSTM(3, dtype=dtype), dtype=dtype)

    check_number_types(make, X)
    layer = Bidirectional(LSTM(3, dtype="float64"))
    assert layer(X).dtype is torch.float32


def test_weights_given():
    values = [np.full(w.shape, 0.1 * n) for n, w in enumerate(both("LSTM")[1].get_weights())]
    layer = Bidirectional(LSTM(3), weights=values)
    layer(X)
    for one, other in zip(layer.get_weights(), values, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    assert "weights" not in layer.get_config()
    with pytest.raises(ValueError, match="received 5 arrays"):
        Bidirectional(LSTM(3), weights=values[:5])(X)


def test_the_layer_given_keeps_its_weights_and_name():
    given = LSTM(3, name="memory")
    given(X)
    before = given.get_weights()
    layer = Bidirectional(given)
    layer(X)
    assert (layer.layer.name, layer.backward_layer.name) == ("forward_memory", "backward_memory")
    assert given.name == "memory"
    assert not given.go_backwards
    assert not {id(p) for p in given.parameters()} & {id(p) for p in layer.parameters()}
    assert all(np.array_equal(a, b) for a, b in zip(before, given.get_weights(), strict=True))


class Sum(kerlite.Layer):
    """A cell that nobody registered."""

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = self.state_size = size

    def call(self, inputs, states):
        total = inputs[:, : self.size] + states[0]
        return total, [total]


def test_own_cells_need_no_registration():
    layer = Bidirectional(RNN(Sum(2), return_sequences=True), merge_mode="sum")
    expected = X[..., :2].cumsum(1) + X[..., :2].flip(1).cumsum(1).flip(1)
    torch.testing.assert_close(layer(X), expected)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_files_go_both_ways(name, tmp_path):
    def model(library):
        layer = getattr(library.layers, name)(3, return_sequences=True, name="memory")
        both_ways = library.layers.Bidirectional(layer, name="both")
        return library.Sequential([library.Input((5, 4)), both_ways])

    with keras_scope():
        theirs, ours = model(keras), model(kerlite)
        theirs.set_weights(random_values(theirs))
        theirs.save(tmp_path / "theirs.keras")
        theirs.save_weights(tmp_path / "theirs.weights.h5")
        loaded = kerlite.saving.load_model(tmp_path / "theirs.keras")
        np.testing.assert_allclose(loaded(X).detach(), theirs(X).detach(), **TOLERANCE)
        ours.load_weights(tmp_path / "theirs.weights.h5")
        np.testing.assert_allclose(ours(X).detach(), theirs(X).detach(), **TOLERANCE)
        ours.save(tmp_path / "ours.keras")
        again = keras.models.load_model(tmp_path / "ours.keras")
        np.testing.assert_allclose(again(X).detach(), theirs(X).detach(), **TOLERANCE)
