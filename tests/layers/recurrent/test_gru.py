import copy

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers.recurrent.gru import GRU
from tests.layers.recurrent.support import compare, mask_named
from tests.layers.support import check_layer, data


@pytest.mark.parametrize(
    "arguments",
    [
        {"reset_after": False},
        {"reset_after": False, "use_bias": False, "return_sequences": True},
        {"reset_after": False, "unroll": True, "go_backwards": True},
        {"recurrent_activation": "hard_sigmoid", "return_sequences": True},
        {"dropout": 0.4, "recurrent_dropout": 0.2, "seed": 7},
        {"bias_initializer": "ones", "bias_regularizer": "l1", "kernel_constraint": "max_norm"},
        {"implementation": 1},
    ],
    ids=str,
)
def test_like_keras(arguments):
    check_layer("GRU", {"units": 4, **arguments}, data(3, 5, 3))
    compare("GRU", {"units": 4, "return_state": True, **arguments}, data(3, 5, 3))
    mask = mask_named("middle")
    if "unroll" not in arguments:  # Keras cannot go backwards through a mask unrolled
        compare("GRU", {"units": 4, **arguments}, data(3, 5, 3), mask=mask)


def test_gates_are_stored_in_torch_s_order():
    layer, twin = GRU(2), torch.nn.GRU(3, 2)
    layer.build((None, None, 3))
    layer.load_state_dict(twin.state_dict())
    r, z, n = twin.weight_ih_l0.detach().chunk(3)
    np.testing.assert_array_equal(layer.kernel.numpy(), torch.cat([z, r, n]).T.numpy())
    r, z, n = twin.bias_hh_l0.detach().chunk(3)
    np.testing.assert_array_equal(layer.cell.bias.numpy()[1], torch.cat([z, r, n]).numpy())
    torch.testing.assert_close(layer.bias_ih_l0, twin.bias_ih_l0)
    torch.testing.assert_close(layer.bias_hh_l0, twin.bias_hh_l0)


def test_what_is_assigned_is_stored():
    layer = GRU(2)
    layer.build((None, None, 3))
    value = np.arange(18, dtype="float32").reshape(3, 6)
    layer.kernel.assign(value)
    layer.kernel.assign_add(value)
    layer.kernel.assign_sub(np.ones_like(value))
    np.testing.assert_array_equal(layer.kernel.numpy(), 2 * value - 1)
    np.testing.assert_array_equal(layer.weight_ih_l0.detach()[:2].T, (2 * value - 1)[:, 2:4])
    layer.cell.bias.assign(np.ones((2, 6)))
    assert layer.biases_l0.eq(1).all()


def test_state_dict_goes_around():
    for options in ({}, {"reset_after": False}, {"use_bias": False}):
        layer = GRU(4, **options)
        layer.build((None, None, 3))
        again = copy.deepcopy(layer)
        again.set_weights([w + 1 for w in again.get_weights()])
        again.load_state_dict(layer.state_dict())
        for mine, other in zip(again.get_weights(), layer.get_weights(), strict=True):
            np.testing.assert_array_equal(mine, other)
    with pytest.raises(RuntimeError, match=r"Unexpected key\(s\).*bias_ih_l0"):
        layer.load_state_dict(torch.nn.GRU(3, 4).state_dict())


def test_constraints_and_both_biases_are_trained():
    x = data(64, 5, 3)
    layer = GRU(4, bias_initializer="ones", bias_constraint="unit_norm")
    model = kerlite.Sequential([layers.Input((5, 3)), layer, layers.Dense(1)])
    model.compile("adam", "mse")
    before = layer.biases_l0.detach().clone()
    model.fit(x, x.sum((1, 2)), epochs=2, verbose=0)
    assert (layer.biases_l0 != before).all()
    norms = np.linalg.norm(layer.cell.bias.numpy(), axis=0)
    np.testing.assert_allclose(norms, np.ones(12), rtol=1e-5)
