import pytest
import torch

from kerlite import layers
from kerlite.layers.recurrent.stacked_cells import StackedRNNCells, prepares_steps
from tests.layers.recurrent.support import CELLS
from tests.layers.support import data, keras, keras_scope


def stack(module):
    return module.StackedRNNCells([module.LSTMCell(4), module.GRUCell(3)])


def test_one_step_like_keras():
    x = data(2, 5)
    with keras_scope():
        theirs, ours = stack(keras.layers), stack(layers)
        theirs.build((2, 5))
        ours.build((2, 5))
        ours.set_weights(theirs.get_weights())
        expected = theirs(x, theirs.get_initial_state(2))
    result = ours(x, ours.get_initial_state(2))
    torch.testing.assert_close(result, expected)
    assert (ours.state_size, ours.output_size) == (theirs.state_size, theirs.output_size)


def test_steps_are_the_calls():
    x = data(2, 6, 5)
    inner = StackedRNNCells([CELLS["GRU"](3), CELLS["SimpleRNN"](2)])
    cell = StackedRNNCells([CELLS["LSTM"](4), inner])
    states = cell.get_initial_state(2)
    expected = layers.RNN(cell)(x)
    for t in range(6):
        output, states = cell(x[:, t], states)
    torch.testing.assert_close(output, expected)


@pytest.mark.parametrize("options", [{"dropout": 0.5}, {"dropout": 0.5, "recurrent_dropout": 0.5}])
def test_every_cell_drops_the_same_at_all_steps(options):
    cells = [CELLS["SimpleRNN"](8, activation=None, use_bias=False, **options) for _ in range(2)]
    layer = layers.RNN(cells, return_sequences=True)
    x = torch.ones(2, 5, 8)
    layer(x)
    for cell in cells:
        cell.recurrent_kernel.assign(torch.zeros(8, 8))
    y = layer(x, training=True)
    torch.testing.assert_close(y, y[:, :1].expand(y.shape))
    assert not torch.equal(y, layer(x, training=True))


def test_config_makes_it_again():
    cell = StackedRNNCells.from_config(stack(layers).get_config())
    assert [type(c).__name__ for c in cell.cells] == ["LSTMCell", "GRUCell"]


def test_what_prepares_steps():
    cell = stack(layers)
    assert prepares_steps(cell, cell.dtype_policy)
    assert not prepares_steps(cell, layers.Dense(3, dtype="float64").dtype_policy)
    assert not prepares_steps(layers.Dense(3), cell.dtype_policy)


def test_bad_cells():
    with pytest.raises(ValueError, match=r"StackedRNNCells 's' needs a cell .* received 'gru'"):
        StackedRNNCells(["gru"], name="s")
