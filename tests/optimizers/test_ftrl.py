import pytest
import torch

from kerlite import optimizers
from tests.optimizers.checks import CHECKS

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@CHECKS
@pytest.mark.parametrize(
    "arguments",
    [
        {"learning_rate": 0.05},
        {"learning_rate": 0.1, "learning_rate_power": -0.8, "beta": 0.3},
        {
            "learning_rate": 0.1,
            "l1_regularization_strength": 0.4,
            "l2_regularization_strength": 0.2,
        },
        {"learning_rate": 0.1, "l2_shrinkage_regularization_strength": 0.3},
        {"learning_rate": 0.1, "learning_rate_power": 0.0, "initial_accumulator_value": 0.0},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Ftrl", arguments)


def test_a_large_l1_makes_weights_zero():
    weight = torch.nn.Parameter(torch.zeros(2))
    optimizer = optimizers.Ftrl(0.1, l1_regularization_strength=2.0)
    optimizer.apply([torch.tensor([1.0, 3.0])], [weight])
    assert weight[0].item() == 0.0
    assert weight[1].item() == pytest.approx(-1.0 / (9.1**0.5 / 0.1))


def test_at_a_rate_of_zero_nothing_changes():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizers.Ftrl(0.0).apply([torch.ones(2)], [weight])
    assert weight.tolist() == [1.0, 1.0]


def test_groups_have_sums_of_their_own():
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    own = {"variable_1": {"initial_accumulator_value": 3.0}}
    optimizers.Ftrl(1.0, initial_accumulator_value=15.0, groups=own).apply(
        [torch.ones(1), torch.ones(1)], weights
    )
    assert [w.item() for w in weights] == [-0.25, -0.5]


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate_power": 0.1},
        {"initial_accumulator_value": -0.1},
        {"l1_regularization_strength": -0.1},
        {"l2_regularization_strength": -0.1},
        {"l2_shrinkage_regularization_strength": -0.1},
    ],
)
def test_what_is_out_of_range(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"`{name}` needs to be .*{name}={value}"):
        optimizers.Ftrl(**wrong)
