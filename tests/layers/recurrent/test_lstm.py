import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers.recurrent.lstm import LSTM
from tests.layers.recurrent.support import compare
from tests.layers.support import check_layer, data


@pytest.mark.parametrize(
    "arguments",
    [
        {"recurrent_activation": "hard_sigmoid"},
        {"unit_forget_bias": False, "bias_initializer": "ones"},
        {"unroll": True, "use_bias": False, "return_sequences": True},
        {"dropout": 0.4, "recurrent_dropout": 0.2, "seed": 7},
        {"use_cudnn": False},
        {"implementation": 1},
    ],
    ids=str,
)
def test_like_keras(arguments):
    check_layer("LSTM", {"units": 4, **arguments}, data(3, 5, 3))
    compare("LSTM", {"units": 4, "return_state": True, **arguments}, data(3, 5, 3))


def test_the_forget_gate_begins_open():
    layer = LSTM(2, bias_initializer=kerlite.initializers.Constant(0.5))
    layer.build((None, None, 3))
    assert layer.cell.bias.numpy().tolist() == [0.5, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5]


def test_torch_s_second_bias_is_added_to_the_first():
    layer, twin = LSTM(4), torch.nn.LSTM(3, 4)
    layer.build((None, None, 3))
    layer.load_state_dict(twin.state_dict())
    both = (twin.bias_ih_l0 + twin.bias_hh_l0).detach()
    np.testing.assert_allclose(layer.get_weights()[2], both)
    assert not layer.bias_hh_l0.any()
    assert "bias_hh_l0" not in dict(layer.named_parameters())


def test_learns_which_step_counts():
    """The target is the first step's input: it has to be remembered over the others."""
    kerlite.utils.set_random_seed(1)
    x = data(256, 8, 1)
    model = kerlite.Sequential([layers.Input((8, 1)), LSTM(16), layers.Dense(1)])
    model.compile(kerlite.optimizers.Adam(0.02), "mse")
    history = model.fit(x, x[:, 0], epochs=12, batch_size=32, verbose=0).history["loss"]
    assert history[-1] < 0.1 * history[0]
