import copy

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
    check("Nadam", arguments)


def test_torchs_with_a_fast_momentum():
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(size)) for size in (5, 7)]
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in mine]
    ours = optimizers.Nadam(0.1, epsilon=1e-3)
    own = torch.optim.NAdam(theirs, 0.1, eps=1e-3, momentum_decay=1.0)
    ours.build(mine)
    for step in range(10):
        if step == 5:  # torch goes on from the state of ours
            own.load_state_dict(copy.deepcopy(ours.state_dict()))
        for a, b in zip(mine, theirs, strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        ours.step()
        own.step()
    for a, b in zip(mine, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-6)


def test_a_group_with_a_beta_of_its_own():
    both = [torch.nn.Parameter(torch.ones(3)) for _ in range(2)]
    alone = torch.nn.Parameter(torch.ones(3))
    ours = optimizers.Nadam(0.1, groups={"variable_1": {"beta_1": 0.5}})
    own = optimizers.Nadam(0.1, beta_1=0.5)
    ours.build(both)
    for step in range(4):
        gradient = torch.tensor([1.0, -2.0, float(step)])
        ours.apply([gradient, gradient])
        own.apply([gradient], [alone])
        ours.load_state_dict(ours.state_dict())
    assert torch.equal(both[1], alone)
    assert not torch.equal(both[0], alone)
