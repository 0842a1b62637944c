import torch

from kerlite.layers.recurrent.simple_rnn_cell import SimpleRNNCell
from tests.layers.support import data


def test_formula():
    cell, x, h = SimpleRNNCell(4, activation="softplus"), data(2, 3), data(2, 4, seed=1)
    output, states = cell(x, [h])
    total = x @ cell.kernel + h @ cell.recurrent_kernel + cell.bias
    torch.testing.assert_close(output, torch.log1p(total.exp()))
    assert states == [output]


def test_torch_s_name_of_the_activation():
    assert [SimpleRNNCell(4, activation=a).nonlinearity for a in ("tanh", "relu")] == [
        "tanh",
        "relu",
    ]
