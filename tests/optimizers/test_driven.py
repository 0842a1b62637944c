"""What torch and its tools see of a kerlite optimizer."""

import copy

import pytest
import torch
from torch.optim import lr_scheduler

from kerlite import optimizers
from kerlite.optimizers import base, driven
from tests.optimizers.oracle import apply, gradients_of, kerlite_variables, values

MAKERS = {
    "sgd": lambda: optimizers.SGD(0.1, weight_decay=0.1),
    "sgd-momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "sgd-nesterov": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.1),
    "adamw": lambda: optimizers.AdamW(0.1, amsgrad=True, weight_decay=0.1),
    "rmsprop": lambda: optimizers.RMSprop(0.1),
}


def one():
    return torch.nn.Parameter(torch.ones(1))


@pytest.mark.parametrize("name", MAKERS)
def test_without_fused_kernels_the_numbers_are_the_same(name, monkeypatch):
    def train():
        variables, optimizer = kerlite_variables(), MAKERS[name]()
        for step in range(6):
            if step == 4:
                optimizer.learning_rate = 0.03
            apply(optimizer, gradients_of(step), variables)
        return variables

    expected = train()
    for module in (driven, base):
        monkeypatch.setattr(module, "is_fusable", lambda param: False)
    for mine, other in zip(train(), expected, strict=True):
        torch.testing.assert_close(mine.detach(), other.detach())


def test_devices_and_types_with_fused_kernels():
    assert driven.is_fusable(torch.zeros(1))
    assert driven.is_fusable(torch.zeros(1, dtype=torch.bfloat16))
    assert not driven.is_fusable(torch.zeros(1, device="meta"))
    assert not driven.is_fusable(torch.zeros(1, dtype=torch.int32))


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_mixed_number_types(name, dtype):
    a, b = torch.nn.Parameter(torch.ones(3)), torch.nn.Parameter(torch.ones(3, dtype=dtype))
    optimizer = MAKERS[name]()
    optimizer.global_clipnorm = 1.0
    for _ in range(3):
        optimizer.apply([torch.ones(3), torch.ones(3)], [a, b])
    torch.testing.assert_close(a.detach(), b.detach().float(), atol=1e-2, rtol=1e-2)
    assert b.dtype == dtype


def test_torch_sees_its_own_classes_state_and_groups():
    weight = one()
    for optimizer, cls in (
        (optimizers.SGD(0.1, momentum=0.9), torch.optim.SGD),
        (optimizers.AdamW(0.1), torch.optim.Adam),
        (optimizers.RMSprop(0.1), torch.optim.Optimizer),
    ):
        optimizer.build([weight])
        assert isinstance(optimizer.torch_optimizer, cls)
        assert optimizer.torch_optimizer.param_groups[0]["lr"] == 0.1
        assert set(optimizer.state_dict()) == {"state", "param_groups", "iterations"}


@pytest.mark.parametrize(
    ("make", "make_torch"),
    [
        (lambda: optimizers.SGD(0.1, momentum=0.9), lambda p: torch.optim.SGD(p, 0.5, 0.9)),
        (
            lambda: optimizers.AdamW(0.1, epsilon=0.0, weight_decay=0.2),
            lambda p: torch.optim.AdamW(p, fused=True),
        ),
    ],
)
def test_state_goes_to_torchs_own_optimizer_and_back(make, make_torch):
    variables, optimizer = kerlite_variables(), make()
    for step in range(3):
        apply(optimizer, gradients_of(step), variables)
    params = [torch.nn.Parameter(v.detach().clone()) for v in variables]
    own = make_torch(params)
    own.load_state_dict(copy.deepcopy(optimizer.state_dict()))  # torch would share it
    back, again = kerlite_variables(), make()
    for mine, other in zip(back, variables, strict=True):
        mine.assign(other.detach())
    again.build(back)
    again.load_state_dict(own.state_dict())
    for step in range(3, 6):
        for param, gradient in zip(params, gradients_of(step), strict=True):
            param.grad = torch.tensor(gradient)
        own.step()
        apply(optimizer, gradients_of(step), variables)
        apply(again, gradients_of(step), back)
    for mine, theirs, other in zip(variables, params, back, strict=True):
        torch.testing.assert_close(mine.detach(), theirs.detach())
        torch.testing.assert_close(mine.detach(), other.detach())


def test_hooks_see_every_step():
    weight, optimizer, seen = one(), optimizers.SGD(0.5), []
    optimizer.build([weight])
    before = optimizer.torch_optimizer.register_step_pre_hook(lambda *_: seen.append("before"))
    after = optimizer.torch_optimizer.register_step_post_hook(lambda *_: seen.append("after"))
    optimizer.apply([torch.ones(1)])
    before.remove()
    after.remove()
    optimizer.apply([torch.ones(1)])
    assert seen == ["before", "after"]
    assert weight.item() == 0.0


def test_a_profiler_sees_the_step():
    weight, optimizer = one(), optimizers.Adam()
    optimizer.apply([torch.ones(1)], [weight])
    with torch.profiler.profile() as profile:
        optimizer.apply([torch.ones(1)])
    assert any(event.key.startswith("Optimizer.step#") for event in profile.key_averages())


def test_torchs_step_is_the_whole_step_and_takes_a_closure():
    weight, optimizer = one(), optimizers.SGD(0.5, clipvalue=1.0)
    optimizer.build([weight])

    def closure():
        optimizer.zero_grad()
        loss = 4 * weight.sum()
        loss.backward()
        return loss

    assert optimizer.torch_optimizer.step(closure).item() == 4.0
    assert weight.item() == 0.5
    assert optimizer.iterations == 1


def test_a_torch_scheduler_over_it_sets_the_rate():
    weight, optimizer = one(), optimizers.SGD(0.5)
    optimizer.build([weight])
    scheduler = lr_scheduler.StepLR(optimizer.torch_optimizer, 1, 0.5)
    optimizer.apply([torch.ones(1)])
    scheduler.step()
    optimizer.apply([torch.ones(1)])
    assert weight.item() == 0.25
    assert optimizer.learning_rate == 0.25


def test_rates_of_groups_keep_their_ratios():
    own = torch.optim.SGD([{"params": [one()], "lr": 0.1}, {"params": [one()], "lr": 0.3}])
    driven.write_rate(own, 0.2)
    assert [group["lr"] for group in own.param_groups] == pytest.approx([0.2, 0.6])
    own = torch.optim.Adam([one()], lr=torch.tensor(0.1), capturable=False)
    tensor = own.param_groups[0]["lr"]
    driven.write_rate(own, 0.5)
    assert own.param_groups[0]["lr"] is tensor
    assert tensor.item() == 0.5


def test_loading_through_torch_is_in_place():
    variables, optimizer = kerlite_variables(), optimizers.Adam(0.1)
    apply(optimizer, gradients_of(0), variables)
    state = optimizer.torch_optimizer.state_dict()
    again, others = optimizers.Adam(0.1), kerlite_variables()
    again.build(others)
    slot = again.torch_optimizer.state[others[0]]["exp_avg"]
    again.torch_optimizer.load_state_dict(state)
    assert again.iterations == 1
    assert again.torch_optimizer.state[others[0]]["exp_avg"] is slot
    for mine, other in zip(others, variables, strict=True):
        mine.assign(other.detach())
    apply(again, gradients_of(1), others)
    apply(optimizer, gradients_of(1), variables)
    for mine, other in zip(others, variables, strict=True):
        assert (values(mine) == values(other)).all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", MAKERS)
def test_cuda_gives_the_cpus_numbers(name):
    results = []
    for device in ("cpu", "cuda"):
        params = [torch.nn.Parameter(v.detach().to(device)) for v in kerlite_variables()]
        optimizer = MAKERS[name]()
        optimizer.clipnorm = 1.0
        for step in range(4):
            apply(optimizer, gradients_of(step), params)
        results.append([param.detach().cpu() for param in params])
    for one_of_cpu, other in zip(*results, strict=True):
        torch.testing.assert_close(one_of_cpu, other)
