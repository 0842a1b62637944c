import math

import pytest
import torch

from kerlite import optimizers


def test_two_steps_by_hand():
    weight = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = optimizers.RMSprop(0.1, rho=0.8, momentum=0.5, epsilon=0.04, centered=True)
    for gradient in (3.0, -1.0):
        optimizer.apply([torch.tensor([gradient])], [weight])
    first = 0.1 * 3.0 / math.sqrt(0.2 * 9 - 0.6**2 + 0.04)
    square, mean = 0.8 * 1.8 + 0.2, 0.8 * 0.6 - 0.2
    second = 0.5 * first - 0.1 / math.sqrt(square - mean**2 + 0.04)
    assert weight.item() == pytest.approx(2.0 - first - second, rel=1e-6)
    assert set(optimizer.torch_optimizer.state[weight]) == {
        "square_avg",
        "momentum_buffer",
        "grad_avg",
    }
