"""Hyperparameters for some of the variables, by name."""

import copy

import pytest
import torch

from kerlite import layers, models, optimizers
from kerlite.core.variable import Variable
from kerlite.optimizers.schedules import ExponentialDecay


def variables():
    torch.manual_seed(1)
    made = []
    for path in ("encoder/dense/kernel", "encoder/dense/bias", "head/kernel", "head/bias"):
        variable = Variable(torch.randn(3), name=path.rpartition("/")[2])
        variable._path = path
        made.append(variable)
    return made


def train(optimizer, trained, steps=5):
    for step in range(steps):
        generator = torch.Generator().manual_seed(step)
        optimizer.apply([torch.randn(3, generator=generator) for _ in trained], trained)


ALGORITHMS = {
    "sgd": (optimizers.SGD, {"learning_rate": 0.1, "momentum": 0.9}),
    "adam": (optimizers.Adam, {"learning_rate": 0.1, "weight_decay": 0.1}),
    "rmsprop": (optimizers.RMSprop, {"learning_rate": 0.1, "weight_decay": 0.1}),
}
OWN = {
    "sgd": {"momentum": 0.5, "learning_rate": 0.01},
    "adam": {"beta_1": 0.5, "weight_decay": 0.3, "learning_rate": 0.01},
    "rmsprop": {"rho": 0.5, "weight_decay": 0.0},
}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_group_goes_as_with_an_optimizer_of_its_own(algorithm):
    cls, arguments = ALGORITHMS[algorithm]
    own = OWN[algorithm]
    ours, apart = variables(), variables()
    train(cls(**arguments, groups={"encoder/*": own}), ours)
    first, second = cls(**{**arguments, **own}), cls(**arguments)
    for step in range(5):
        generator = torch.Generator().manual_seed(step)
        gradients = [torch.randn(3, generator=generator) for _ in apart]
        first.apply(gradients[:2], apart[:2])
        second.apply(gradients[2:], apart[2:])
    for one, two in zip(ours, apart, strict=True):
        torch.testing.assert_close(one.data, two.data, rtol=0, atol=1e-7)


def test_torch_sees_the_groups():
    optimizer = optimizers.Adam(0.1, groups={"head": {"learning_rate": 0.01, "weight_decay": 0.2}})
    optimizer.build(variables())
    rest, head = optimizer.torch_optimizer.param_groups
    assert (len(rest["params"]), rest["lr"]) == (2, 0.1)
    assert (len(head["params"]), head["weight_decay"], head["name"]) == (2, 0.2, "head")
    assert head["lr"] == pytest.approx(0.01)


def test_assigned_rates_keep_their_ratio_even_through_zero():
    optimizer = optimizers.SGD(0.1, groups={"head": {"learning_rate": 0.01}})
    optimizer.build(variables())
    for rate in (0.5, 0.0, 0.2):
        optimizer.learning_rate = rate
        assert optimizer.learning_rate == rate
        assert optimizer.torch_optimizer.param_groups[1]["lr"] == pytest.approx(rate / 10)


def test_a_schedule_multiplies():
    schedule = ExponentialDecay(0.1, 1, 0.5)
    optimizer = optimizers.SGD(schedule, groups={"head": {"learning_rate_multiplier": 0.1}})
    trained = variables()
    before = [one.detach().clone() for one in trained]
    for _ in range(2):
        optimizer.apply([torch.ones(3)] * 4, trained)
    moved = [(one - two).mean().item() for one, two in zip(before, trained, strict=True)]
    assert moved == pytest.approx([0.15, 0.15, 0.015, 0.015], rel=1e-4)


def test_the_first_pattern_counts_and_exclusion_still_holds():
    groups = {"encoder/*/kernel": {"weight_decay": 0.5}, "encoder": {"learning_rate": 0.2}}
    optimizer = optimizers.SGD(0.1, weight_decay=0.1, groups=groups)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.build(variables())
    seen = [
        (group.get("name"), group["decays"], len(group["params"]))
        for group in optimizer.torch_optimizer.param_groups
    ]
    assert seen == [
        (None, True, 1),
        (None, False, 1),
        ("encoder/*/kernel", True, 1),
        ("encoder", False, 1),
    ]


def test_all_variables_in_groups():
    optimizer, trained = optimizers.Adam(0.1, groups={"*": {"learning_rate": 0.2}}), variables()
    train(optimizer, trained)
    assert optimizer.learning_rate == 0.1
    plain = variables()
    train(optimizers.Adam(0.2), plain)
    for one, two in zip(trained, plain, strict=True):
        torch.testing.assert_close(one.data, two.data)


def test_config_round_trip():
    groups = {"head": {"learning_rate": 0.01, "beta_1": 0.5}}
    optimizer = optimizers.Adam(0.1, groups=groups)
    config = optimizer.get_config()
    assert config["groups"] == groups
    assert optimizers.Adam.from_config(config).groups == groups
    assert "groups" not in optimizers.Adam().get_config()
    optimizer.learning_rate = 0.5
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    again.build(variables())
    assert [group["lr"] for group in again.torch_optimizer.param_groups] == pytest.approx(
        [0.5, 0.05]
    )


def test_state_round_trip_and_building_again():
    def make():
        return optimizers.SGD(0.1, momentum=0.9, groups={"head": {"learning_rate": 0.01}})

    optimizer, trained = make(), variables()
    train(optimizer, trained)
    optimizer.learning_rate = 0.3
    again, copies = make(), copy.deepcopy(trained)
    again.build(copies)
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    optimizer.build(trained[:3])
    optimizer.build(trained)
    optimizer.torch_optimizer.state[trained[3]]["momentum_buffer"].copy_(
        again.torch_optimizer.state[copies[3]]["momentum_buffer"]
    )
    rates = [group["lr"] for group in optimizer.torch_optimizer.param_groups]
    assert rates == pytest.approx([0.3, 0.03])
    train(optimizer, trained)
    train(again, copies)
    for one, two in zip(trained, copies, strict=True):
        assert torch.equal(one, two)


def test_a_pattern_of_layers_that_are_frozen_later():
    optimizer = optimizers.SGD(0.1, groups={"head": {"learning_rate": 0.01}})
    trained = variables()
    optimizer.build(trained)
    optimizer.build(trained[:2])
    assert len(optimizer.torch_optimizer.param_groups) == 1


def test_layers_of_a_model():
    model = models.Sequential([
        layers.Input((3,)), layers.Dense(3, name="body"), layers.Dense(1, name="top")
    ])  # fmt: skip
    model.compile(optimizers.SGD(0.1, groups={"body": {"learning_rate": 0.0}}), "mse")
    before = [weight.numpy().copy() for weight in model.weights]
    model.fit(torch.ones(8, 3), torch.ones(8, 1), verbose=0)
    same = [
        (old == weight.numpy()).all() for old, weight in zip(before, model.weights, strict=True)
    ]
    assert same == [True, True, False, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": {"head": {"speed": 1.0}}}, "Unknown hyperparameter of the group 'head'"),
        ({"groups": {"head": {"learning_rate": -1.0}}}, "not negative"),
        ({"groups": {"head": {"clipnorm": 1.0}}}, "Unknown hyperparameter"),
        (
            {"groups": {"head": {"learning_rate": 1.0, "learning_rate_multiplier": 1.0}}},
            "give one",
        ),
        (
            {
                "learning_rate": ExponentialDecay(0.1, 1, 0.5),
                "groups": {"head": {"learning_rate": 1.0}},
            },
            "`learning_rate_multiplier`",
        ),
    ],
)
def test_refuses_bad_groups(arguments, message):
    with pytest.raises(ValueError, match=message):
        optimizers.SGD(**arguments)


def test_refuses_what_is_no_dictionary():
    with pytest.raises(TypeError, match="`groups` must map"):
        optimizers.SGD(groups=["head"])
    with pytest.raises(ValueError, match="as torch has them"):
        optimizers.TorchOptimizer(torch.optim.SGD, groups={"head": {"learning_rate": 0.1}})


def test_refuses_unknown_patterns_with_the_nearest_names():
    optimizer = optimizers.SGD(0.1, groups={"haed/*": {"learning_rate": 0.01}})
    with pytest.raises(ValueError, match=r"'haed/\*'. Did you mean 'head/"):
        optimizer.build(variables())


def test_refuses_to_switch_on_what_is_off():
    optimizer = optimizers.SGD(0.1, groups={"head": {"momentum": 0.9}})
    with pytest.raises(ValueError, match="off for the optimizer"):
        optimizer.build(variables())
