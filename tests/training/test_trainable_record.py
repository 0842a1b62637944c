"""Changing `trainable` after compile: it counts at the next fit, is told once, leaves nothing."""

import pickle
import warnings

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers

X = np.linspace(-1, 1, 80, dtype="float32").reshape(20, 4)
Y = X.sum(1, keepdims=True)


def network(optimizer="sgd"):
    model = kerlite.Sequential([
        kerlite.Input((4,)),
        layers.Dense(3, name="low"),
        layers.Dense(1, name="high"),
    ])  # fmt: skip
    model.compile(optimizer, "mse")
    return model


def fit(model, **options):
    return model.fit(X, Y, verbose=0, **options)


def test_told_once_then_silent():
    model = network()
    fit(model)
    model.get_layer("low").trainable = False
    with pytest.warns(UserWarning, match=r"2 weights \(low.*frozen and 0 weights are trained"):
        fit(model)
    fit(model)
    model.trainable = True
    model.get_layer("high").trainable = False
    with pytest.warns(UserWarning, match=r"2 weights \(high.*frozen and 2 weights \(low.*trained"):
        fit(model)


def test_told_before_the_first_fit_too():
    model = network()
    model.get_layer("low").trainable = False
    with pytest.warns(UserWarning, match=r"changed after compile\(\).*Call compile\(\)"):
        fit(model)


def test_the_warning_points_at_the_caller():
    model = network()
    model.get_layer("low").trainable = False
    with pytest.warns(UserWarning, match="was changed") as caught:
        model.fit(X, Y, verbose=0)
    assert caught[0].filename == __file__


def test_silent_after_compile_there_and_back_and_for_a_callback():
    model = network()
    model.get_layer("low").trainable = False
    model.compile("sgd", "mse")
    fit(model)
    model.get_layer("low").trainable = True
    model.get_layer("low").trainable = False
    fit(model)
    model.trainable = True
    model.compile("sgd", "mse")
    tuner = kerlite.callbacks.FineTune(1, lr_mult=1)
    fit(model, epochs=2, callbacks=[tuner])
    fit(model, epochs=2, callbacks=[kerlite.callbacks.FineTune(1, lr_mult=1)])


def test_silent_for_a_model_that_was_not_built():
    model = kerlite.Sequential([layers.Dense(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.layers[0].trainable = False
    fit(model)


def test_told_by_a_trainer_of_a_plain_module():
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 1))
    trainer = kerlite.Trainer(module)
    trainer.compile("sgd", "mse")
    module[0].weight.requires_grad_(False)
    with pytest.warns(UserWarning, match=r"1 weight \(0\.weight\) is frozen"):
        trainer.fit(X, Y, verbose=0)


@pytest.mark.parametrize("name", ["adam", "rmsprop", "lion"])
@pytest.mark.filterwarnings("ignore:`trainable` was changed")
def test_slots_follow(name):
    options = {"gradient_accumulation_steps": 2, "use_ema": True}
    optimizer = kerlite.optimizers.get({"class_name": name, "config": options})
    model = network(optimizer)
    fit(model)
    everything = {variable.path for variable in optimizer.variables}
    kept = dict(optimizer.torch_optimizer.state[model.get_layer("high").weight])
    model.get_layer("low").trainable = False
    fit(model)
    held = {variable.path for variable in optimizer.variables}
    assert held == {path for path in everything if "low" not in path}
    assert list(optimizer.torch_optimizer.state) == list(model.get_layer("high").parameters())
    now = optimizer.torch_optimizer.state[model.get_layer("high").weight]
    assert all(kept[key] is now[key] for key in ("exp_avg", "momentum") if key in kept)
    model.trainable = True
    fit(model)
    assert {variable.path for variable in optimizer.variables} == everything


@pytest.mark.filterwarnings("ignore:`trainable` was changed")
def test_slots_of_a_layer_that_joins_again_begin_at_zero():
    model = network(kerlite.optimizers.SGD(0.01, momentum=0.9))
    low = model.get_layer("low")
    fit(model)
    assert model.optimizer.torch_optimizer.state[low.weight]["momentum_buffer"].any()
    low.trainable = False
    fit(model)
    low.trainable = True
    model.trainer._steps.train()  # makes the slots, without a step
    slots = model.optimizer.torch_optimizer.state[low.weight]
    assert not any(slot.any() for slot in slots.values() if isinstance(slot, torch.Tensor))


@pytest.mark.filterwarnings("ignore:`trainable` was changed")
@pytest.mark.parametrize("optimizer", ["adam", torch.optim.AdamW])
def test_gradients_of_frozen_weights_are_freed(optimizer):
    model = network(optimizer)
    fit(model)
    model.get_layer("low").trainable = False
    fit(model)
    assert all(weight.grad is None for weight in model.get_layer("low").parameters())


def test_a_copy_has_nothing_to_tell():
    model = network()
    fit(model)
    model.get_layer("low").trainable = False
    twin = pickle.loads(pickle.dumps(model))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(twin)
