"""Every schedule against real Keras, over its whole course."""

import json

import keras
import numpy as np
import pytest
import torch

from kerlite.optimizers import schedules

CASES = [
    ("ExponentialDecay", (0.1, 7, 0.5), {}),
    ("ExponentialDecay", (0.1, 7, 0.5), {"staircase": True}),
    ("InverseTimeDecay", (0.1, 3, 0.7), {}),
    ("InverseTimeDecay", (0.1, 3, 0.7), {"staircase": True, "name": "falling"}),
    ("PiecewiseConstantDecay", ([3, 10], [1.0, 0.5, 0.1]), {}),
    ("PiecewiseConstantDecay", ([2.5], [1.0, 0.5]), {}),
    ("PolynomialDecay", (0.1, 10), {}),
    ("PolynomialDecay", (0.1, 10, 0.01), {"power": 0.5}),
    ("PolynomialDecay", (0.1, 10, 0.01), {"power": 2.0, "cycle": True}),
    ("CosineDecay", (0.1, 12), {}),
    ("CosineDecay", (0.1, 12), {"alpha": 0.3}),
    ("CosineDecay", (0.0, 12), {"warmup_target": 0.2, "warmup_steps": 5, "alpha": 0.1}),
    ("CosineDecay", (0.1, 12), {"warmup_target": 0.2}),
    ("CosineDecayRestarts", (0.1, 5), {}),
    ("CosineDecayRestarts", (0.1, 5), {"t_mul": 1.0, "m_mul": 0.5}),
    ("CosineDecayRestarts", (0.1, 4), {"t_mul": 1.7, "m_mul": 0.9, "alpha": 0.2}),
]


@pytest.mark.parametrize(("name", "arguments", "options"), CASES)
def test_rates_are_kerass(name, arguments, options):
    ours = getattr(schedules, name)(*arguments, **options)
    theirs = getattr(keras.optimizers.schedules, name)(*arguments, **options)
    steps = np.arange(41)
    if name == "PiecewiseConstantDecay":
        expected = [float(theirs(float(step))) for step in steps]
    else:
        expected = [float(theirs(int(step))) for step in steps]
    np.testing.assert_allclose([ours(int(step)) for step in steps], expected, rtol=1e-5, atol=1e-7)
    with_tensor = ours(torch.tensor(steps))
    assert with_tensor.shape == (41,)
    np.testing.assert_allclose(with_tensor.numpy(), expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("name", "arguments", "options"), CASES)
def test_configs_are_kerass_and_make_the_same_again(name, arguments, options):
    ours = getattr(schedules, name)(*arguments, **options)
    theirs = getattr(keras.optimizers.schedules, name)(*arguments, **options)
    plain = json.loads(json.dumps(schedules.serialize(ours)))
    assert plain == json.loads(json.dumps(keras.optimizers.schedules.serialize(theirs)))
    again = schedules.deserialize(plain)
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    without_module = schedules.deserialize({"class_name": name, "config": theirs.get_config()})
    assert without_module(9) == ours(9)


def test_a_rate_is_a_float_that_answers_like_a_tensor():
    rate = schedules.ExponentialDecay(0.5, 1, 0.5)(1)
    assert isinstance(rate, float)
    assert rate.numpy() == 0.25
    assert rate.value.item() == 0.25
    with pytest.raises(TypeError, match="nowhere to assign to"):
        rate.assign(1.0)


def test_a_restart_comes_in_time_whatever_the_periods():
    for growth in (1.1, 1.3, 1.5, 1.7, 3.0):
        rate = schedules.CosineDecayRestarts(1.0, 10, t_mul=growth)
        start = 0.0
        for period in range(8):
            assert rate.rate(start) == pytest.approx(1.0, abs=1e-6), (growth, period)
            start += 10 * growth**period


def test_periods_that_shrink_come_to_an_end():
    rate = schedules.CosineDecayRestarts(1.0, 8, t_mul=0.5, alpha=0.1)
    assert rate(8) == pytest.approx(1.0)
    assert rate(16) == rate(100) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ExponentialDecay", (0.1, 0, 0.5), r"`decay_steps` must be > 0. Received: decay_steps=0"),
        ("InverseTimeDecay", (0.1, -1, 0.5), r"`decay_steps` must be > 0"),
        ("PolynomialDecay", (0.1, 0), r"`decay_steps` must be > 0"),
        ("CosineDecay", (0.1, 0), r"`decay_steps` must be > 0"),
        ("CosineDecayRestarts", (0.1, 0), r"`first_decay_steps` must be > 0"),
        ("CosineDecayRestarts", (0.1, 1, 0.0), r"`t_mul` must be > 0"),
        ("PiecewiseConstantDecay", ([1], [1.0]), r"1 less than the length of values"),
        ("PiecewiseConstantDecay", ([2, 1], [1.0, 0.5, 0.1]), r"must increase"),
    ],
)
def test_bad_arguments(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(schedules, name)(*arguments)


def test_an_unknown_name_and_a_schedule_without_a_rule():
    with pytest.raises(ValueError, match="'CosinusDecay'"):
        schedules.deserialize({"class_name": "CosinusDecay", "config": {}})
    with pytest.raises(NotImplementedError, match="must override `__call__"):
        schedules.LearningRateSchedule()(0)


class Halving(schedules.LearningRateSchedule):
    def __init__(self, initial_learning_rate):
        self.initial_learning_rate = initial_learning_rate

    def __call__(self, step):
        return self.initial_learning_rate * 0.5**step


def test_a_schedule_of_the_users_goes_through_a_config():
    plain = schedules.serialize(Halving(0.8))
    again = schedules.deserialize(plain, custom_objects={"Halving": Halving})
    assert again(2) == pytest.approx(0.2)
