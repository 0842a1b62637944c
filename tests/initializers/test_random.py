"""Random initializers: moments, seeds, number types and shapes."""

import math
import pickle

import keras
import numpy as np
import pytest
import torch

from kerlite import initializers
from kerlite.core import config
from kerlite.core.random import SeedGenerator, set_random_seed

RANDOM = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
]


def make(name, **options):
    return getattr(initializers, name)(**options)


@pytest.mark.parametrize("name", RANDOM)
def test_moments_and_range_are_those_of_keras(name):
    shape = (400, 300)
    ours = make(name, seed=3)(shape).double()
    theirs = getattr(keras.initializers, name)(seed=3)(shape).cpu().double()
    assert abs(ours.mean() - theirs.mean()) < 0.02 * theirs.std()
    torch.testing.assert_close(ours.std(), theirs.std(), rtol=0.01, atol=0)
    if name not in ("RandomNormal", "Orthogonal"):  # the others have a largest value
        torch.testing.assert_close(ours.abs().max(), theirs.abs().max(), rtol=0.01, atol=0)


@pytest.mark.parametrize("distribution", ["truncated_normal", "untruncated_normal", "uniform"])
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
def test_variance_scaling_has_the_variance_it_names(mode, distribution):
    shape = (3, 3, 40, 200)
    n = {"fan_in": 360, "fan_out": 1800, "fan_avg": 1080}[mode]
    values = make("VarianceScaling", scale=1.7, mode=mode, distribution=distribution, seed=1)(shape)
    assert abs(values.double().var() * n / 1.7 - 1) < 0.02


def test_truncated_normal_ends_at_two_standard_deviations():
    values = make("TruncatedNormal", mean=3.0, stddev=0.5, seed=0)((200, 500)).double()
    assert 1.99 < (values - 3).abs().max() / 0.5 <= 2 + 1e-6
    cut = math.sqrt(1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2)))
    assert abs(values.std() / 0.5 - cut) < 0.005


def test_normal_and_uniform_have_the_parameters_given():
    normal = make("RandomNormal", mean=-2.0, stddev=3.0, seed=0)((400, 400)).double()
    assert abs(normal.mean() + 2) < 0.05
    assert abs(normal.std() - 3) < 0.02
    uniform = make("RandomUniform", minval=2.0, maxval=6.0, seed=0)((400, 400)).double()
    assert 2 <= uniform.min() < 2.01
    assert 5.99 < uniform.max() <= 6
    assert abs(uniform.mean() - 4) < 0.02


@pytest.mark.parametrize("name", RANDOM)
def test_an_int_seed_gives_the_same_values_at_each_call(name):
    initializer = make(name, seed=3)
    before = torch.get_rng_state()
    first = initializer((4, 3))
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(5)
    assert torch.equal(initializer((4, 3)), first)
    assert torch.equal(make(name, seed=np.int64(3))((4, 3)), first)
    assert not torch.equal(make(name, seed=4)((4, 3)), first)
    theirs = getattr(keras.initializers, name)(seed=3)
    assert torch.equal(theirs((4, 3)), theirs((4, 3)))


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_generator_gives_other_values_at_each_call(name):
    before = torch.get_rng_state()
    one, two = make(name, seed=SeedGenerator(5)), make(name, seed=SeedGenerator(5))
    first, second = one((4, 3)), one((4, 3))
    assert not torch.equal(first, second)
    assert torch.equal(two((4, 3)), first)
    assert torch.equal(two((4, 3)), second)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", RANDOM)
def test_no_seed_draws_from_torch(name):
    initializer = make(name)
    torch.manual_seed(1)
    first, second = initializer((4, 3)), initializer((4, 3))
    set_random_seed(1)
    assert torch.equal(initializer((4, 3)), first)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", torch.float16])
def test_number_types(name, dtype):
    values = make(name, seed=1)((6, 4), dtype=dtype)
    assert values.dtype == (dtype if isinstance(dtype, torch.dtype) else getattr(torch, dtype))
    assert values.isfinite().all()
    if values.dtype != torch.float64:  # the same values, rounded
        exact = make(name, seed=1)((6, 4))
        torch.testing.assert_close(values.float(), exact, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("name", RANDOM)
def test_floatx_is_the_default(name):
    config.set_floatx("float64")
    assert make(name)((2, 2)).dtype == torch.float64


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("dtype", ["int32", "bool", "complex64"])
def test_whole_numbers_cannot_be_drawn(name, dtype):
    with pytest.raises(ValueError, match=rf"{name} draws floating-point values.*{dtype}"):
        make(name)((2, 2), dtype=dtype)


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("shape", [(), (5,), (0, 3), (3, 0), [2, 3], torch.Size([2, 3, 4])])
@pytest.mark.parametrize("seed", [None, 3])
def test_shapes(name, shape, seed):
    if name == "Orthogonal" and len(shape) < 2:
        with pytest.raises(ValueError, match="at least two dimensions"):
            make(name)(shape)
        return
    values = make(name, seed=seed)(shape)
    assert tuple(values.shape) == tuple(shape)
    assert values.isfinite().all()
    assert values.is_contiguous()
    assert not values.requires_grad


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("seed", [None, 3])
def test_results_are_on_the_device_of_the_settings(name, seed):
    with config.device_scope("meta"):
        assert make(name, seed=seed)((4, 3)).is_meta


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("seed", ["a", 1.5, True, [1]])
def test_what_is_no_seed(name, seed):
    with pytest.raises(ValueError, match="seed must be None, an int or a SeedGenerator"):
        make(name, seed=seed)


@pytest.mark.parametrize("name", RANDOM)
def test_copies_draw_the_same(name):
    initializer = make(name, seed=9)
    assert torch.equal(initializer.clone()((3, 3)), initializer((3, 3)))
    assert torch.equal(pickle.loads(pickle.dumps(initializer))((3, 3)), initializer((3, 3)))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (3, 3, 2, 7), (2, 2, 9)])
def test_orthogonal(shape):
    matrix = make("Orthogonal", gain=2.0, seed=0)(shape, "float64").reshape(-1, shape[-1])
    smaller = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    torch.testing.assert_close(
        smaller @ smaller.T, 4 * torch.eye(len(smaller), dtype=torch.float64)
    )


def test_orthogonal_is_what_keras_makes_of_the_same_draws(monkeypatch):
    for shape in [(4, 3), (3, 4), (2, 3, 4)]:
        rows, columns = math.prod(shape[:-1]), shape[-1]
        draws = torch.randn(max(rows, columns), min(rows, columns))
        random = keras.src.initializers.random_initializers.random
        monkeypatch.setattr(random, "normal", lambda *_, draws=draws, **__: draws)
        monkeypatch.setattr(torch.Tensor, "normal_", lambda self, draws=draws, **_: draws)
        expected = keras.initializers.Orthogonal(1.5)(shape)
        torch.testing.assert_close(initializers.Orthogonal(1.5)(shape), expected.cpu())
        monkeypatch.undo()


def test_orthogonal_is_uniform_over_rotations_and_reflections():
    signs = [torch.linalg.det(make("Orthogonal", seed=i)((3, 3))).sign() for i in range(200)]
    assert 60 < sum(sign > 0 for sign in signs) < 140
