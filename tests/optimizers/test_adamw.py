import math

import pytest
import torch

from kerlite import optimizers


def test_one_step_by_hand():
    weight = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = optimizers.AdamW(0.1, weight_decay=0.5, epsilon=0.01)
    optimizer.apply([torch.tensor([3.0])], [weight])
    m, v = 0.1 * 3.0, 0.001 * 9.0
    alpha = 0.1 * math.sqrt(0.001) / 0.1
    assert weight.item() == pytest.approx(2.0 * 0.95 - alpha * m / (math.sqrt(v) + 0.01), rel=1e-6)


def test_it_is_adam_with_decay():
    assert isinstance(optimizers.AdamW(), optimizers.Adam)
    config = optimizers.AdamW(weight_decay=0.3).get_config()
    assert config["weight_decay"] == 0.3
    assert optimizers.AdamW.from_config(config).weight_decay == 0.3


def test_decay_can_be_changed_while_training():
    weight, optimizer = torch.nn.Parameter(torch.ones(1)), optimizers.AdamW(0.5, weight_decay=0.5)
    optimizer.apply([torch.zeros(1)], [weight])
    optimizer.weight_decay = 0.0
    optimizer.apply([torch.zeros(1)], [weight])
    assert weight.item() == 0.75
