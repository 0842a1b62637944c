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
        {"learning_rate": 0.05, "relative_step": False, "epsilon_1": 0.1},
        {"learning_rate": 0.2, "beta_2_decay": -0.5, "epsilon_2": 1.5, "clip_threshold": 0.5},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Adafactor", arguments)


def test_matrices_keep_only_rows_and_columns():
    weight = torch.nn.Parameter(torch.ones(50, 20))
    optimizer = optimizers.Adafactor()
    optimizer.apply([torch.ones(50, 20)], [weight])
    kept = optimizer.torch_optimizer.state[weight].values()
    assert sum(tensor.numel() for tensor in kept) == 50 + 20 + 1


def test_one_step_by_hand():
    weight = torch.nn.Parameter(torch.tensor([3.0, -4.0]))
    optimizers.Adafactor(0.1, clip_threshold=0.5).apply([torch.tensor([2.0, -1.0])], [weight])
    size = 12.5**0.5  # the root mean square of the weight; u is the sign, clipped from 1 to 0.5
    assert weight.tolist() == pytest.approx([3.0 - 0.05 * size, -4.0 + 0.05 * size])


def test_no_gradient_leaves_a_matrix_where_it_is():
    weight = torch.nn.Parameter(torch.ones(2, 3))
    optimizers.Adafactor().apply([torch.zeros(2, 3)], [weight])
    assert torch.equal(weight, torch.ones(2, 3))


@pytest.mark.parametrize("wrong", [0.0, -1.0])
def test_a_threshold_that_is_not_positive(wrong):
    with pytest.raises(ValueError, match=f"`clip_threshold` must be positive.*={wrong}"):
        optimizers.Adafactor(clip_threshold=wrong)
