import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.callbacks import Callback, FineTune, LambdaCallback
from kerlite.optimizers import SGD, LossScaleOptimizer
from tests.callbacks import small


def _deep(optimizer="sgd"):
    """A nested base of three layers with weights, frozen as Keras's guides do, and a head."""
    kerlite.utils.set_random_seed(0)
    base = kerlite.Sequential([
        kerlite.Input((4,)), layers.Dense(6, name="a"), layers.BatchNormalization(name="b"),
        layers.Dense(6, name="c"),
    ], name="base")  # fmt: skip
    base.trainable = False
    half = "mixed_float16" if isinstance(optimizer, LossScaleOptimizer) else None
    top = layers.Dense(1, name="top", dtype=half)
    model = kerlite.Sequential([kerlite.Input((4,)), base, top])
    model.compile(optimizer, "mse")
    return model


class _Changes(Callback):
    """Notes which layers' weights change in each epoch."""

    def __init__(self, layers):
        super().__init__()
        self.layers, self.epochs = layers, []

    def on_epoch_begin(self, epoch, logs=None):
        self.before = [[w.detach().clone() for w in one.parameters()] for one in self.layers]

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append([
            any(not torch.equal(w, old) for w, old in zip(one.parameters(), before, strict=True))
            for one, before in zip(self.layers, self.before, strict=True)
        ])  # fmt: skip


def test_blocks_join_from_the_top_down(capsys):
    model = _deep()
    base = model.get_layer("base")
    changes = _Changes([*(base.get_layer(name) for name in "abc"), model.get_layer("top")])
    tuner = FineTune(unfreeze_at=[1, 2, 4], lr_mult=0.5, verbose=1)
    moving = []
    note = LambdaCallback(
        on_epoch_end=lambda epoch, logs: moving.append(base.get_layer("b").running_mean.clone())
    )
    model.fit(*small.data(), epochs=5, verbose=0, callbacks=[changes, tuner, note])
    no, yes = False, True
    assert changes.epochs == [
        [no, no, no, yes], [no, no, yes, yes], [no, yes, yes, yes], [no, yes, yes, yes],
        [yes, yes, yes, yes],
    ]  # fmt: skip
    assert torch.equal(moving[0], moving[1])  # frozen, it does not move
    assert not torch.equal(moving[1], moving[2])
    assert capsys.readouterr().out.splitlines()[0] == "Epoch 2: 2 layers are trained from here on."


@pytest.mark.parametrize("wraps", [False, True], ids=["plain", "scaled"])
def test_rates_are_discriminative_and_follow_the_optimizer_s(wraps):
    optimizer = LossScaleOptimizer(SGD(0.8)) if wraps else SGD(0.8)
    model = _deep(optimizer)
    model.fit(*small.data(), epochs=3, verbose=0, callbacks=FineTune([1, 2], lr_mult=0.5))
    expected = {"top": 0.8, "c": 0.4, "b": 0.4, "a": 0.2}  # three layers: blocks of two and one

    def rates():
        owner = {
            id(param): layer.name
            for layer in [*model.get_layer("base").layers, model.get_layer("top")]
            for param in layer.parameters()
        }
        groups = optimizer.torch_optimizer.param_groups
        return {owner[id(param)]: group["lr"] for group in groups for param in group["params"]}

    one, other = dict(expected), dict(expected, b=0.2)
    assert rates() in (pytest.approx(one), pytest.approx(other))
    optimizer.learning_rate = 0.08
    assert rates()["a"] == pytest.approx(0.02)


def test_one_step_with_a_multiplier_is_that_of_a_smaller_rate():
    x, y = small.data(32)
    model, twin = small.model(SGD(0.1)), small.model(SGD(0.05))
    model.fit(x, y, batch_size=32, verbose=0, callbacks=FineTune(0, lr_mult=0.5))
    twin.fit(x, y, batch_size=32, verbose=0)
    torch.testing.assert_close(model.get_layer("low").weight, twin.get_layer("low").weight)
    assert not torch.equal(model.get_layer("top").weight, twin.get_layer("top").weight)


def test_an_optimizer_that_was_built_and_slots_that_are_kept():
    model, data = small.model("adam"), small.data()
    model.fit(*data, verbose=0)
    tuner = FineTune(1)
    model.fit(*data, epochs=2, verbose=0, callbacks=tuner)
    assert model.optimizer.torch_optimizer.param_groups[1]["lr"] == pytest.approx(1e-4)
    assert model.optimizer.iterations == 6
    model.fit(*data, epochs=1, verbose=0, callbacks=tuner)  # again: the head alone
    assert not model.get_layer("low").trainable


def test_a_trainer_of_a_torch_module():
    trainer = small.trainer("sgd")
    low = trainer.module[0]
    before = low.weight.detach().clone()
    tuner = FineTune(2)
    trainer.fit(*small.data(), epochs=2, verbose=0, callbacks=tuner)
    assert torch.equal(low.weight, before)
    trainer.fit(*small.data(), epochs=3, verbose=0, callbacks=tuner)
    assert not torch.equal(low.weight, before)
    assert trainer.optimizer.torch_optimizer.param_groups[1]["lr"] == pytest.approx(0.001)


def test_torch_optimizers_take_no_groups_but_may_be_unfrozen():
    model = small.model(torch.optim.Adam)
    with pytest.raises(ValueError, match="lr_mult=1"):
        model.fit(*small.data(), verbose=0, callbacks=FineTune(1))
    model.fit(*small.data(), epochs=2, verbose=0, callbacks=FineTune(1, lr_mult=1))
    assert model.get_layer("low").trainable


def test_state_goes_over():
    model = small.model()
    first = FineTune(1)
    model.fit(*small.data(), epochs=2, verbose=0, callbacks=first)
    second = FineTune(1)
    second.set_model(model)
    second.on_train_begin()
    assert not model.get_layer("low").trainable
    second.load_state_dict({"stage": 1})
    assert model.get_layer("low").trainable


def test_what_cannot_be_is_refused():
    for bad in ([], [3, 1], [-1]):
        with pytest.raises(ValueError, match="unfreeze_at"):
            FineTune(bad)
    with pytest.raises(ValueError, match="head=0"):
        FineTune(1, head=0)
    with pytest.raises(ValueError, match="unfreeze 2 blocks below a head of 1 layers"):
        small.model().fit(*small.data(), verbose=0, callbacks=FineTune([1, 2]))
    model = small.model(SGD(groups={"low": {"learning_rate_multiplier": 0.3}}))
    with pytest.raises(ValueError, match="groups of its own"):
        model.fit(*small.data(), verbose=0, callbacks=FineTune(1))
    assert np.isfinite(model.evaluate(*small.data(), verbose=0))
