"""Metrics that layers and models own and update themselves, as Keras 3 code does, are logged."""

import keras
import numpy as np
import pytest

import kerlite
from tests.training.twins import CLOSE, compare_histories, twins

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(22, 4)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def watching(k):
    """Return a layer that keeps means of what goes through it, in an attribute and in a list."""

    class Watch(k.layers.Layer):
        def __init__(self, label, **kwargs):
            super().__init__(**kwargs)
            self.mean = k.metrics.Mean(name=f"mean_of_{label}")
            self.others = [k.metrics.Mean(name=f"size_of_{label}")]

        def call(self, inputs):
            self.mean.update_state(inputs)
            for metric in self.others:
                metric.update_state(abs(inputs))
            return inputs

    return Watch


def functional(k):
    Watch = watching(k)
    inputs = k.Input((4,))
    x = Watch("inputs")(inputs)
    x = Watch("hidden")(k.layers.Dense(8, activation="tanh")(x))
    return k.Model(inputs, k.layers.Dense(1)(x))


def sequential(k):
    Watch = watching(k)
    inner = k.Sequential([k.layers.Dense(3), Watch("inner")])
    return k.Sequential([k.Input((4,)), inner, Watch("outer"), k.layers.Dense(1)])


def subclassed(k):
    Watch = watching(k)

    class Own(k.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.watch = k.layers.Dense(1), Watch("outputs")
            self.seen = k.metrics.Mean(name="seen")

        def call(self, inputs):
            self.seen.update_state(inputs)
            return self.watch(self.dense(inputs))

    model = Own()
    model.predict(X[:1], verbose=0)
    return model


@pytest.mark.parametrize("build", [functional, sequential, subclassed])
def test_metrics_of_layers_are_logged_and_start_anew_each_epoch_as_in_keras(build):
    histories, evaluated = [], []
    for k, model in zip((kerlite, keras), twins(build), strict=True):
        model.compile(k.optimizers.SGD(0.05), "mse", metrics=["mae"])
        given = {"batch_size": 8, "verbose": 0}
        history = model.fit(X, Y, epochs=3, shuffle=False, validation_data=(X[:9], Y[:9]), **given)
        histories.append(history)
        evaluated.append(model.evaluate(X, Y, return_dict=True, **given))
    compare_histories(*histories)
    ours, theirs = evaluated
    assert list(ours) == list(theirs)
    np.testing.assert_allclose(list(ours.values()), list(map(float, theirs.values())), **CLOSE)


def test_what_layers_counted_is_what_went_through():
    model = functional(kerlite)
    model.compile("sgd", "mse")
    logs = model.fit(X, Y, batch_size=8, verbose=0, epochs=2).history
    np.testing.assert_allclose(logs["mean_of_inputs"], [X.mean()] * 2, atol=1e-6)
    np.testing.assert_allclose(logs["size_of_inputs"], [abs(X).mean()] * 2, rtol=1e-6)


def test_a_metric_of_a_train_step_is_logged():
    class Own(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = kerlite.layers.Dense(1)
            self.distance = kerlite.metrics.Mean(name="distance")

        def call(self, inputs):
            return self.dense(inputs)

        @property
        def metrics(self):
            return [self.distance]

        def train_step(self, data):
            x, y = data
            loss = (self(x, training=True) - y).abs().mean()
            self.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.distance.update_state(loss.detach(), sample_weight=len(x))
            return {metric.name: metric.result() for metric in self.metrics}

    model = Own()
    model.compile(optimizer="sgd")
    history = model.fit(X, Y, batch_size=8, epochs=2, verbose=0).history
    assert list(history) == ["distance"]
    assert model.distance.count.item() == 22
