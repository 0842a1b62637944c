"""Weights in files: Keras has them under the layer's cell."""

import copy

import numpy as np
import pytest

import kerlite
from kerlite import layers
from tests.layers.recurrent.support import CELLS, LAYERS
from tests.layers.support import data, keras, keras_scope


def model(module, root):
    return root.Sequential([
        module.Input((5, 3)),
        module.LSTM(4, return_sequences=True),
        module.GRU(3, return_sequences=True, dropout=0.1),
        module.GRU(3, return_sequences=True, reset_after=False, use_bias=False),
        module.RNN([module.LSTMCell(2), module.GRUCell(4)], return_sequences=True),
        module.SimpleRNN(2),
    ])  # fmt: skip


@pytest.mark.parametrize("ending", ["keras", "weights.h5"])
def test_files_of_keras_and_for_keras(tmp_path, ending):
    theirs_at, ours_at = str(tmp_path / f"theirs.{ending}"), str(tmp_path / f"ours.{ending}")
    with keras_scope():
        theirs = model(keras.layers, keras)
        x = data(2, 5, 3)
        expected = theirs(x).detach()
        if ending == "keras":
            theirs.save(theirs_at)
            ours = kerlite.models.load_model(theirs_at)
            ours.save(ours_at)
            again = keras.models.load_model(ours_at)
        else:
            theirs.save_weights(theirs_at)
            ours, again = model(layers, kerlite), model(keras.layers, keras)
            ours.load_weights(theirs_at)
            ours.save_weights(ours_at)
            again.load_weights(ours_at)
        result, round_trip = ours(x).detach(), again(x).detach()
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(round_trip, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("ending", ["keras", "weights.h5", "safetensors", "pt"])
def test_our_own_files(tmp_path, ending):
    one = model(layers, kerlite)
    two = copy.deepcopy(one)
    two.set_weights([w + 1 for w in two.get_weights()])
    path = str(tmp_path / f"model.{ending}")
    if ending == "keras":
        one.save(path)
        two = kerlite.models.load_model(path)
    else:
        one.save_weights(path)
        two.load_weights(path)
    np.testing.assert_array_equal(two(data(2, 5, 3)).detach(), one(data(2, 5, 3)).detach())


def test_weights_for_the_layer_itself_are_refused():
    layer = LAYERS["LSTM"](4, name="l")
    layer.build((None, 5, 3))
    store = {}
    layer.save_own_variables(store)
    assert store == {}
    layer.load_own_variables(store)
    with pytest.raises(ValueError, match="'l' has its weights under 'cell' in a file, but 1 were"):
        layer.load_own_variables({"0": 1})


def test_cells_of_another_size_do_not_fit(tmp_path):
    path = str(tmp_path / "a.weights.h5")
    one, two = (kerlite.Sequential([layers.Input((5, 3)), LAYERS["GRU"](n)]) for n in (4, 5))
    one.save_weights(path)
    with pytest.raises(ValueError, match="other shape: layers/gru/cell, 'kernel'"):
        two.load_weights(path)


def test_the_trained_state_goes_along(tmp_path):
    with keras_scope():
        x, y = data(32, 5, 3), data(32, 1)
        theirs = keras.Sequential([keras.Input((5, 3)), keras.layers.GRU(4), keras.layers.Dense(1)])
        theirs.compile("adam", "mse")
        theirs.fit(x.numpy(), y.numpy(), epochs=1, verbose=0)
        theirs.save(str(tmp_path / "t.keras"))
        ours = kerlite.models.load_model(str(tmp_path / "t.keras"))
        theirs.fit(x.numpy(), y.numpy(), epochs=2, verbose=0, shuffle=False)
        expected = theirs.get_weights()
    ours.fit(x, y, epochs=2, verbose=0, shuffle=False)
    for mine, other in zip(ours.get_weights(), expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-5)


def test_a_cell_is_shared_not_copied():
    cell = CELLS["LSTM"](4)
    rnn = layers.RNN(cell)
    rnn(data(2, 5, 3))
    assert list(dict(rnn.named_parameters())) == [
        "cell.weight_ih", "cell.weight_hh", "cell.bias_ih",
    ]  # fmt: skip
