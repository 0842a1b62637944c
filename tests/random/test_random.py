"""Distributions held against SciPy's; seeds; what cannot be drawn."""

import keras
import numpy as np
import pytest
import torch
from scipy import stats

import kerlite
from kerlite import random

SAMPLES = 4000
# name -> (call with shape and seed, SciPy's distribution)
CONTINUOUS = {
    "normal": (lambda **k: random.normal(mean=1.0, stddev=2.0, **k), stats.norm(1.0, 2.0)),
    "uniform": (lambda **k: random.uniform(minval=-1.0, maxval=3.0, **k), stats.uniform(-1.0, 4.0)),
    "truncated_normal": (
        lambda **k: random.truncated_normal(mean=1.0, stddev=0.5, **k),
        stats.truncnorm(-2, 2, 1.0, 0.5),
    ),
    "gamma": (lambda **k: random.gamma(alpha=2.5, **k), stats.gamma(2.5)),
    "beta": (lambda **k: random.beta(alpha=2.0, beta=0.5, **k), stats.beta(2.0, 0.5)),
}
DISCRETE = {
    "binomial": lambda **k: random.binomial(counts=5, probabilities=0.3, **k),
    "randint": lambda **k: random.randint(minval=-2, maxval=4, **k),
}
DRAWS = {**{name: draw for name, (draw, _) in CONTINUOUS.items()}, **DISCRETE}


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("seed", [5, None])
def test_real_numbers_follow_their_distribution(name, seed):
    torch.manual_seed(0)
    draw, expected = CONTINUOUS[name]
    values = draw(shape=(SAMPLES,), seed=seed).numpy()
    assert stats.kstest(values, expected.cdf).pvalue > 1e-3


def test_whole_numbers_follow_their_distribution():
    counts = np.bincount(DISCRETE["binomial"](shape=(SAMPLES,), seed=3).int(), minlength=6)
    expected = stats.binom(5, 0.3).pmf(range(6)) * SAMPLES
    assert stats.chisquare(counts, expected * counts.sum() / expected.sum()).pvalue > 1e-3
    counts = np.bincount(DISCRETE["randint"](shape=(SAMPLES,), seed=3) + 2)
    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > 1e-3


def test_categories_follow_the_softmax_of_the_logits():
    logits = torch.tensor([[0.0, 1.0, 2.0], [3.0, 0.0, -torch.inf]])
    drawn = random.categorical(logits, SAMPLES, seed=1)
    assert (drawn.shape, drawn.dtype) == ((2, SAMPLES), torch.int32)
    for row, chances in zip(drawn, logits.softmax(-1), strict=True):
        share = np.bincount(row, minlength=3) / SAMPLES
        np.testing.assert_allclose(share, chances, atol=0.03)


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_repeats_and_a_generator_goes_on(name):
    draw, before = DRAWS[name], torch.get_rng_state()
    assert torch.equal(draw(shape=(40,), seed=7), draw(shape=(40,), seed=7))
    assert not torch.equal(draw(shape=(40,), seed=7), draw(shape=(40,), seed=8))
    one, two = random.SeedGenerator(3), random.SeedGenerator(3)
    first = draw(shape=(40,), seed=one)
    assert torch.equal(first, draw(shape=(40,), seed=two))
    assert not torch.equal(first, draw(shape=(40,), seed=one))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("name", DRAWS)
def test_without_a_seed_torchs_generator_decides(name):
    draw = DRAWS[name]
    torch.manual_seed(4)
    first, second = draw(shape=(40,)), draw(shape=(40,))
    torch.manual_seed(4)
    assert torch.equal(first, draw(shape=(40,)))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_shape_and_type_are_keras_s(name, shape):
    ours, theirs = DRAWS[name](shape=shape), getattr(keras.random, name)
    arguments = {
        "gamma": {"alpha": 2.0}, "beta": {"alpha": 2.0, "beta": 1.0},
        "binomial": {"counts": 3.0, "probabilities": 0.5}, "randint": {"minval": 0, "maxval": 2},
    }.get(name, {})  # fmt: skip
    if name == "beta" and 0 in shape:  # which Keras cannot draw
        theirs, arguments = keras.random.normal, {}
    expected = theirs(shape, **arguments)
    assert (ours.shape, ours.dtype) == (expected.shape, expected.dtype)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_other_floating_types(name, dtype):
    values = CONTINUOUS[name][0](shape=(200,), seed=1, dtype=dtype)
    assert str(values.dtype) == f"torch.{dtype}"
    assert bool(values.isfinite().all())


def test_parameters_may_be_tensors():
    low = torch.tensor([[0.0], [10.0]])
    values = random.uniform((2, 50), low, low + 1, seed=1)
    assert bool((values >= low).all())
    assert bool((values <= low + 1).all())
    many = random.gamma((2, 50), [[0.5], [100.0]], seed=1).mean(1)
    assert many[0] < 2 < 50 < many[1]


@pytest.mark.parametrize("name", DRAWS)
def test_compiled_code_draws_the_same_numbers(name):
    draw = DRAWS[name]
    compiled = torch.compile(
        lambda x: draw(shape=tuple(x.shape), seed=9) + x, backend="aot_eager", fullgraph=True
    )
    assert torch.equal(compiled(torch.zeros(3, 5)), draw(shape=(3, 5), seed=9) + torch.zeros(3, 5))


def test_dropout_keeps_the_mean_and_drops_whole_rows():
    x = torch.ones(400, 50)
    for seed in (None, 1):
        dropped = random.dropout(x, 0.25, seed=seed)
        np.testing.assert_allclose(dropped.unique(), [0, 4 / 3], rtol=1e-6)
        np.testing.assert_allclose(dropped.mean(), 1.0, atol=0.02)
    rows = random.dropout(x, 0.5, noise_shape=(None, 1), seed=1)
    assert bool((rows == rows[:, :1]).all())
    assert 100 < int(rows[:, 0].count_nonzero()) < 300
    assert not random.dropout(x, 1.0, seed=1).any()
    assert torch.equal(random.dropout(x, 0.0, seed=1), x)


def test_dropout_passes_gradients_where_it_keeps():
    x = torch.ones(100, requires_grad=True)
    y = random.dropout(x, 0.5, seed=1)
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_shuffle_moves_slices_as_a_whole(axis):
    x = torch.arange(24).reshape(4, 6)
    moved = random.shuffle(x, axis, seed=3)
    assert not torch.equal(moved, x)
    other = 1 - axis % 2
    order = moved.select(other, 0).argsort()
    assert torch.equal(moved.index_select(axis, order), x)


def test_symbolic_tensors_are_recorded():
    inputs = kerlite.Input((6,))
    model = kerlite.Model(inputs, random.dropout(random.shuffle(inputs, 1, seed=1), 0.5, seed=2))
    assert model.output_shape == (None, 6)
    x = torch.arange(12.0).reshape(2, 6)
    assert torch.equal(model(x), random.dropout(random.shuffle(x, 1, seed=1), 0.5, seed=2))
    assert random.categorical(inputs, 4).shape == (None, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: random.uniform((2,), dtype="int32"), "randint"),
        (lambda: random.randint((2,), 0, 5, dtype="float32"), "whole numbers"),
        (lambda: random.randint((2,), 3, 3), "maxval=3"),
        (lambda: random.normal((2,), seed=1.5), "seed"),
        (lambda: random.dropout(torch.ones(2), 1.5), "rate=1.5"),
        (lambda: random.shuffle(3), "single number"),
        (lambda: random.shuffle(torch.ones(2), axis=1), "cannot be computed"),
        (lambda: random.categorical(torch.ones(2, 2, 2), 1), "logits"),
        (lambda: random.gamma((2,), [1.0, 2.0, 3.0]), "expand"),
    ],
    ids=["ints", "floats", "range", "seed", "rate", "scalar", "axis", "rank", "broadcast"],
)
def test_bad_input(call, message):
    with pytest.raises((ValueError, RuntimeError), match=message):
        call()
