"""What comes back after an interruption besides what the kill tests look at."""

import numpy as np
import pytest
import torch
import torchmetrics

import kerlite
from kerlite import callbacks, layers
from kerlite.callbacks import StateKeeper
from kerlite.core import random
from kerlite.saving.plain import pack, unpack
from kerlite.training import run

X = np.random.RandomState(0).randn(30, 4).astype("float32")
KIND = (X[:, 0] > 0).astype("int64")


class InMemory(StateKeeper):
    """Keeps the state after some number of saves, and then raises."""

    source = "memory"

    def __init__(self, after=None, state=None):
        super().__init__()
        self.left, self.state = after, state

    def resume_point(self):
        return self.state

    def is_due(self):
        return self.left is not None

    def keep_state(self, state):
        self.left -= 1
        if self.left == 0:
            plain, tensors = pack(state)
            self.state = unpack(plain, {name: one.clone() for name, one in tensors.items()})
            raise KeyboardInterrupt


def interrupted(make, fit, after):
    """Return what training leaves that was interrupted once."""
    random.set_random_seed(1)
    keeper = InMemory(after)
    with pytest.raises(KeyboardInterrupt):
        fit(make(), [keeper])
    random.set_random_seed(1)
    model = make()
    return model, fit(model, [InMemory(state=keeper.state)])


def check(make, fit, after=5):
    random.set_random_seed(1)
    expected = make()
    history = fit(expected, []).history
    model, found = interrupted(make, fit, after)
    assert found.history == history
    for a, b in zip(expected.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    return expected, model


def classifier():
    return kerlite.Sequential([kerlite.Input((4,)), layers.Dense(3, "softmax")])


def fit_arrays(model, hooks, **arguments):
    return model.fit(X, KIND, batch_size=5, epochs=2, verbose=0, callbacks=hooks, **arguments)


@pytest.mark.filterwarnings("ignore:No positive samples")
def test_metrics_of_torchmetrics():
    def make():
        model = classifier()
        collection = torchmetrics.MetricCollection([
            torchmetrics.classification.MulticlassAccuracy(3),
            torchmetrics.classification.MulticlassF1Score(3),
        ])  # fmt: skip
        metrics = [
            torchmetrics.classification.MulticlassAUROC(3, thresholds=None), collection, "accuracy"
        ]  # fmt: skip
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=metrics)
        return model

    check(make, fit_arrays, 3)
    check(make, fit_arrays, 8)


def test_metrics_of_ones_own():
    class Listed(kerlite.metrics.Metric):
        def __init__(self):
            super().__init__(name="listed")
            self.reset_state()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.count += 1
            self.values.append(y_pred.detach().mean())

        def result(self):
            return torch.stack(self.values).sum() * self.count if self.values else 0.0

        def reset_state(self):
            self.count, self.values = 0, []

    def make():
        model = classifier()
        auc = kerlite.metrics.SparseCategoricalAccuracy()
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=[Listed(), auc])
        return model

    check(make, fit_arrays, 4)


class Adversaries(kerlite.Model):
    """Two optimizers of its own, neither built before the first step."""

    def __init__(self):
        super().__init__()
        self.one, self.two = layers.Dense(3), layers.Dense(4)

    def compile(self, one, two):
        super().compile()
        self.first, self.second = one, two

    def call(self, inputs):
        return self.two(self.one(inputs))

    def train_step(self, data):
        x, _ = data
        loss = ((self(x) - x) ** 2).mean()
        self.zero_grad()
        loss.backward()
        for layer, optimizer in ((self.one, self.first), (self.two, self.second)):
            if isinstance(optimizer, torch.optim.Optimizer):
                optimizer.step()
            else:
                optimizer.apply([w.grad for w in layer.parameters()], list(layer.parameters()))
        return {"loss": loss.detach()}


def test_optimizers_of_ones_own():
    def make():
        model = Adversaries()
        model.build((None, 4))
        second = torch.optim.Adam(model.two.parameters(), 0.05)
        model.compile(kerlite.optimizers.Adam(0.1), second)
        return model

    one, two = check(make, fit_arrays)
    assert two.first.iterations == one.first.iterations == 12


def test_layers_that_are_unfrozen_on_the_way():
    class Unfreeze(callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.layers[0].trainable = True

    def make():
        model = kerlite.Sequential([
            kerlite.Input((4,)), layers.Dense(4, "relu"), layers.Dense(3, "softmax")
        ])  # fmt: skip
        model.layers[0].trainable = False
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    def fit(model, hooks):
        return model.fit(X, KIND, 5, 3, verbose=0, callbacks=[*hooks, Unfreeze()])

    for after in (4, 6, 9, 14):
        check(make, fit, after)


def test_a_stateful_layer():
    def make():
        model = kerlite.Sequential([
            kerlite.Input(batch_shape=(5, 2, 2)),
            layers.LSTM(3, stateful=True, dropout=0.2, seed=1), layers.Dense(1),
        ])  # fmt: skip
        model.compile("sgd", "mse")
        return model

    def fit(model, hooks):
        return model.fit(X.reshape(30, 2, 2), KIND, 5, 2, verbose=0, callbacks=hooks)

    check(make, fit, 3)


def test_hooks_are_called_once_and_from_where_it_goes_on():
    calls = []

    class Listen(callbacks.Callback):
        def on_train_begin(self, logs=None):
            calls.append("train")

        def on_epoch_begin(self, epoch, logs=None):
            calls.append(f"epoch {epoch}")

        def on_train_batch_begin(self, batch, logs=None):
            calls.append(batch)

        def on_epoch_end(self, epoch, logs=None):
            calls.append("end")

    def make():
        model = classifier()
        model.compile("sgd", "sparse_categorical_crossentropy", steps_per_execution=2)
        return model

    def fit(model, hooks):
        calls.clear()
        return fit_arrays(model, [*hooks, Listen()])

    check(make, fit, 1)
    assert calls == ["train", "epoch 0", 2, 4, "end", "epoch 1", 0, 2, 4, "end"]
    check(make, fit, 3)
    assert calls == ["train", "epoch 1", 0, 2, 4, "end"]


def test_an_end_that_was_asked_for_stays_one():
    def make():
        model = classifier()
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    def fit(model, hooks):
        stopper = callbacks.EarlyStopping("loss", patience=0, baseline=0.0, min_delta=9.0)
        return model.fit(X, KIND, 5, 9, verbose=0, callbacks=[*hooks, stopper])

    check(make, fit, 12)  # after the second epoch, the last one


def test_without_a_keeper_nothing_is_captured(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("captured")

    for name in ("random_state", "describe_script", "trainer_state", "sample_of"):
        monkeypatch.setattr(run, name, refuse)
    model = classifier()
    model.compile("sgd", "sparse_categorical_crossentropy")
    fit_arrays(model, [], validation_data=(X, KIND))
    with pytest.raises(AssertionError, match="captured"):
        fit_arrays(model, [InMemory(1)])


def test_an_unbuilt_model_whose_data_is_no_sample():
    class Own(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs["x"].data)

    class Packed:
        def __init__(self, data):
            self.data = data

        def to(self, *args, **kwargs):
            return self

    def stream():
        while True:
            yield {"x": Packed(torch.ones(2, 3))}, torch.ones(2, 1)

    def make():
        model = Own()
        model.compile("sgd", "mse")
        return model

    keeper = InMemory(2)
    model = make()
    model.trainer._track = lambda loss, x: None
    with pytest.raises(KeyboardInterrupt):
        model.fit(stream(), steps_per_epoch=5, verbose=0, callbacks=[keeper])
    again = make()
    with pytest.raises(ValueError, match=r"The model has not been built.*build\(input_shape\)"):
        again.fit(stream(), steps_per_epoch=5, verbose=0, callbacks=[InMemory(state=keeper.state)])
