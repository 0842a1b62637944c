import copy
import pickle

import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.core import random
from kerlite.layers import Dropout
from tests.layers.support import check_layer, check_tools, data

ONES = torch.ones(200, 50)


@pytest.mark.parametrize(
    "arguments",
    [
        {"rate": 0.0},
        {"rate": 0.4},
        {"rate": 1.0, "seed": 3},
        {"rate": 0.1, "noise_shape": (None, 1)},
    ],
)
def test_like_keras_when_it_does_not_train(arguments):
    layer = check_layer("Dropout", arguments, data(3, 4))
    assert layer.built
    x = data(3, 4)
    assert layer(x) is x


@pytest.mark.parametrize("arguments", [{}, {"seed": 3}, {"noise_shape": (None, None)}])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_share_of_zeros_and_scale(rate, arguments):
    out = Dropout(rate, **arguments)(ONES, training=True)
    assert (out == 0).float().mean().item() == pytest.approx(rate, abs=0.02)
    kept = torch.tensor([0, 1 / (1 - rate)])
    torch.testing.assert_close(out.unique(), kept)


@pytest.mark.parametrize("arguments", [{}, {"seed": 3}, {"noise_shape": (None, 1)}])
def test_limits(arguments):
    assert Dropout(1.0, **arguments)(ONES, training=True).abs().sum() == 0
    assert Dropout(0.0, **arguments)(ONES, training=True) is ONES


@pytest.mark.parametrize("seed", [None, 7])
def test_noise_shape_drops_together(seed):
    out = Dropout(0.5, noise_shape=(None, 1), seed=seed)(ONES, training=True)
    assert out.unique().tolist() == [0, 2]
    torch.testing.assert_close(out, out[:, :1].expand(out.shape))
    columns = Dropout(0.5, noise_shape=(1, 50), seed=seed)(ONES, training=True)
    torch.testing.assert_close(columns, columns[:1].expand(out.shape))


def test_gradient_is_that_of_the_kept():
    x = ONES.clone().requires_grad_()
    out = Dropout(0.5, seed=1)(x, training=True)
    out.sum().backward()
    torch.testing.assert_close(x.grad, out.detach())


def test_is_torchs_dropout_and_draws_the_same():
    layer, twin = Dropout(0.3), nn.Dropout(0.3)
    assert isinstance(layer, nn.Dropout)
    assert layer.p == 0.3
    random.set_random_seed(1)
    expected = twin(ONES)
    random.set_random_seed(1)
    torch.testing.assert_close(layer(ONES, training=True), expected)
    layer.p = 0.0
    assert layer(ONES, training=True) is ONES


def test_mode_of_the_module_counts_where_no_argument_is_given():
    layer = Dropout(0.5)
    assert layer(ONES) is ONES
    layer.train()
    assert (layer(ONES) == 0).any()
    assert layer(ONES, training=False) is ONES


def test_seed_makes_it_repeatable_and_independent():
    first, second = Dropout(0.5, seed=5), Dropout(0.5, seed=5)
    state = torch.get_rng_state()
    draws = [first(ONES, training=True) for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    torch.testing.assert_close([second(ONES, training=True) for _ in range(2)], draws)
    assert not torch.equal(*draws)
    third = pickle.loads(pickle.dumps(copy.deepcopy(first)))
    torch.testing.assert_close(third(ONES, training=True), first(ONES, training=True))


@pytest.mark.parametrize("arguments", [{}, {"noise_shape": (None, 1)}])
def test_trains_compiled(arguments):
    compiled = torch.compile(Dropout(0.5, **arguments), fullgraph=True, backend="eager")
    assert compiled(ONES, training=True).unique().tolist() == [0, 2]
    torch._dynamo.reset()
    check_tools(Dropout(0.5, **arguments), data(3, 4))


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
@pytest.mark.parametrize("arguments", [{}, {"seed": 3}, {"noise_shape": (None, 1)}])
def test_number_types(dtype, arguments):
    out = Dropout(0.5, dtype=dtype, **arguments)(ONES, training=True)
    assert out.dtype is getattr(torch, dtype)
    assert out.unique().tolist() == [0, 2]


def test_mask_goes_on_and_shapes_stay():
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 2, 0]]))
    assert Dropout(0.5)(x)._keras_mask is x._keras_mask
    assert Dropout(0.5)(layers.Input((None, 4))).shape == (None, None, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": -0.1}, r"'d' needs a rate in \[0, 1\]; received rate=-0.1"),
        ({"rate": 1.5}, "rate=1.5"),
        ({"rate": "0.5"}, "rate='0.5'"),
        ({"noise_shape": (0, 1)}, r"whole numbers >= 1 and None; received \(0, 1\)"),
        ({"noise_shape": (1.5,)}, r"received \(1.5,\)"),
        ({"noise_shape": "ab"}, "received 'ab'"),
        ({"noise_shape": 3}, "received 3"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Dropout(**{"rate": 0.5, "name": "d", **arguments})


@pytest.mark.parametrize("noise_shape", [(None,), (None, 3), (1, 1, 1)])
def test_noise_shape_that_does_not_broadcast(noise_shape):
    with pytest.raises(ValueError, match=r"'d' cannot broadcast noise_shape=.*\(200, 50\)"):
        Dropout(0.5, noise_shape=noise_shape, name="d")(ONES, training=True)
