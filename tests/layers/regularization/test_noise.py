"""AlphaDropout, GaussianDropout, GaussianNoise, ActivityRegularization."""

import copy
import math
import pickle

import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.core import random
from kerlite.layers.regularization.activity_regularization import ActivityRegularization
from kerlite.layers.regularization.alpha_dropout import AlphaDropout
from kerlite.layers.regularization.gaussian_dropout import GaussianDropout
from kerlite.layers.regularization.gaussian_noise import GaussianNoise
from tests.layers.support import check_layer, check_tools, data

ONES = torch.ones(400, 100)
NOISY = [AlphaDropout, GaussianDropout, GaussianNoise]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("AlphaDropout", {"rate": 0.0}),
        ("AlphaDropout", {"rate": 0.4, "noise_shape": (None, 1), "seed": 2}),
        ("GaussianDropout", {"rate": 0.4}),
        ("GaussianDropout", {"rate": 0.0, "seed": 2}),
        ("GaussianNoise", {"stddev": 0.4}),
        ("GaussianNoise", {"stddev": 1.0, "seed": 2}),
        ("ActivityRegularization", {}),
        ("ActivityRegularization", {"l1": 0.5, "l2": 0.25}),
    ],
)
def test_like_keras_when_it_does_not_train(name, arguments):
    layer = check_layer(name, arguments, data(3, 4))
    assert layer.built
    assert layer.supports_masking
    x = data(3, 4)
    assert layer(x) is x


# ---- what all noise has in common


@pytest.mark.parametrize("cls", NOISY)
def test_mode_and_zero(cls):
    layer = cls(0.5)
    assert layer(ONES) is ONES
    layer.train()
    assert layer(ONES).std() > 0.1
    assert layer(ONES, training=False) is ONES
    assert cls(0.0)(ONES, training=True) is ONES


@pytest.mark.parametrize("cls", NOISY)
def test_seed_makes_it_repeatable_and_independent(cls):
    first, second = cls(0.5, seed=5), cls(0.5, seed=5)
    state = torch.get_rng_state()
    draws = [first(ONES, training=True) for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    torch.testing.assert_close([second(ONES, training=True) for _ in range(2)], draws)
    assert not torch.equal(*draws)
    assert not torch.equal(cls(0.5, seed=6)(ONES, training=True), draws[0])
    third = pickle.loads(pickle.dumps(copy.deepcopy(first)))
    torch.testing.assert_close(third(ONES, training=True), first(ONES, training=True))


@pytest.mark.parametrize("cls", NOISY)
def test_global_seed_repeats_it_without_a_seed(cls):
    layer = cls(0.5)
    random.set_random_seed(3)
    expected = layer(ONES, training=True)
    random.set_random_seed(3)
    torch.testing.assert_close(layer(ONES, training=True), expected)


@pytest.mark.parametrize("cls", NOISY)
def test_pointwise_without_a_seed(cls):
    assert cls(0.5).pointwise
    assert not cls(0.5, seed=1).pointwise
    assert not AlphaDropout(0.5, noise_shape=(None, 1)).pointwise


@pytest.mark.parametrize("cls", NOISY)
@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
@pytest.mark.parametrize("seed", [None, 1])
def test_number_types(cls, dtype, seed):
    out = cls(0.5, seed=seed, dtype=dtype)(ONES, training=True)
    assert out.dtype is getattr(torch, dtype)
    assert out.float().isfinite().all()
    whole = cls(0.5, seed=seed)(torch.ones(4, 5, dtype=torch.int64), training=True)
    assert whole.dtype is torch.float32


@pytest.mark.parametrize("cls", NOISY)
def test_compiles(cls):
    compiled = torch.compile(cls(0.5), fullgraph=True, backend="eager")
    assert compiled(ONES, training=True).std() > 0.1
    torch._dynamo.reset()
    check_tools(cls(0.5), data(3, 4))


@pytest.mark.parametrize("cls", [*NOISY, ActivityRegularization])
def test_mask_goes_on_and_shapes_stay(cls):
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 2, 0]]))
    assert cls(0.5)(x)._keras_mask is x._keras_mask
    assert cls(0.5)(layers.Input((None, 4))).shape == (None, None, 4)


# ---- one by one


@pytest.mark.parametrize("arguments", [{}, {"seed": 3}, {"noise_shape": (None, None)}])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_alpha_dropout_keeps_mean_and_variance(rate, arguments):
    x = data(400, 100)
    out = AlphaDropout(rate, **arguments)(x, training=True)
    assert float(out.mean()) == pytest.approx(0, abs=0.03)
    assert float(out.std()) == pytest.approx(1, abs=0.03)
    lowest = -1.0507009873554805 * 1.6732632423543772
    a = 1 / math.sqrt((1 - rate) * (1 + rate * lowest**2))
    dropped = a * lowest * (1 - rate)
    is_dropped = (out - dropped).abs() < 1e-5
    assert is_dropped.float().mean().item() == pytest.approx(rate, abs=0.02)
    expected = torch.where(is_dropped, dropped, a * x - a * lowest * rate)
    torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-4)


def test_alpha_dropout_is_torchs_and_draws_the_same():
    layer, twin = AlphaDropout(0.3), nn.AlphaDropout(0.3)
    assert isinstance(layer, nn.AlphaDropout)
    assert layer.p == 0.3
    random.set_random_seed(1)
    expected = twin(ONES)
    random.set_random_seed(1)
    torch.testing.assert_close(layer(ONES, training=True), expected)


@pytest.mark.parametrize("seed", [None, 3])
def test_alpha_dropout_limits_and_noise_shape(seed):
    assert AlphaDropout(1.0, seed=seed)(ONES, training=True).abs().sum() == 0
    out = AlphaDropout(0.5, noise_shape=(None, 1), seed=seed)(ONES, training=True)
    torch.testing.assert_close(out, out[:, :1].expand(out.shape))
    assert len(out.unique()) == 2


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_gaussian_dropout_multiplies(rate, seed):
    x = torch.tensor([1.0, -3.0]).repeat(20000, 1)
    out = GaussianDropout(rate, seed=seed)(x, training=True)
    spread = math.sqrt(rate / (1 - rate))
    torch.testing.assert_close(out.mean(0), x[0], rtol=0.06, atol=0)
    torch.testing.assert_close(out.std(0), x[0].abs() * spread, rtol=0.06, atol=0)


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("stddev", [0.1, 1.0])
def test_gaussian_noise_adds(stddev, seed):
    noise = GaussianNoise(stddev, seed=seed)(ONES * 7, training=True) - 7
    assert float(noise.mean()) == pytest.approx(0, abs=stddev * 0.03)
    assert float(noise.std()) == pytest.approx(stddev, rel=0.03)
    assert float((noise.abs() < stddev).float().mean()) == pytest.approx(0.683, abs=0.02)


def test_gradients():
    x = ONES.clone().requires_grad_()
    out = GaussianDropout(0.5)(x, training=True)
    out.sum().backward()
    torch.testing.assert_close(x.grad, out.detach())
    x = ONES.clone().requires_grad_()
    GaussianNoise(0.5)(x, training=True).sum().backward()
    torch.testing.assert_close(x.grad, ONES)


def test_activity_regularization_adds_its_penalty():
    x = torch.tensor([[1.0, -2.0], [3.0, 0.0]])
    layer = ActivityRegularization(l1=0.1, l2=0.01)
    layer(x)
    assert float(layer.losses[0]) == pytest.approx((0.1 * 6 + 0.01 * 14) / 2)
    layer(x)
    assert len(layer.losses) == 1
    again = ActivityRegularization.from_config(layer.get_config())
    again(2 * x)
    assert float(again.losses[0]) == pytest.approx((0.1 * 12 + 0.01 * 56) / 2)
    check_tools(ActivityRegularization(0.5), data(2, 3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AlphaDropout(-0.1, name="n"), r"'n' needs a rate in \[0, 1\]; received rate=-0.1"),
        (lambda: AlphaDropout(0.5, noise_shape=(0, 1)), "noise_shape to hold whole numbers"),
        (lambda: GaussianDropout(1.0, name="n"), r"'n' needs a rate in \[0, 1\); received rate=1"),
        (lambda: GaussianDropout("a"), "received rate='a'"),
        (lambda: GaussianNoise(1.5, name="n"), r"'n' needs a stddev in \[0, 1\]; .* stddev=1.5"),
        (lambda: GaussianNoise(-1), "stddev=-1"),
        (lambda: GaussianNoise(0.5, seed=1.5), "seed must be a whole number"),
        (lambda: ActivityRegularization(l1=-1.0), "-1.0"),
        (lambda: ActivityRegularization(l2=math.inf), "inf"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_noise_shape_that_does_not_broadcast():
    with pytest.raises(ValueError, match=r"'a' cannot broadcast noise_shape=\(None,\)"):
        AlphaDropout(0.5, noise_shape=(None,), name="a")(ONES, training=True)
