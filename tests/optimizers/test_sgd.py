import pytest
import torch

from kerlite import optimizers


@pytest.mark.parametrize(
    "options", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"momentum": 1.0}]
)
def test_bit_for_bit_torchs_while_the_rate_stays(options):
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(size)) for size in (5, 7)]
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in mine]
    ours, own = optimizers.SGD(0.1, **options), torch.optim.SGD(theirs, 0.1, fused=True, **options)
    ours.build(mine)
    for _ in range(10):
        for a, b in zip(mine, theirs, strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        ours.step()
        own.step()
    for a, b in zip(mine, theirs, strict=True):
        assert torch.equal(a, b)


def test_a_rate_of_zero_lets_the_momentum_run_on():
    weight, optimizer = torch.nn.Parameter(torch.zeros(1)), optimizers.SGD(0.5, momentum=0.5)
    optimizer.apply([torch.ones(1)], [weight])
    optimizer.learning_rate = 0.0
    optimizer.apply([torch.ones(1)])
    assert weight.item() == -0.5 - 0.25
    assert optimizer.variables[2].numpy().tolist() == [-0.25]
