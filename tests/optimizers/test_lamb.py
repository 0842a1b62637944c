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
        {"learning_rate": 0.05, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.3},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Lamb", arguments)


def test_a_variable_or_step_of_zero_has_a_ratio_of_one():
    weights = [torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.ones(2))]
    optimizers.Lamb(0.1).apply([torch.ones(2), torch.zeros(2)], weights)
    assert weights[0].tolist() == pytest.approx([-0.1, -0.1])
    assert weights[1].tolist() == [1.0, 1.0]


def test_the_step_is_as_long_as_the_weight_times_the_rate():
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(4, 3))
    before = weight.detach().clone()
    optimizers.Lamb(0.01).apply([torch.randn(4, 3)], [weight])
    assert (weight - before).norm().item() == pytest.approx(0.01 * before.norm().item(), rel=1e-4)
