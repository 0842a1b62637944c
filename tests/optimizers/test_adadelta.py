import pytest
import torch

from kerlite import optimizers
from tests.optimizers.checks import CHECKS

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@CHECKS
@pytest.mark.parametrize(
    "arguments",
    [
        {"learning_rate": 0.5},
        {"learning_rate": 1.0, "rho": 0.7, "epsilon": 0.01},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Adadelta", arguments)


def test_bit_for_bit_torchs():
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(size)) for size in (5, 7)]
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in mine]
    ours = optimizers.Adadelta(0.5, rho=0.8, epsilon=1e-3)
    own = torch.optim.Adadelta(theirs, 0.5, rho=0.8, eps=1e-3, foreach=True)
    ours.build(mine)
    for _ in range(10):
        for a, b in zip(mine, theirs, strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        ours.step()
        own.step()
    for a, b in zip(mine, theirs, strict=True):
        assert torch.equal(a, b)
    own.load_state_dict(ours.torch_optimizer.state_dict())
    assert isinstance(ours.torch_optimizer, torch.optim.Adadelta)
