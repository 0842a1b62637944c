"""Making layers by subclassing: weights, nesting, add_loss, training and config, in one walk."""

import warnings

import keras
import numpy as np
import torch


class Linear(keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer="random_normal",
            trainable=True,
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return torch.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


class EagerLinear(keras.layers.Layer):
    def __init__(self, units=32, input_dim=32):
        super().__init__()
        self.w = self.add_weight(
            shape=(input_dim, units), initializer="random_normal", trainable=True
        )
        self.b = self.add_weight(shape=(units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return torch.matmul(inputs, self.w) + self.b


x = torch.ones((2, 2))
linear_layer = EagerLinear(4, 2)
y = linear_layer(x)
assert linear_layer.weights == [linear_layer.w, linear_layer.b]

lazy = Linear(4)
before = [lazy.built, len(lazy.weights)]
assert lazy(x).shape == (2, 4)
after = [lazy.built, len(lazy.weights)]


class ComputeSum(keras.layers.Layer):
    def __init__(self, input_dim):
        super().__init__()
        self.total = self.add_weight(initializer="zeros", shape=(input_dim,), trainable=False)

    def call(self, inputs):
        self.total.assign_add(torch.sum(inputs, dim=0))
        return self.total


my_sum = ComputeSum(2)
first = my_sum(x).numpy().copy()
second = my_sum(x).numpy().copy()


class MLPBlock(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.linear_1 = Linear(32)
        self.linear_2 = Linear(32)
        self.linear_3 = Linear(1)

    def call(self, inputs):
        x = self.linear_1(inputs)
        x = torch.relu(x)
        x = self.linear_2(x)
        x = torch.relu(x)
        return self.linear_3(x)


mlp = MLPBlock()
mlp(torch.ones((3, 64)))
counts = [len(mlp.weights), len(mlp.trainable_weights)]


class ActivityRegularizationLayer(keras.layers.Layer):
    def __init__(self, rate=1e-2):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * torch.mean(inputs))
        return inputs


class OuterLayer(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.activity_reg = ActivityRegularizationLayer(1e-2)

    def call(self, inputs):
        return self.activity_reg(inputs)


outer = OuterLayer()
losses = [len(outer.losses)]
outer(torch.zeros((1, 1)))
losses.append(len(outer.losses))
outer(torch.zeros((1, 1)))
losses.append(len(outer.losses))


class OuterLayerWithKernelRegularizer(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(
            32, kernel_regularizer=keras.regularizers.l2(1e-3), kernel_initializer="ones"
        )

    def call(self, inputs):
        return self.dense(inputs)


regularized = OuterLayerWithKernelRegularizer()
regularized(torch.zeros((1, 4)))
penalty = [float(loss.detach()) for loss in regularized.losses]

# add_loss in fit, with and without a compiled loss
inputs = keras.Input(shape=(3,))
outputs = ActivityRegularizationLayer()(inputs)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="mse")
warnings.simplefilter("ignore")  # there are no weights to train
data = np.linspace(0, 1, 6).reshape(2, 3)
with_loss = model.fit(data, data * 2, verbose=0).history
model.compile(optimizer="adam")
without_loss = model.fit(data, data, verbose=0).history

warnings.resetwarnings()

# configuration
layer = Linear(64, name="linear_8")
config = layer.get_config()
new_layer = Linear.from_config(config)


class CustomDropout(keras.layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs, training=None):
        if training:
            return torch.nn.functional.dropout(inputs, self.rate)
        return inputs


dropout = CustomDropout(0.5)
assert float(dropout(torch.ones(1000), training=True).max()) == 2.0
assert float(dropout(torch.ones(1000)).max()) == 1.0
assert float(keras.Sequential([dropout])(torch.ones(10, 100), training=True).max()) == 2.0

results = {
    "lazy": [before, after],
    "sums": [first.tolist(), second.tolist(), len(my_sum.weights), len(my_sum.trainable_weights)],
    "counts": counts,
    "losses": losses,
    "penalty": penalty,
    "fit": [with_loss, without_loss],
    "config": [new_layer.units, new_layer.name, sorted(config)],
}
