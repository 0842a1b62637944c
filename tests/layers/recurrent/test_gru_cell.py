import numpy as np
import pytest
import torch

from kerlite.layers.recurrent.gru_cell import GRUCell
from tests.layers.support import data


@pytest.mark.parametrize("reset_after", [True, False])
def test_formula(reset_after):
    cell, x, h = GRUCell(4, reset_after=reset_after), data(2, 3), data(2, 4, seed=1)
    cell.build(x.shape)
    cell.set_weights([data(*w.shape, seed=i).numpy() for i, w in enumerate(cell.weights)])
    first, second = cell.bias if reset_after else (cell.bias, torch.zeros(12))
    x_z, x_r, x_n = (x @ cell.kernel + first).split(4, 1)
    h_z, h_r, h_n = (h @ cell.recurrent_kernel + second).split(4, 1)
    z, r = (x_z + h_z).sigmoid(), (x_r + h_r).sigmoid()
    if not reset_after:
        h_n = (r * h) @ cell.recurrent_kernel[:, 8:]
    n = (x_n + (r * h_n if reset_after else h_n)).tanh()
    output, states = cell(x, [h])
    torch.testing.assert_close(output, z * h + (1 - z) * n)
    assert states == [output]


def test_gates_are_stored_in_torch_s_order():
    cell = GRUCell(2)
    cell.build((None, 3))
    value = np.arange(18, dtype="float32").reshape(3, 6)
    cell.kernel.assign(value)
    np.testing.assert_array_equal(cell.weight_ih.detach().T, value[:, [2, 3, 0, 1, 4, 5]])
    cell.bias.assign(value[:2])
    np.testing.assert_array_equal(cell.bias_hh.detach(), value[1, [2, 3, 0, 1, 4, 5]])
    np.testing.assert_array_equal(cell.bias.numpy(), value[:2])
