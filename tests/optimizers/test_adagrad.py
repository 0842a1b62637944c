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
        {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 0.2},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Adagrad", arguments)


def test_bit_for_bit_torchs_with_epsilon_in_the_sum():
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(size)) for size in (5, 7)]
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in mine]
    ours = optimizers.Adagrad(0.5, 0.1, epsilon=1e-3)
    own = torch.optim.Adagrad(theirs, 0.5, initial_accumulator_value=0.101, eps=0.0, fused=True)
    ours.build(mine)
    for _ in range(10):
        for a, b in zip(mine, theirs, strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        ours.step()
        own.step()
    for a, b in zip(mine, theirs, strict=True):
        assert torch.equal(a, b)


def test_a_sum_that_is_assigned_is_stored_with_epsilon():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.Adagrad(1.0, epsilon=1.0)
    optimizer.build([weight])
    slot = optimizer.variables[2]
    slot.assign([3.0, 3.0])
    slot.assign_add([1.0, 2.0])
    slot.assign_sub([1.0, 0.0])
    assert slot.numpy().tolist() == optimizer.variables[2].numpy().tolist() == [3.0, 5.0]
    assert optimizer.torch_optimizer.state[weight]["sum"].tolist() == [4.0, 6.0]


def test_groups_have_sums_of_their_own():
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    own = {"variable_1": {"initial_accumulator_value": 2.0, "epsilon": 1.0}}
    optimizer = optimizers.Adagrad(1.0, 15.0, epsilon=1e-7, groups=own)
    optimizer.apply([torch.ones(1), torch.ones(1)], weights)
    assert [round(w.item(), 4) for w in weights] == [-0.25, -0.5]
    assert optimizer.variables[-1].item() == 3.0


def test_number_types_that_no_fused_kernel_takes():
    weights = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    for weight, fused in zip(weights, (True, False), strict=True):
        optimizer = optimizers.Adagrad(0.5)
        optimizer.build([weight])
        optimizer._ready_buckets()[0].fused = fused
        optimizer.apply([torch.tensor([1.0, -3.0])])
    assert torch.allclose(*weights)


def test_what_is_negative():
    with pytest.raises(ValueError, match=r"initial_accumulator_value=-0.5"):
        optimizers.Adagrad(initial_accumulator_value=-0.5)
