"""Rates, counts, names, and building."""

import numpy as np
import pytest
import torch

from kerlite import optimizers
from kerlite.optimizers import schedules


def one(value=1.0):
    return torch.nn.Parameter(torch.full((1,), value))


# Learning rates


def test_the_rate_is_a_float_to_read_assign_and_convert():
    optimizer = optimizers.Adam(learning_rate=0.5)
    for built in (False, True):
        if built:
            optimizer.build([one()])
        optimizer.learning_rate = 0.25
        assert optimizer.learning_rate == float(optimizer.learning_rate) == 0.25
        assert optimizer.learning_rate.numpy() == 0.25
        optimizer.learning_rate.assign(optimizer.learning_rate * 0.5)
        assert optimizer.learning_rate == 0.125
        for value in (np.float32(0.5), np.array(0.5), torch.tensor(0.5), 1):
            optimizer.learning_rate = value
            assert optimizer.learning_rate == float(value)
    assert optimizer.torch_optimizer.param_groups[0]["lr"] == 1.0
    assert optimizer.get_config()["learning_rate"] == 1.0


def test_a_rate_changed_in_torch_is_the_rate():
    weight, optimizer = one(), optimizers.SGD(0.5)
    optimizer.build([weight])
    optimizer.torch_optimizer.param_groups[0]["lr"] = 0.25
    assert optimizer.learning_rate == 0.25
    optimizer.apply([torch.ones(1)])
    assert weight.item() == 0.75


def test_a_schedule_sees_the_steps_and_cannot_be_assigned_over():
    schedule = schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25])
    weight, optimizer = one(), optimizers.SGD(schedule)
    rates = []
    for _ in range(3):
        rates.append(optimizer.learning_rate)
        optimizer.apply([torch.ones(1)], [weight])
    assert rates == [1.0, 0.5, 0.25]
    assert weight.item() == 1 - 1.75
    with pytest.raises(TypeError, match="learning rate is not settable"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.ExponentialDecay(2.0, 3, 0.5)
    assert optimizer.learning_rate == 1.0
    assert len(optimizer.variables) == 1  # no learning rate among them


def test_functions_and_schedules_of_the_users():
    class InverseRoot(schedules.LearningRateSchedule):
        def __call__(self, step):
            assert isinstance(step, int)
            return torch.rsqrt(torch.tensor(step + 1.0))

    weight, optimizer = one(), optimizers.SGD(InverseRoot())
    for _ in range(4):
        optimizer.apply([torch.ones(1)], [weight])
    assert optimizer.learning_rate == pytest.approx(5**-0.5)
    assert weight.item() == pytest.approx(1 - sum(k**-0.5 for k in range(1, 5)))
    rates = iter([0.5, 0.25])
    weight, optimizer = one(), optimizers.SGD(lambda: next(rates))
    optimizer.build([weight])  # reads the rate once, for torch's parameter group
    optimizer.apply([torch.ones(1)])
    assert weight.item() == 0.75


def test_iterations_count_updates_and_can_be_set():
    weight, optimizer = one(), optimizers.Adam(gradient_accumulation_steps=2)
    for _ in range(5):
        optimizer.apply([torch.ones(1)], [weight])
    assert optimizer.iterations == 2
    assert optimizer.iterations.numpy() == 2
    assert isinstance(optimizer.iterations, int)
    optimizer.iterations.assign(7)
    assert optimizer.iterations == 7
    assert optimizer.torch_optimizer.state[weight]["step"].item() == 7


def test_bad_rates_later_on_change_nothing():
    optimizer = optimizers.SGD(0.5)
    optimizer.build([one()])
    with pytest.raises(ValueError, match="must not be negative"):
        optimizer.learning_rate = -1.0
    with pytest.raises(ValueError, match="should be float"):
        optimizer.learning_rate = "fast"
    assert optimizer.learning_rate == 0.5


# Building


def test_unbuilt():
    optimizer = optimizers.Adam()
    for use in (optimizer.step, optimizer.state_dict, lambda: optimizer.apply([torch.ones(1)])):
        with pytest.raises(ValueError, match=r"is not built. Call `optimizer.build"):
            use()
    assert optimizer.torch_optimizer is None
    optimizer.zero_grad()
    optimizer.finalize_variable_values([])
    assert [v.name for v in optimizer.variables] == ["iteration", "learning_rate"]


def test_no_variables_at_all_can_be_built_on_but_not_trained():
    optimizer = optimizers.Adam()
    optimizer.build([])
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.step()


def test_something_that_is_no_variable():
    with pytest.raises(ValueError, match="received 3 of type int at position 1"):
        optimizers.Adam().build([one(), 3])


def test_building_again_keeps_the_slots_of_what_remains():
    a, b, c = one(), one(), one()
    optimizer = optimizers.Adam(0.1, use_ema=True)
    optimizer.apply([torch.ones(1), torch.ones(1)], [a, b])
    optimizer.learning_rate = 0.05
    kept = optimizer.torch_optimizer.state[b]["exp_avg"].clone()
    optimizer.build([b, c])
    assert torch.equal(optimizer.torch_optimizer.state[b]["exp_avg"], kept)
    assert a not in optimizer.torch_optimizer.state
    assert optimizer.torch_optimizer.state[c]["step"].item() == 1.0
    assert optimizer.learning_rate == 0.05
    before = optimizer.torch_optimizer
    optimizer.build([b, c])
    assert optimizer.torch_optimizer is before
    assert len(optimizer.variables) == 2 + 2 + 4
    optimizer.apply([torch.ones(1), torch.ones(1)])
    assert optimizer.torch_optimizer.state[b]["step"].item() == 2.0


def test_slots_follow_their_variables_to_another_type():
    module = torch.nn.Linear(2, 2)
    optimizer = optimizers.Adam()
    optimizer.apply([torch.ones(2, 2), torch.ones(2)], module.parameters())
    module.double()
    optimizer.build(module.parameters())
    optimizer.apply([torch.ones(2, 2), torch.ones(2)])
    state = optimizer.torch_optimizer.state[module.bias]
    assert state["exp_avg"].dtype == torch.float64
    assert state["step"].item() == 2.0


def test_exclusion_from_decay_by_variable_and_only_before_building():
    weight, bias = one(), one()
    optimizer = optimizers.SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[bias])
    optimizer.apply([torch.zeros(1), torch.zeros(1)], [weight, bias])
    assert (weight.item(), bias.item()) == (0.75, 1.0)
    with pytest.raises(ValueError, match="only be configured before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["bias"])


def test_names_are_given_out_once():
    first, second = optimizers.RMSprop().name, optimizers.RMSprop().name
    assert first.startswith("rm_sprop")
    assert second.startswith("rm_sprop_")
    assert first != second
    assert optimizers.SGD(name="mine").name == "mine"
