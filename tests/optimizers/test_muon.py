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
        {"exclude_layers": ["dense", "w0"], "exclude_embeddings": False, "adam_beta_1": 0.5},
        {"nesterov": False, "rms_rate": None, "momentum": 0.5, "adam_lr_ratio": 0.3},
        {"ns_steps": 2, "muon_a": 1.5, "muon_b": -0.5, "muon_c": 0.0, "adam_weight_decay": None},
        {"adam_beta_2": 0.9, "epsilon": 0.1, "weight_decay": None},
    ],
    ids=str,
)
def test_as_keras(check, arguments):
    check("Muon", arguments)


def test_steps_are_nearly_orthogonal_and_adam_takes_the_rest():
    torch.manual_seed(0)
    kernel, bias = (torch.nn.Parameter(torch.zeros(shape)) for shape in ((8, 4), (4,)))
    optimizer = optimizers.Muon(1.0, rms_rate=None)
    optimizer.apply([torch.randn(8, 4), torch.tensor([1.0, -2.0, 3.0, -4.0])], [kernel, bias])
    assert torch.linalg.svdvals(kernel.detach()).sub(1.0).abs().max() < 0.4
    assert bias.tolist() == pytest.approx([-1.0, 1.0, -1.0, 1.0], rel=1e-4)
    groups = [
        (group["adam"], len(group["params"])) for group in optimizer.torch_optimizer.param_groups
    ]
    assert groups == [(False, 1), (True, 1)]


def test_parts_that_keras_has():
    optimizer = optimizers.Muon()
    assert optimizer.lr_adjust(torch.ones(4, 9))[0, 0].item() == pytest.approx(0.6)
    assert optimizer.transpose_last_axis(torch.ones(2, 3, 4)).shape == (2, 4, 3)
    x = torch.randn(5, 3)
    transposed = optimizer.zeropower_via_newtonschulz5(x.mT, 5)
    assert torch.allclose(optimizer.zeropower_via_newtonschulz5(x, 5), transposed.mT)
    with pytest.raises(ValueError, match=r"Expected a matrix.*shape \(3,\)"):
        optimizer.zeropower_via_newtonschulz5(torch.ones(3), 5)


def test_only_vectors():
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = optimizers.Muon(0.5, adam_weight_decay=None)
    optimizer.apply([torch.ones(3)], [weight])
    optimizer.learning_rate = 0.25
    optimizer.apply([torch.ones(3)])
    assert weight.tolist() == pytest.approx([0.25] * 3, rel=1e-4)


@pytest.mark.parametrize("wrong", ["dense", ["("], [3]])
def test_exclude_layers_that_are_no_patterns(wrong):
    with pytest.raises(ValueError, match="`exclude_layers` must"):
        optimizers.Muon(exclude_layers=wrong)
