import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers.recurrent.rnn import RNN
from tests.layers.recurrent.support import CELLS, LAYERS, mask_named
from tests.layers.support import (
    TOLERANCE,
    check_number_types,
    check_tools,
    data,
    keras,
    keras_scope,
)


class Minimal(layers.Layer):
    """A cell as a user writes it."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), name="recurrent")

    def call(self, inputs, states):
        output = inputs @ self.kernel + states[0] @ self.recurrent
        return output, [output]


class Counter:
    """A cell that is no layer, with a state of another size than its output."""

    state_size, output_size = [1], 2

    def get_initial_state(self, batch_size):
        return [torch.full((batch_size, 1), 10.0)]

    def call(self, inputs, states):
        return inputs[:, :2] + states[0], [states[0] + 1]


class Noisy(Minimal):
    """A cell that asks whether it trains."""

    def call(self, inputs, states, training=None):
        return inputs * (2.0 if training else 1.0), states


def cells(module):
    return [module.LSTMCell(4), module.GRUCell(3, reset_after=False), module.SimpleRNNCell(2)]


def both(make, x):
    """Return Keras's layer and ours with the same weights."""
    with keras_scope():
        theirs, ours = make(keras.layers), make(layers)
        theirs.build(tuple(x.shape))
        ours.build(tuple(x.shape))
        values = [data(*w.shape, seed=i).numpy() for i, w in enumerate(theirs.weights)]
        theirs.set_weights(values)
        ours.set_weights(values)
        assert [w.path.split("/")[-1] for w in ours.weights] == [w.name for w in theirs.weights]
    return theirs, ours


@pytest.mark.parametrize("mask", [None, "middle", "end"])
@pytest.mark.parametrize("name", sorted(CELLS))
@pytest.mark.parametrize("options", [{}, {"return_sequences": True, "go_backwards": True}])
def test_a_cell_like_keras(name, options, mask):
    x = data(3, 5, 3)
    mask = None if mask is None else mask_named(mask)
    theirs, ours = both(lambda m: m.RNN(getattr(m, f"{name}Cell")(4), **options), x)
    with keras_scope():
        expected = theirs(x, mask=mask).detach()
    np.testing.assert_allclose(ours(x, mask=mask).detach(), expected, **TOLERANCE)
    assert ours.compute_output_shape((None, None, 3)) == theirs.compute_output_shape(
        (None, None, 3)
    )


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
def test_stacked_cells_like_keras(sequences, masked):
    x, mask = data(3, 5, 3), mask_named("middle") if masked else None
    options = {"return_sequences": sequences, "return_state": True}
    theirs, ours = both(lambda m: m.RNN(cells(m), **options), x)
    with keras_scope():
        expected = keras.tree.flatten(theirs(x, mask=mask))
    result = ours(x, mask=mask)
    assert len(result) == 4
    for mine, other in zip(kerlite.tree.flatten(result), expected, strict=True):
        np.testing.assert_allclose(mine.detach(), other.detach(), **TOLERANCE)
    symbols = kerlite.tree.flatten(ours(layers.Input((None, 3))))
    shapes = [(None, None, 2) if sequences else (None, 2), *[(None, n) for n in (4, 4, 3, 2)]]
    assert [s.shape for s in symbols] == shapes


def test_config_like_keras():
    with keras_scope():
        theirs = keras.layers.RNN(cells(keras.layers), return_sequences=True, name="r").get_config()
    ours = RNN(cells(layers), return_sequences=True, name="r").get_config()
    assert set(ours) == set(theirs)
    for config in (ours, theirs):
        for part in (config["cell"], *config["cell"]["config"]["cells"]):
            part["config"].pop("name")
    assert ours == theirs
    again = RNN.from_config(RNN(cells(layers)).get_config())
    assert again(data(2, 5, 3)).shape == (2, 2)


def test_a_cell_of_the_user_s():
    x, layer = data(2, 4, 3), RNN(Minimal(5), return_sequences=True)
    outputs = layer(x)
    h = torch.zeros(2, 5)
    for t in range(4):
        h = x[:, t] @ layer.cell.kernel + h @ layer.cell.recurrent
        torch.testing.assert_close(outputs[:, t], h)
    assert [w.path for w in layer.weights] == [
        f"{layer.name}/{layer.cell.name}/kernel", f"{layer.name}/{layer.cell.name}/recurrent",
    ]  # fmt: skip
    check_tools(layer, x)
    x = layers.Input((None, 3))
    assert kerlite.Model(x, layer(x))(data(2, 4, 3)).shape == (2, 4, 5)
    check_number_types(lambda dtype: RNN(Minimal(5, dtype=dtype), dtype=dtype), data(2, 4, 3))


def test_a_cell_that_is_no_layer():
    x, layer = data(2, 3, 4), RNN(Counter(), return_sequences=True, return_state=True)
    outputs, count = layer(x)
    torch.testing.assert_close(outputs, x[..., :2] + torch.tensor([10.0, 11, 12]).view(3, 1))
    assert count.flatten().tolist() == [13, 13]
    assert layer.compute_output_shape((None, 7, 4)) == ((None, 7, 2), (None, 1))


def test_training_reaches_the_cell():
    x, layer = data(2, 3, 4), RNN(Noisy(4))
    torch.testing.assert_close(layer(x), x[:, -1])
    torch.testing.assert_close(layer(x, training=True), 2 * x[:, -1])
    layer.train()
    torch.testing.assert_close(layer(x), 2 * x[:, -1])


class Doubled(CELLS["LSTM"]):
    """A cell of kerlite's with a call of its own."""

    def call(self, inputs, states, training=None):
        output, states = super().call(inputs, states, training)
        return 2 * output, states


def test_a_cell_s_own_call_is_used():
    x = data(2, 3, 4)
    for make in (RNN, lambda cell: RNN([cell])):
        plain, doubled = make(CELLS["LSTM"](4)), make(Doubled(4))
        plain.build(x.shape)
        doubled.build(x.shape)
        doubled.set_weights(plain.get_weights())
        torch.testing.assert_close(doubled(x), 2 * plain(x))


def test_masks_travel_on():
    x = layers.Input((None,), dtype="int32")
    embedded = layers.Embedding(9, 3, mask_zero=True)(x)
    sequences = LAYERS["GRU"](4, return_sequences=True)(embedded)
    assert sequences._keras_mask is not None
    outputs, state = RNN(CELLS["GRU"](4), return_sequences=True, return_state=True)(sequences)
    assert outputs._keras_mask is not None
    assert state._keras_mask is None
    last = LAYERS["LSTM"](4)(outputs)
    assert last._keras_mask is None
    model = kerlite.Model(x, last)
    numbers = torch.tensor([[3, 1, 0, 0], [2, 5, 7, 1]])
    torch.testing.assert_close(model(numbers)[:1], model(numbers[:1, :2]))


def test_bad_cells():
    with pytest.raises(ValueError, match=r"RNN 'r' needs a cell with a method call.* received 3"):
        RNN(3, name="r")
    with pytest.raises(ValueError, match="needs a cell"):
        RNN([layers.Dense(3)])
    with pytest.raises(ValueError, match="needs a list of cells; received"):
        RNN([])


@pytest.mark.parametrize("inner", ["float32", "mixed_bfloat16", "float64"])
@pytest.mark.parametrize("outer", ["float32", "mixed_bfloat16", "float64"])
def test_a_cell_of_another_number_type(outer, inner):
    stack = [CELLS["GRU"](4, dtype=inner)]
    for cell in (CELLS["LSTM"](4, dtype=inner), stack, Minimal(4, dtype=inner)):
        layer = RNN(cell, dtype=outer, return_state=True)
        outputs = kerlite.tree.flatten(layer(data(2, 5, 3)))
        wanted = getattr(torch, outer.removeprefix("mixed_"))
        assert [y.dtype for y in outputs] == [wanted] * len(outputs)
        sum(y.sum() for y in outputs).backward()
        assert all(p.grad is not None for p in layer.parameters())
