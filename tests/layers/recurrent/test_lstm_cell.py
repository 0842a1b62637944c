import torch

from kerlite.layers.recurrent.lstm_cell import LSTMCell
from tests.layers.support import data


def test_formula():
    cell, x, h, c = LSTMCell(4), data(2, 3), data(2, 4, seed=1), data(2, 4, seed=2)
    output, (new_h, new_c) = cell(x, [h, c])
    gates = x @ cell.kernel + h @ cell.recurrent_kernel + cell.bias
    i, f, g, o = gates.split(4, 1)
    expected = f.sigmoid() * c + i.sigmoid() * g.tanh()
    torch.testing.assert_close(new_c, expected)
    torch.testing.assert_close(output, o.sigmoid() * expected.tanh())
    assert new_h is output


def test_the_forget_gate_begins_open():
    for unit, expected in ((True, [0, 1, 0, 0]), (False, [0, 0, 0, 0])):
        cell = LSTMCell(1, unit_forget_bias=unit)
        cell.build((None, 3))
        assert cell.bias.numpy().tolist() == expected
