"""Customizing what happens in fit(), the torch way: train_step and test_step of one's own."""

import keras
import numpy as np
import torch

rng = np.random.default_rng(0)
x = rng.random((320, 32))
y = rng.random((320, 1))
start = [rng.normal(0, 0.3, (32, 1)), rng.normal(0, 0.3, (1,))]


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        loss.backward()
        trainable_weights = list(self.trainable_weights)
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss.detach())
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


def build(cls):
    inputs = keras.Input(shape=(32,))
    outputs = keras.layers.Dense(1)(inputs)
    model = cls(inputs, outputs)
    model.set_weights(start)
    return model


model = build(CustomModel)
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(x, y, epochs=3, shuffle=False, verbose=0).history


class LowLevelModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_metric = keras.metrics.MeanAbsoluteError(name="mae")
        self.loss_fn = keras.losses.MeanSquaredError()

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.loss_fn(y, y_pred)
        loss.backward()
        trainable_weights = list(self.trainable_weights)
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        self.loss_tracker.update_state(loss.detach())
        self.mae_metric.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae_metric]


low = build(LowLevelModel)
low.compile(optimizer="adam")
low_history = low.fit(x, y, epochs=3, shuffle=False, verbose=0).history


class WeightedModel(keras.Model):
    def train_step(self, data):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            sample_weight = None
            x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        loss.backward()
        trainable_weights = list(self.trainable_weights)
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss.detach())
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        x, y = data
        y_pred = self(x, training=False)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


weighted = build(WeightedModel)
weighted.compile(optimizer="adam", loss="mse", metrics=["mae"])
sw = rng.random((320, 1))
weighted_history = weighted.fit(x, y, sample_weight=sw, epochs=3, shuffle=False, verbose=0).history
evaluated = weighted.evaluate(x, y, verbose=0, return_dict=True)


# keras's own step, and a compute_loss of one's own
class CustomLoss(keras.Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = torch.mean((y_pred - y) ** 2) + 0.01 * torch.sum(torch.abs(self.layers[-1].kernel))
        self.seen = training
        return loss


custom = build(CustomLoss)
custom.compile(optimizer=keras.optimizers.SGD(0.01), metrics=["mae"])
custom_history = custom.fit(
    x, y, epochs=2, shuffle=False, verbose=0, validation_data=(x, y)
).history


class NoisyPrediction(keras.Model):
    def predict_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self(x, training=False) + 100


predicted = build(NoisyPrediction).predict(x, verbose=0)

results = {
    "history": history,
    "low": low_history,
    "weighted": weighted_history,
    "evaluated": evaluated,
    "custom": custom_history,
    "seen": custom.seen,
    "predicted": [list(predicted.shape), float(predicted.sum())],
    "weights": [w.sum() for w in model.get_weights()],
}
