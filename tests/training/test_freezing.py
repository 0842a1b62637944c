"""Frozen layers: neither weights nor running statistics move."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from tests.training.twins import samples

X, NUMBER, KIND, WEIGHT = samples()


def network():
    return kerlite.Sequential([
        kerlite.Input((4,)),
        layers.Dense(6, name="first"),
        layers.BatchNormalization(name="norm"),
        layers.Dense(1, name="last"),
    ])  # fmt: skip


def trained(model, optimizer=None):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model.compile(optimizer or kerlite.optimizers.SGD(0.1), "mse")
    model.fit(X, NUMBER, batch_size=10, epochs=2, verbose=0)
    after = model.state_dict()
    return {name for name in before if not torch.equal(before[name], after[name])}


def test_everything_moves_if_nothing_is_frozen():
    model = network()
    names = {name for name in model.state_dict() if "num_batches" not in name}
    assert names <= trained(model)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda model: kerlite.optimizers.Adam(0.1, weight_decay=0.1),
        lambda model: torch.optim.AdamW,
        lambda model: torch.optim.AdamW(model.parameters(), weight_decay=0.1),
    ],
)
def test_frozen_layers_stay(optimizer):
    model = network()
    model.get_layer("first").trainable = False
    model.get_layer("norm").trainable = False
    moved = trained(model, optimizer(model))
    assert moved == {"last.weight", "last.bias"}


def test_changing_trainable_between_fits():
    model = network()
    model.get_layer("first").trainable = False
    moved = trained(model)
    assert "first.weight" not in moved
    assert "norm.running_mean" in moved
    model.get_layer("first").trainable = True
    model.get_layer("last").trainable = False
    moved = trained(model)
    assert "first.weight" in moved
    assert "last.weight" not in moved


@pytest.mark.filterwarnings("ignore:`trainable` was changed after compile")
def test_changing_trainable_without_compiling_again():
    model = network()
    model.compile(kerlite.optimizers.Adam(0.1), "mse")
    model.fit(X, NUMBER, batch_size=10, verbose=0)
    model.get_layer("last").trainable = False
    before = model.get_weights()
    model.fit(X, NUMBER, batch_size=10, verbose=0)
    names = [weight.path for weight in model.weights]
    moved = {
        path for path, a, b in zip(names, before, model.get_weights(), strict=True)
        if not np.array_equal(a, b)
    }  # fmt: skip
    assert not any("last" in path for path in moved)
    assert any("first" in path for path in moved)
    model.get_layer("last").trainable = True
    before = model.get_weights()
    model.fit(X, NUMBER, batch_size=10, verbose=0)
    assert not np.array_equal(before[-1], model.get_weights()[-1])


def test_a_frozen_model_inside_another():
    base = network()
    base.trainable = False
    inputs = kerlite.Input((4,))
    model = kerlite.Model(inputs, layers.Dense(1, name="head")(base(inputs)))
    assert trained(model) == {"head.weight", "head.bias"}


def test_a_model_with_nothing_to_train_is_measured():
    model = network()
    model.trainable = False
    before = model.get_weights()
    model.compile("sgd", "mse", metrics=["mae"])
    with pytest.warns(UserWarning, match=r"no trainable weights.*Set trainable = True"):
        history = model.fit(X, NUMBER, batch_size=50, epochs=2, verbose=0)
    expected = model.evaluate(X, NUMBER, batch_size=50, verbose=0)
    assert [history.history[name][-1] for name in ("loss", "mae")] == pytest.approx(expected)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_frozen_parameters_of_a_plain_module():
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 1))
    module[0].requires_grad_(False)
    before = module[0].weight.clone()
    trainer = kerlite.Trainer(module)
    trainer.compile(torch.optim.Adam(module.parameters(), lr=0.1), "mse")
    trainer.fit(X, NUMBER, verbose=0)
    assert torch.equal(before, module[0].weight)
