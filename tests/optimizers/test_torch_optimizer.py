"""torch's optimizers and schedulers, as they are."""

import copy
import functools
import json
import pickle

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from kerlite import optimizers
from kerlite.optimizers import TorchOptimizer

CLASSES = {
    "Adam": {"lr": 0.01},
    "AdamW": {"lr": 0.01, "fused": True},
    "SGD": {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01},
    "Adagrad": {},
    "RMSprop": {"centered": True},
    "NAdam": {},
    "Rprop": {},
}


def module_and_data():
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    return module, torch.randn(6, 16, 4)


def by_hand(module, optimizer, batches, scheduler=None):
    for batch in batches:
        optimizer.zero_grad(set_to_none=True)
        module(batch).square().mean().backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()


def trained(module, optimizer, batches):
    for batch in batches:
        optimizer.zero_grad()
        optimizer.scale_loss(module(batch).square().mean()).backward()
        optimizer.step()


def assert_equal(module, other):
    for mine, theirs in zip(module.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("form", ["instance", "class", "partial", "function"])
def test_bit_for_bit_the_loop_by_hand(name, form):
    module, batches = module_and_data()
    twin = copy.deepcopy(module)
    cls, options = getattr(torch.optim, name), CLASSES[name]
    by_hand(twin, cls(twin.parameters(), **options), batches)
    given = {
        "instance": lambda: cls(module.parameters(), **options),
        "class": lambda: cls,
        "partial": lambda: functools.partial(cls, **options),
        "function": lambda: lambda params: cls(params, **options),
    }[form]()
    optimizer = optimizers.get(given)
    if form == "class":
        optimizer.learning_rate = options.get("lr", 0.5)
        twin = copy.deepcopy(module)
        by_hand(twin, cls(twin.parameters(), lr=options.get("lr", 0.5)), batches)
    optimizer.build(module.parameters())
    trained(module, optimizer, batches)
    assert_equal(module, twin)
    assert optimizer.iterations == 6


def test_options_of_optimizer_hold_around_it():
    module, batches = module_and_data()
    twin = copy.deepcopy(module)
    own = torch.optim.Adam(twin.parameters(), lr=0.01)
    for pair in batches.split(2):
        own.zero_grad()
        for batch in pair:
            (twin(batch).square().mean() / 2).backward()
        torch.nn.utils.clip_grad_norm_(twin.parameters(), 0.1)
        own.step()
    optimizer = TorchOptimizer(
        torch.optim.Adam(module.parameters(), lr=0.01),
        global_clipnorm=0.1,
        gradient_accumulation_steps=2,
        loss_scale_factor=8.0,
        use_ema=True,
    )
    optimizer.build(module.parameters())
    trained(module, optimizer, batches)
    for mine, theirs in zip(module.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)
    before = module[0].weight.detach().clone()
    optimizer.finalize_variable_values(list(module.parameters()))
    assert not torch.equal(module[0].weight, before)


def test_an_optimizer_over_some_of_the_parameters_trains_these():
    module, batches = module_and_data()
    first = module[0].weight.detach().clone()
    optimizer = TorchOptimizer(torch.optim.SGD(module[2].parameters(), lr=0.1))
    optimizer.build(module.parameters())
    trained(module, optimizer, batches)
    assert torch.equal(module[0].weight, first)


def test_an_optimizer_over_parameters_of_another_model():
    module, _ = module_and_data()
    other, _ = module_and_data()
    optimizer = TorchOptimizer(torch.optim.SGD(other.parameters(), lr=0.1))
    with pytest.raises(ValueError, match=r"holds 4 parameters; 4 of them are not among the 4.*SGD"):
        optimizer.build(module.parameters())


def test_rates_are_read_and_set_and_scheduled():
    module, batches = module_and_data()
    optimizer = TorchOptimizer(torch.optim.SGD(module.parameters(), lr=0.5))
    assert optimizer.learning_rate == 0.5
    optimizer.learning_rate = 0.25
    assert optimizer.torch_optimizer.param_groups[0]["lr"] == 0.25
    optimizer.build(module.parameters())
    optimizer.learning_rate = optimizers.schedules.InverseTimeDecay(0.5, 1, 1.0)
    trained(module, optimizer, batches[:2])
    assert optimizer.torch_optimizer.param_groups[0]["lr"] == 0.25


@pytest.mark.parametrize(
    ("scheduler", "options", "per_step"),
    [
        (lr_scheduler.StepLR, {"step_size": 2, "gamma": 0.5}, False),
        (lr_scheduler.CosineAnnealingLR, {"T_max": 10}, False),
        (lr_scheduler.OneCycleLR, {"max_lr": 0.5, "total_steps": 20}, True),
        (lr_scheduler.CyclicLR, {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 3}, True),
    ],
)
def test_a_bare_scheduler_steps_as_torch_documents(scheduler, options, per_step):
    module, batches = module_and_data()
    twin = copy.deepcopy(module)
    own = torch.optim.SGD(twin.parameters(), lr=0.2, momentum=0.9)
    own_scheduler = scheduler(own, **options)
    ours = torch.optim.SGD(module.parameters(), lr=0.2, momentum=0.9)
    optimizer = optimizers.get(scheduler(ours, **options))
    optimizer.build(module.parameters())
    for _ in range(3):
        by_hand(twin, own, batches, own_scheduler if per_step else None)
        if not per_step:
            own_scheduler.step()
        trained(module, optimizer, batches)
        optimizer.epoch_end({"loss": 1.0})
        assert optimizer.learning_rate == own.param_groups[0]["lr"]
    assert_equal(module, twin)


def test_the_interval_can_be_chosen_and_schedulers_made_late():
    module, batches = module_and_data()
    make = functools.partial(lr_scheduler.ExponentialLR, gamma=0.5)
    optimizer = TorchOptimizer(functools.partial(torch.optim.SGD, lr=0.5), make, interval="step")
    optimizer.build(module.parameters())
    trained(module, optimizer, batches[:3])
    optimizer.epoch_end()
    assert optimizer.learning_rate == 0.5**4


def test_plateaus_are_seen_in_the_logs():
    module, batches = module_and_data()
    own = torch.optim.SGD(module.parameters(), lr=0.5)
    optimizer = optimizers.get(lr_scheduler.ReduceLROnPlateau(own, patience=0, factor=0.1))
    optimizer.build(module.parameters())
    trained(module, optimizer, batches[:1])
    optimizer.epoch_end({"loss": 1.0, "val_loss": 1.0})
    optimizer.epoch_end({"loss": 0.5, "val_loss": 2.0})
    assert optimizer.learning_rate == pytest.approx(0.05)
    with pytest.raises(ValueError, match=r"needs 'val_loss' or 'loss'.*received \['acc'\]"):
        optimizer.epoch_end({"acc": 1.0})


def test_building_again_for_other_parameters_keeps_state_and_scheduler():
    module, batches = module_and_data()
    optimizer = TorchOptimizer(torch.optim.Adam, lambda own: lr_scheduler.StepLR(own, 1))
    optimizer.build(module[2].parameters())
    trained(module, optimizer, batches)
    made, kept = optimizer.torch_optimizer, optimizer.torch_optimizer.state[module[2].weight]
    optimizer.build(module.parameters())
    assert optimizer.torch_optimizer is made
    assert made.state[module[2].weight] is kept
    before = module[0].weight.detach().clone()
    trained(module, optimizer, batches)
    assert not torch.equal(module[0].weight, before)


@pytest.mark.parametrize("options", [{}, {"use_ema": True, "gradient_accumulation_steps": 4}])
@pytest.mark.parametrize("way", ["state_dict", "store", "pickle"])
def test_state_is_kept(way, options):
    def make(module):
        factory = functools.partial(torch.optim.Adam, lr=0.01, amsgrad=True)
        optimizer = TorchOptimizer(
            factory, functools.partial(lr_scheduler.StepLR, step_size=1), **options
        )
        optimizer.build(module.parameters())
        return optimizer

    module, batches = module_and_data()
    optimizer = make(module)
    trained(module, optimizer, batches)
    if way == "pickle":
        twin, again = pickle.loads(pickle.dumps((module, optimizer)))
    else:
        twin = copy.deepcopy(module)
        again = make(twin)
    if way == "state_dict":
        optimizer.epoch_end()
        again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    elif way == "store":
        store = {}
        optimizer.save_own_variables(store)
        assert all(isinstance(value, np.ndarray) for value in store.values())
        again.load_own_variables(store)
    assert again.iterations == optimizer.iterations
    assert again.learning_rate == optimizer.learning_rate
    trained(module, optimizer, batches)
    trained(twin, again, batches)
    assert_equal(module, twin)


def test_a_state_of_torchs_own_is_loaded():
    module, batches = module_and_data()
    twin = copy.deepcopy(module)
    own = torch.optim.Adam(twin.parameters(), lr=0.03)
    by_hand(twin, own, batches)
    module.load_state_dict(twin.state_dict())
    optimizer = TorchOptimizer(torch.optim.Adam)
    optimizer.build(module.parameters())
    optimizer.load_state_dict(copy.deepcopy(own.state_dict()))
    by_hand(twin, own, batches)
    trained(module, optimizer, batches)
    assert_equal(module, twin)


def test_configs_of_torchs_own_classes():
    module, _ = module_and_data()
    given = torch.optim.AdamW(module.parameters(), lr=0.3, betas=(0.8, 0.9), weight_decay=0.2)
    optimizer = TorchOptimizer(given, clipnorm=2.0)
    plain = json.loads(json.dumps(optimizers.serialize(optimizer)))
    again = optimizers.deserialize(plain)
    again.build(module.parameters())
    group = again.torch_optimizer.param_groups[0]
    assert isinstance(again.torch_optimizer, torch.optim.AdamW)
    assert (group["lr"], tuple(group["betas"]), group["weight_decay"]) == (0.3, (0.8, 0.9), 0.2)
    assert again.clipnorm == 2.0
    for made_by in (torch.optim.SGD, functools.partial(torch.optim.SGD, lr=0.7)):
        config = TorchOptimizer(made_by).get_config()
        assert TorchOptimizer.from_config(config).get_config() == config
    config["optimizer"] = "os.system"
    with pytest.raises(ValueError, match=r"torch.optim has no optimizer 'os.system'"):
        TorchOptimizer.from_config(config)


def test_what_has_no_plain_form():
    module, _ = module_and_data()
    groups = [{"params": [p], "lr": 0.1 * i} for i, p in enumerate(module.parameters())]
    for given in (torch.optim.SGD(groups), lambda params: torch.optim.SGD(params)):
        with pytest.raises(TypeError, match=r"no plain form.*only the classes of torch.optim"):
            TorchOptimizer(given).get_config()
    with pytest.raises(TypeError, match="scheduler has no plain form"):
        TorchOptimizer(torch.optim.SGD, lambda own: lr_scheduler.StepLR(own, 1)).get_config()


def test_bad_arguments():
    module, _ = module_and_data()
    own = torch.optim.SGD(module.parameters())
    with pytest.raises(ValueError, match=r"Expected a torch.optim optimizer.*optimizer='adam'"):
        TorchOptimizer("adam")
    with pytest.raises(ValueError, match="Pass `weight_decay` to the torch optimizer"):
        TorchOptimizer(own, weight_decay=0.1)
    with pytest.raises(ValueError, match=r"'epoch', 'step' or None. Received: interval='batch'"):
        TorchOptimizer(own, interval="batch")
    with pytest.raises(ValueError, match=r"Expected a scheduler of torch.*scheduler=3"):
        TorchOptimizer(own, 3)
    other = torch.optim.SGD(module.parameters())
    with pytest.raises(ValueError, match="StepLR was made for another optimizer"):
        TorchOptimizer(own, lr_scheduler.StepLR(other, 1)).build(module.parameters())
    with pytest.raises(ValueError, match="should be float"):
        TorchOptimizer(own).learning_rate = "fast"
