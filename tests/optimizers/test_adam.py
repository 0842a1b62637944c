import pytest
import torch

from kerlite import optimizers


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_bit_for_bit_torchs_with_kerass_epsilon(amsgrad, decay):
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(size)) for size in (5, 7)]
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in mine]
    ours = optimizers.AdamW(0.1, weight_decay=decay, epsilon=1e-3, amsgrad=amsgrad)
    own = torch.optim.AdamW(theirs, 0.1, weight_decay=decay, amsgrad=amsgrad, fused=True)
    ours.build(mine)
    for step in range(1, 11):
        for a, b in zip(mine, theirs, strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        ours.step()
        own.param_groups[0]["eps"] = 1e-3 / (1.0 - 0.999**step) ** 0.5
        own.step()
    for a, b in zip(mine, theirs, strict=True):
        assert torch.equal(a, b)


def test_all_variables_count_the_same_updates():
    a, b = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
    optimizer = optimizers.Adam()
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        optimizer.apply([torch.ones(1), None], [a, b])
    state = optimizer.torch_optimizer.state
    assert state[a]["step"].item() == state[b]["step"].item() == 1.0
