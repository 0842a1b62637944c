"""Seeding, and permutations as a pure function of (n, seed, epoch)."""

import random as python_random

import numpy as np
import pytest
import torch

from kerlite.core import random


def test_set_random_seed_repeats_all_three_generators():
    def draw():
        random.set_random_seed(5)
        return python_random.random(), np.random.rand(), torch.rand(()).item()

    first = draw()
    torch.rand(3)
    assert draw() == first


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", True, None])
def test_set_random_seed_wants_a_whole_number(seed):
    with pytest.raises(ValueError, match="whole number"):
        random.set_random_seed(seed)


def test_generator_of_none_is_torchs_own():
    assert random.generator(None) is None


def test_generator_leaves_torchs_own_alone():
    before = torch.get_rng_state()
    torch.rand(2, generator=random.generator(3))
    random.permutation(10, 1, 2)
    assert torch.equal(torch.get_rng_state(), before)


def test_generator_takes_a_stream_of_seeds():
    a, b = random.SeedGenerator(1), random.SeedGenerator(1)
    one = [torch.rand((), generator=random.generator(a)).item() for _ in range(2)]
    two = [torch.rand((), generator=random.generator(b)).item() for _ in range(2)]
    assert one == two
    assert one[0] != one[1]


@pytest.mark.parametrize("n", [0, 1, 7, 1000])
def test_permutation_holds_every_sample_once(n):
    order = random.permutation(n, seed=1, epoch=0)
    assert order.dtype == torch.int64
    assert sorted(order.tolist()) == list(range(n))


def test_permutation_depends_on_seed_and_epoch_only():
    order = random.permutation(50, seed=1, epoch=3)
    torch.rand(9)
    assert torch.equal(order, random.permutation(50, seed=1, epoch=3))
    assert not torch.equal(order, random.permutation(50, seed=2, epoch=3))
    assert not torch.equal(order, random.permutation(50, seed=1, epoch=4))
