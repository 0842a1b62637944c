import copy

import pytest
import torch

from kerlite import layers
from kerlite.layers.recurrent.cell_steps import recurrent_part
from tests.layers.recurrent.support import CELLS
from tests.layers.support import data

NAMES = sorted(CELLS)


@pytest.mark.parametrize("options", [{}, {"use_bias": False}, {"activation": "softsign"}])
@pytest.mark.parametrize("name", NAMES)
def test_steps_are_the_calls(name, options):
    cell, x = CELLS[name](4, **options), data(2, 6, 3)
    expected = layers.RNN(cell)(x)
    states = cell.get_initial_state(2)
    for t in range(6):
        output, states = cell(x[:, t], states)
    torch.testing.assert_close(output, expected)


def test_whole_numbers():
    cell = CELLS["LSTM"](4)
    x = torch.ones(2, 3, dtype=torch.int64)
    states = cell.get_initial_state(2)
    torch.testing.assert_close(cell(x, states), cell(x.float(), states))


def test_recurrent_part():
    h, weight, bias = data(2, 4), data(8, 4, seed=1), data(8, seed=2)
    expected = h @ weight.T
    torch.testing.assert_close(recurrent_part(h, weight, None, None), expected)
    torch.testing.assert_close(recurrent_part(h, weight, bias, torch.ones(2, 4)), expected + bias)
    masks = torch.stack([torch.ones(2, 4), torch.zeros(2, 4)])
    expected = torch.cat([expected[:, :4], torch.zeros(2, 4)], 1)
    torch.testing.assert_close(recurrent_part(h, weight, None, masks), expected)
    torch.testing.assert_close(recurrent_part(h, weight, bias, masks), expected + bias)


@pytest.mark.parametrize("name", ["GRU", "SimpleRNN"])
def test_a_state_alone(name):
    cell, x, h = CELLS[name](4), data(2, 3), data(2, 4)
    output, state = cell(x, h)
    torch.testing.assert_close(state, cell(x, [h])[1][0])
    assert output is state


@pytest.mark.parametrize("name", NAMES)
def test_dropout_by_hand(name):
    """Each gate has a mask of its own only if the output fed back is dropped too."""
    cell = CELLS[name](4, dropout=0.5)
    cell.build((8, 3))
    held = cell.hold(8, True)
    assert held.recurrent_mask is None
    assert held.input_mask.shape == (8, 3)
    assert set(held.input_mask.unique().tolist()) <= {0.0, 2.0}
    assert cell.hold(8, False).input_mask is None
    cell = CELLS[name](4, dropout=0.5, recurrent_dropout=0.5)
    cell.build((8, 3))
    held, gates = cell.hold(8, True), () if name == "SimpleRNN" else (cell.gates,)
    assert held.input_mask.shape == (*gates, 8, 3)
    assert held.recurrent_mask.shape == (*gates, 8, 4)


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("name", ["GRU", "LSTM"])
def test_gates_see_their_own_masks(name, reset_after):
    """With masks of ones for some gates and zeros for others: as with kernels set to zero."""
    more = {"reset_after": reset_after} if name == "GRU" else {}
    cell = CELLS[name](4, recurrent_dropout=0.5, **more)
    x, states = data(2, 3), [data(2, 4, seed=i) for i in (1, 2)][: 1 + (name == "LSTM")]
    cell(x, states)
    held = cell.hold(2, False)
    for gate in range(cell.gates):
        inputs, recurrent = torch.ones(cell.gates, 2, 3), torch.ones(cell.gates, 2, 4)
        inputs[gate] = recurrent[gate] = 0
        masks = held._replace(input_mask=inputs, recurrent_mask=recurrent)
        output, _ = cell.advance(cell.project(x, masks), states, masks)
        zeroed = copy.deepcopy(cell)
        with torch.no_grad():
            for weight in (zeroed.weight_ih, zeroed.weight_hh):
                weight.unflatten(0, (cell.gates, -1))[gate] = 0
        torch.testing.assert_close(output, zeroed(x, states)[0])
