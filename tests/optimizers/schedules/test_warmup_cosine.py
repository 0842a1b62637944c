"""WarmupCosine, against torch's schedulers and CosineDecay."""

import math

import pytest

from kerlite.optimizers.schedules import CosineDecay, WarmupCosine, deserialize, serialize


def test_rates_by_the_formula():
    ours = WarmupCosine(0.3, total_steps=30, warmup_steps=5, end_learning_rate=0.01)
    for step in range(5):
        assert ours(step) == pytest.approx(0.06 * step)
    for step in range(5, 31):
        expected = 0.01 + 0.29 * math.cos(math.pi * (step - 5) / 50) ** 2
        assert ours(step) == pytest.approx(expected)
    assert ours(99) == pytest.approx(0.01)


@pytest.mark.parametrize("warmup", [0, 4])
def test_is_kerass_cosine_decay_counted_another_way(warmup):
    ours = WarmupCosine(0.3, total_steps=20, warmup_steps=warmup, end_learning_rate=0.03)
    theirs = CosineDecay(0.0, 20 - warmup, alpha=0.1, warmup_target=0.3, warmup_steps=warmup)
    for step in range(25):
        assert ours(step) == pytest.approx(theirs(step))


def test_config_round_trip():
    config = serialize(WarmupCosine(0.3, 20, 4))
    assert serialize(deserialize(config)) == config


@pytest.mark.parametrize(("total", "warmup"), [(0, 0), (10, 10), (10, -1)])
def test_refuses_bad_numbers_of_steps(total, warmup):
    with pytest.raises(ValueError, match="steps"):
        WarmupCosine(0.3, total, warmup)
