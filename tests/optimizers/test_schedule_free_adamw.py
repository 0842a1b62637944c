"""ScheduleFreeAdamW, against real Keras and by hand."""

import copy

import keras
import numpy as np
import pytest
import torch

from kerlite.core.variable import Variable
from kerlite.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from tests.optimizers.oracle import compare, float64, gradients_of, kerlite_variables, values

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

OPTIONS = {
    "plain": {},
    "warmup": {"warmup_steps": 4},
    "betas": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1},
    "weight_decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "ema": {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3},
    "accumulation": {"gradient_accumulation_steps": 3},
    "loss_scale": {"loss_scale_factor": 8.0},
}


class KerasOwn(keras.optimizers.ScheduleFreeAdamW):
    """Keras's, which on torch changes the old z, that it still needs, in place."""

    def assign_sub(self, reference_variable, value):
        reference_variable._value = reference_variable._value.detach() - value


def pair(**options):
    return (
        lambda: ScheduleFreeAdamW(0.05, **options),
        lambda: KerasOwn(0.05, **options),
    )


@pytest.mark.parametrize("option", OPTIONS)
def test_ten_steps(option):
    ours, theirs, *_ = compare(*pair(**OPTIONS[option], name="same"))
    assert [one.path for one in ours.variables] == [one.path for one in theirs.variables]
    for mine, other in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_allclose(values(mine), values(other), rtol=1e-5, atol=1e-5)


def test_double_precision_agrees_to_1e_11():
    with float64():
        compare(*pair(), dtype="float64", tolerance=1e-11)


def test_config_is_kerass():
    ours, theirs = (make() for make in pair(warmup_steps=3, name="same"))
    assert ours.get_config() == pytest.approx(theirs.get_config())


def test_state_is_saved_and_restored():
    variables = kerlite_variables()
    optimizer, again = ScheduleFreeAdamW(0.05), ScheduleFreeAdamW(0.05)
    for step in range(3):
        optimizer.apply([torch.tensor(one) for one in gradients_of(step)], variables)
    copies = copy.deepcopy(variables)
    again.build(copies)
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    gradients = [torch.tensor(one) for one in gradients_of(5)]
    optimizer.apply(gradients, variables)
    again.apply(gradients, copies)
    for one, two in zip(variables, copies, strict=True):
        assert torch.equal(one, two)


def test_beta_1_of_zero_is_plain_descent_of_z():
    weight = Variable([1.0])
    optimizer = ScheduleFreeAdamW(0.5, beta_1=0.0, beta_2=0.0, epsilon=0.0)
    optimizer.apply([torch.tensor([4.0])], [weight])
    optimizer.apply([torch.tensor([-4.0])], [weight])
    assert weight.item() == 1.0
