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
        {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.8},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Lion", arguments)


def test_two_steps_by_hand():
    weight = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = optimizers.Lion(0.25, beta_1=0.9, beta_2=0.5)
    optimizer.apply([torch.tensor([3.0])], [weight])
    optimizer.apply([torch.tensor([-1.0])], [weight])  # 0.9 * 1.5 - 0.1 is still positive
    assert weight.item() == 1.5


@pytest.mark.parametrize("beta_1", [0.0, -0.1, 1.1, float("nan")])
def test_a_beta_that_is_out_of_range(beta_1):
    with pytest.raises(ValueError, match=r"`beta_1` must be in \(0, 1\].*Received: beta_1="):
        optimizers.Lion(beta_1=beta_1)
