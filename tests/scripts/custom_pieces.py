"""Custom losses, activations, initializers, regularizers, constraints, layers and schedules."""

import keras
import numpy as np
import torch
from sklearn.datasets import load_diabetes

X, y = load_diabetes(return_X_y=True)
X = (X / X.std(axis=0)).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")
X_train, X_valid, y_train, y_valid = X[:300], X[300:], y[:300], y[300:]
input_shape = X_train.shape[1:]


def huber_fn(y_true, y_pred):
    error = y_true - y_pred
    is_small_error = torch.abs(error) < 1
    squared_loss = torch.square(error) / 2
    linear_loss = torch.abs(error) - 0.5
    return torch.where(is_small_error, squared_loss, linear_loss)


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        self.threshold = threshold
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        is_small_error = torch.abs(error) < self.threshold
        squared_loss = torch.square(error) / 2
        linear_loss = self.threshold * torch.abs(error) - self.threshold**2 / 2
        return torch.where(is_small_error, squared_loss, linear_loss)

    def get_config(self):
        base_config = super().get_config()
        return {**base_config, "threshold": self.threshold}


def my_softplus(z):
    return torch.log(1.0 + torch.exp(z))


def my_constant_initializer(shape, dtype=None):
    values = np.random.default_rng(0).normal(0, 0.2, shape)
    return torch.tensor(values, dtype=torch.float32)


def my_l1_regularizer(weights):
    return torch.sum(torch.abs(0.01 * weights))


def my_positive_weights(weights):
    return torch.where(weights < 0.0, torch.zeros_like(weights), weights)


class MyL1Regularizer(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, weights):
        return torch.sum(torch.abs(self.factor * weights))

    def get_config(self):
        return {"factor": self.factor}


def build(loss, regularizer):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Dense(30, activation="selu", kernel_initializer=my_constant_initializer),
            keras.layers.Dense(
                1,
                activation=my_softplus,
                kernel_regularizer=regularizer,
                kernel_constraint=my_positive_weights,
                kernel_initializer=my_constant_initializer,
            ),
        ]
    )
    model.compile(loss=loss, optimizer=keras.optimizers.SGD(0.01), metrics=["mae"])
    return model


histories = []
for loss, regularizer in ((huber_fn, my_l1_regularizer), (HuberLoss(2.0), MyL1Regularizer(0.01))):
    model = build(loss, regularizer)
    fitted = model.fit(
        X_train, y_train, epochs=2, shuffle=False, verbose=0, validation_data=(X_valid, y_valid)
    )
    histories.append(fitted.history)
    assert np.min(model.get_weights()[2]) >= 0


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        metric = huber_fn(y_true, y_pred)
        self.total.assign(self.total + torch.sum(metric))
        self.count.assign(self.count + metric.numel())

    def result(self):
        return self.total / self.count

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


m = HuberMetric(2.0, name="huber")
first = float(m(torch.tensor([[2.0]]), torch.tensor([[10.0]])))
second = float(m(torch.tensor([[0.0], [5.0]]), torch.tensor([[1.0], [9.25]])))
m.reset_state()
states = [float(v) for v in m.variables]


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, batch_input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=[batch_input_shape[-1], self.units],
            initializer=my_constant_initializer,
        )
        self.bias = self.add_weight(name="bias", shape=[self.units], initializer="zeros")
        super().build(batch_input_shape)

    def call(self, X):
        return self.activation(X @ self.kernel + self.bias)

    def compute_output_shape(self, batch_input_shape):
        return (*batch_input_shape[:-1], self.units)

    def get_config(self):
        base_config = super().get_config()
        return {
            **base_config,
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }


class MyGaussianNoise(keras.layers.Layer):
    def __init__(self, stddev, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev

    def call(self, X, training=False):
        if training:
            return X + torch.randn_like(X) * self.stddev
        return X


class ResidualBlock(keras.layers.Layer):
    def __init__(self, n_layers, n_neurons, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [MyDense(n_neurons, activation="elu") for _ in range(n_layers)]

    def call(self, inputs):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        return inputs + Z


class ResidualRegressor(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = MyDense(30, activation="elu")
        self.block1 = ResidualBlock(2, 30)
        self.noise = MyGaussianNoise(0.0)
        self.block2 = ResidualBlock(2, 30)
        self.out = MyDense(output_dim)

    def call(self, inputs):
        Z = self.hidden1(inputs)
        for _ in range(3):
            Z = self.block1(Z)
        Z = self.noise(Z)
        Z = self.block2(Z)
        return self.out(Z)


model = ResidualRegressor(1)
model.compile(loss="mse", optimizer=keras.optimizers.SGD(1e-4, clipnorm=1.0))
residual = model.fit(X_train, y_train, epochs=2, shuffle=False, verbose=0).history
model.summary()


class ReconstructingRegressor(keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [MyDense(30, activation="selu") for _ in range(2)]
        self.out = MyDense(output_dim)
        self.reconstruction_mean = keras.metrics.Mean(name="reconstruction_error")

    def build(self, batch_input_shape):
        n_inputs = batch_input_shape[-1]
        self.reconstruct = MyDense(n_inputs)
        super().build(batch_input_shape)

    def call(self, inputs, training=False):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        reconstruction = self.reconstruct(Z)
        recon_loss = torch.mean(torch.square(reconstruction - inputs))
        self.add_loss(0.05 * recon_loss)
        if training:
            self.reconstruction_mean.update_state(recon_loss.detach())
        return self.out(Z)


model = ReconstructingRegressor(1)
model.compile(loss="mse", optimizer=keras.optimizers.SGD(1e-3))
reconstructing = model.fit(X_train, y_train, epochs=2, shuffle=False, verbose=0).history


class MCDropout(keras.layers.Dropout):
    def call(self, inputs):
        return super().call(inputs, training=True)


keras.utils.set_random_seed(0)
uncertain = keras.Sequential([keras.Input(input_shape), MCDropout(0.5), keras.layers.Dense(1)])
samples = np.stack([uncertain.predict(X_valid[:5], verbose=0) for _ in range(20)])
assert samples.std(axis=0).min() > 0
plain = keras.Sequential([keras.Input(input_shape), keras.layers.Dropout(0.5)])
assert np.allclose(plain.predict(X_valid, verbose=0), X_valid)
dropped = plain(X_valid, training=True)
assert 0.3 < float((dropped == 0).float().mean()) < 0.7


# learning rates: per batch, by schedule, found by growing
class ExponentialLearningRate(keras.callbacks.Callback):
    def __init__(self, factor):
        self.factor = factor
        self.rates = []
        self.losses = []

    def on_batch_end(self, batch, logs=None):
        lr = self.model.optimizer.learning_rate.numpy() * self.factor
        self.rates.append(float(lr))
        self.losses.append(logs["loss"])
        self.model.optimizer.learning_rate = lr


expon = ExponentialLearningRate(1.1)
model = build("mse", None)
model.fit(X_train, y_train, epochs=1, shuffle=False, verbose=0, callbacks=[expon])


class MySchedule(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.01 / (1 + step)


model = build("mse", None)
model.compile(loss="mse", optimizer=keras.optimizers.SGD(MySchedule()), metrics=["mae"])
scheduled = model.fit(X_train, y_train, epochs=1, shuffle=False, verbose=0).history

results = {
    "histories": histories,
    "metric": [first, second, states, sorted(m.get_config())],
    "residual": residual,
    "reconstructing": reconstructing,
    "rates": expon.rates,
    "losses": expon.losses,
    "scheduled": scheduled,
    "weights": len(model.weights),
}
