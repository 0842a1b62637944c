"""OneCycle, against torch."""

import pytest
import torch

from kerlite.optimizers.schedules import OneCycle, deserialize, serialize

OPTIONS = [
    {},
    {"pct_start": 0.5, "anneal_strategy": "linear"},
    {"three_phase": True},
    {"three_phase": True, "anneal_strategy": "linear", "pct_start": 0.4},
    {"div_factor": 10.0, "final_div_factor": 50.0},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("steps", [10, 37])
def test_rates_are_torchs(options, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.3, total_steps=steps, cycle_momentum=False, **options
    )
    ours = OneCycle(0.3, steps, **options)
    for step in range(steps):
        assert ours(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9, abs=1e-12)
        optimizer.step()
        if step < steps - 1:
            theirs.step()
    assert ours(steps + 100) == pytest.approx(ours(steps - 1))


def test_tensor_of_steps():
    ours = OneCycle(0.3, 20)
    assert ours(torch.arange(20)).tolist() == pytest.approx([ours(i) for i in range(20)])


def test_config_round_trip():
    config = serialize(OneCycle(0.3, 20, three_phase=True))
    assert serialize(deserialize(config)) == config


@pytest.mark.parametrize(
    "options",
    [
        {"total_steps": 1},
        {"pct_start": 1.5},
        {"pct_start": 0.7, "three_phase": True},
        {"anneal_strategy": "cosine"},
        {"div_factor": 0.0},
        {"final_div_factor": -1.0},
    ],
)
def test_refuses_bad_arguments(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        OneCycle(**{"max_learning_rate": 0.3, "total_steps": 20, **options})
