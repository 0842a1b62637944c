"""Losses and metrics of the user's own: used in training, stored with the model, and restored."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers, losses, metrics
from kerlite.saving import register_keras_serializable

RNG = np.random.default_rng(0)
X = RNG.normal(size=(22, 4)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


@register_keras_serializable("own")
class Close(metrics.Metric):
    """How many predictions are within a distance, and the largest error, as Keras code has it."""

    def __init__(self, distance=1.0, name="close", **kwargs):
        super().__init__(name=name, **kwargs)
        self.distance = distance
        self.right = self.add_weight(name="right", initializer="zeros")
        self.seen = self.add_variable(shape=(), initializer="zeros", name="seen")
        self.worst = self.add_variable((2,), "zeros", name="worst")

    def update_state(self, y_true, y_pred, sample_weight=None):
        right = (y_true - y_pred).abs() < self.distance
        if sample_weight is not None:
            right = right * sample_weight[:, None]
        self.right.assign_add(right.sum())
        self.seen.assign(self.seen + len(y_pred))
        self.worst[0].copy_(torch.maximum(self.worst[0], (y_true - y_pred).abs().max()))

    def result(self):
        return {"share": self.right / self.seen, "worst": self.worst[0]}

    def reset_state(self):
        for variable in self.variables:
            variable.assign(torch.zeros(variable.shape))


@register_keras_serializable("own")
class Power(losses.Loss):
    def __init__(self, power=2.0, **kwargs):
        super().__init__(**kwargs)
        self.power = power

    def call(self, y_true, y_pred):
        return ((y_true - y_pred).abs() ** self.power).mean(-1)


@register_keras_serializable("own")
def spread_of(y_true, y_pred):
    return y_pred - y_true.mean()


def model():
    kerlite.utils.set_random_seed(0)
    return kerlite.Sequential([kerlite.Input((4,)), layers.Dense(1)])


def test_they_are_used_and_start_anew_each_epoch():
    trained = model()
    trained.compile(kerlite.optimizers.SGD(0.0), Power(3.0), metrics=[Close(0.7), spread_of])
    history = trained.fit(X, Y, batch_size=8, epochs=2, verbose=0).history
    error = abs(Y - trained.predict(X, verbose=0))
    assert list(history) == ["loss", "share", "spread_of", "worst"]
    np.testing.assert_allclose(history["share"], [(error < 0.7).mean()] * 2, rtol=1e-6)
    np.testing.assert_allclose(history["worst"], [error.max()] * 2, rtol=1e-6)
    np.testing.assert_allclose(history["loss"], [(error**3).mean()] * 2, rtol=1e-5)


def test_they_come_back_with_the_model(tmp_path):
    first = model()
    first.compile("adam", Power(3.0), metrics=[Close(0.7), spread_of], weighted_metrics=[Close()])
    first.fit(X, Y, verbose=0)
    first.save(tmp_path / "own.keras")
    again = kerlite.saving.load_model(tmp_path / "own.keras")
    weight = np.arange(22.0, dtype="float32")
    expected = first.evaluate(X, Y, sample_weight=weight, verbose=0, return_dict=True)
    assert again.evaluate(X, Y, sample_weight=weight, verbose=0, return_dict=True) == pytest.approx(
        expected
    )
    assert len(expected) == 4


def test_they_go_by_their_registered_names():
    for name, cls in (("own>Close", Close), ("own>Power", Power)):
        found = metrics.get(name) if cls is Close else losses.get(name)
        assert isinstance(found, cls)
    trained = model()
    trained.compile("sgd", "own>Power", metrics=["own>Close", "own>spread_of"])
    assert "own>spread_of" in trained.fit(X, Y, verbose=0).history


def test_merging_and_state_dict_work_for_them_too():
    y_true, y_pred = torch.tensor(Y), torch.tensor(Y) + torch.linspace(0, 2, 22)[:, None]
    whole, first, second = Close(), Close(), Close()
    whole.update_state(y_true, y_pred)
    first.update_state(y_true[:9], y_pred[:9])
    second.load_state_dict(Close().state_dict())
    second.update_state(y_true[9:], y_pred[9:])
    first.merge_state([second])
    torch.testing.assert_close(first.result()["share"], whole.result()["share"])
