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
        {"learning_rate": 0.05, "beta_1": 0.5, "beta_2": 0.7, "epsilon": 0.3},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Adamax", arguments)


def test_two_steps_by_hand():
    weight = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = optimizers.Adamax(0.1, beta_1=0.5, beta_2=0.5, epsilon=1.0)
    for gradient in (3.0, -1.0):
        optimizer.apply([torch.tensor([gradient])], [weight])
    first = 0.1 / 0.5 * 1.5 / (3.0 + 1.0)
    second = 0.1 / 0.75 * 0.25 / (1.5 + 1.0)
    assert weight.item() == pytest.approx(2.0 - first - second)
