"""Training and evaluation with the built-in methods: losses, metrics, weights, data sources."""

import math

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

data, target = load_digits(return_X_y=True)
data = (data / 16).astype("float32")
x_train, y_train, x_val, y_val = data[:900], target[:900], data[900:1200], target[900:1200]
x_test, y_test = data[1200:], target[1200:]
rng = np.random.default_rng(0)
start = [rng.normal(0, 0.2, s) for s in ((64, 64), (64,), (64, 64), (64,), (64, 10), (10,))]


def get_uncompiled_model():
    inputs = keras.Input(shape=(64,), name="digits")
    x = layers.Dense(64, activation="relu", name="dense_1")(inputs)
    x = layers.Dense(64, activation="relu", name="dense_2")(x)
    outputs = layers.Dense(10, activation="softmax", name="predictions")(x)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.set_weights(start)
    return model


def get_compiled_model():
    model = get_uncompiled_model()
    model.compile(
        optimizer="rmsprop",
        loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_accuracy"],
    )
    return model


def custom_mean_squared_error(y_true, y_pred):
    return torch.mean(torch.square(y_true - y_pred), dim=-1)


class CustomMSE(keras.losses.Loss):
    def __init__(self, regularization_factor=0.1, name="custom_mse"):
        super().__init__(name=name)
        self.regularization_factor = regularization_factor

    def call(self, y_true, y_pred):
        mse = torch.mean(torch.square(y_true - y_pred), dim=-1)
        reg = torch.mean(torch.square(0.5 - y_pred), dim=-1)
        return mse + reg * self.regularization_factor


class CategoricalTruePositives(keras.metrics.Metric):
    def __init__(self, name="categorical_true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.true_positives = self.add_variable(shape=(), name="ctp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = torch.reshape(torch.argmax(y_pred, dim=1), (-1, 1))
        values = y_true.reshape(-1, 1).to(torch.int32) == y_pred.to(torch.int32)
        values = values.to(torch.float32)
        if sample_weight is not None:
            values = values * sample_weight.reshape(-1, 1)
        self.true_positives.assign_add(torch.sum(values))

    def result(self):
        return self.true_positives

    def reset_state(self):
        self.true_positives.assign(0.0)


histories = {}
y_one_hot = keras.utils.to_categorical(y_train, 10)
for name, loss in [("function", custom_mean_squared_error), ("object", CustomMSE())]:
    model = get_uncompiled_model()
    model.compile(optimizer=keras.optimizers.Adam(), loss=loss)
    fitted = model.fit(x_train, y_one_hot, batch_size=64, epochs=1, shuffle=False, verbose=0)
    histories[name] = fitted.history

model = get_uncompiled_model()
model.compile(
    optimizer=keras.optimizers.RMSprop(learning_rate=1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=[CategoricalTruePositives(), "acc"],
)
fitted = model.fit(x_train, y_train, batch_size=64, epochs=3, shuffle=False, verbose=0)
histories["metric"] = fitted.history


class MetricLoggingLayer(layers.Layer):
    def call(self, inputs):
        self.add_loss(torch.sum(inputs) * 1e-4)
        return inputs


class LogisticEndpoint(layers.Layer):
    """Takes targets as an input, and adds its own loss."""

    def __init__(self, name=None):
        super().__init__(name=name)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def call(self, targets, logits, sample_weights=None):
        self.add_loss(self.loss_fn(targets, logits, sample_weights))
        return torch.softmax(logits, dim=-1)


inputs = keras.Input(shape=(64,), name="inputs")
targets = keras.Input(shape=(1,), name="targets")
logits = layers.Dense(10)(MetricLoggingLayer()(inputs))
predictions = LogisticEndpoint(name="predictions")(targets, logits)
endpoint = keras.Model(inputs=[inputs, targets], outputs=predictions)
endpoint.set_weights([np.full((64, 10), 0.01), np.zeros(10)])
endpoint.compile(optimizer="adam")
fitted = endpoint.fit(
    {"inputs": x_train, "targets": y_train}, shuffle=False, verbose=0, batch_size=100
)
histories["endpoint"] = fitted.history

# validation, class and sample weights
histories["split"] = (
    get_compiled_model()
    .fit(x_train, y_train, batch_size=64, validation_split=0.2, shuffle=False, verbose=0)
    .history
)
class_weight = dict.fromkeys(range(10), 1.0)
class_weight[5] = 2.0
histories["class_weight"] = (
    get_compiled_model()
    .fit(x_train, y_train, class_weight=class_weight, batch_size=64, shuffle=False, verbose=0)
    .history
)
sample_weight = np.ones(shape=(len(y_train),))
sample_weight[y_train == 5] = 2.0
histories["sample_weight"] = (
    get_compiled_model()
    .fit(x_train, y_train, sample_weight=sample_weight, batch_size=64, shuffle=False, verbose=0)
    .history
)
assert np.isclose(histories["class_weight"]["loss"], histories["sample_weight"]["loss"])


# a PyDataset, a DataLoader, a generator
class ExamplePyDataset(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size = x, y, batch_size

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, idx):
        low = idx * self.batch_size
        high = min(low + self.batch_size, len(self.x))
        return self.x[low:high], self.y[low:high]


train_py = ExamplePyDataset(x_train, y_train, batch_size=32)
val_py = ExamplePyDataset(x_val, y_val, batch_size=32)
model = get_compiled_model()
fitted = model.fit(
    train_py, batch_size=None, epochs=1, validation_data=val_py, shuffle=False, verbose=0
)
histories["py_dataset"] = fitted.history
histories["py_dataset evaluate"] = model.evaluate(val_py, verbose=0, return_dict=True)

train_torch = torch.utils.data.TensorDataset(torch.from_numpy(x_train), torch.from_numpy(y_train))
loader = torch.utils.data.DataLoader(train_torch, batch_size=32, shuffle=False)
fitted = get_compiled_model().fit(loader, epochs=1, validation_data=(x_val, y_val), verbose=0)
histories["loader"] = fitted.history


def batches():
    while True:
        for first in range(0, 896, 32):
            yield x_train[first : first + 32], y_train[first : first + 32]


fitted = get_compiled_model().fit(batches(), steps_per_epoch=10, epochs=2, verbose=0)
histories["generator"] = fitted.history

# several outputs: metrics per output, weights per loss
image_input = keras.Input(shape=(8, 8, 3), name="img_input")
row_input = keras.Input(shape=(20, 10), name="ts_input")
x1 = layers.GlobalMaxPooling2D()(layers.Conv2D(3, 3)(image_input))
x2 = layers.Lambda(lambda t: torch.amax(t, dim=1))(layers.Dense(3)(row_input))
x = layers.concatenate([x1, x2])
score_output = layers.Dense(1, name="score_output")(x)
class_output = layers.Dense(5, name="class_output")(x)
model = keras.Model(inputs=[image_input, row_input], outputs=[score_output, class_output])
model.set_weights([rng.normal(0, 0.2, w.shape) for w in model.get_weights()])
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "score_output": keras.losses.MeanSquaredError(),
        "class_output": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    metrics={
        "score_output": [
            keras.metrics.MeanAbsolutePercentageError()
            if hasattr(keras.metrics, "MeanAbsolutePercentageError")
            else "mape",
            keras.metrics.MeanAbsoluteError(),
        ],
        "class_output": [keras.metrics.CategoricalAccuracy()],
    },
    loss_weights={"score_output": 2.0, "class_output": 1.0},
)
img, ts = rng.random((100, 8, 8, 3)), rng.random((100, 20, 10))
score, classes = rng.random((100, 1)), np.eye(5)[rng.integers(0, 5, 100)]
fitted = model.fit([img, ts], [score, classes], batch_size=32, shuffle=False, verbose=0)
histories["outputs"] = fitted.history
fitted = model.fit(
    {"img_input": img, "ts_input": ts},
    {"score_output": score, "class_output": classes},
    batch_size=32, shuffle=False, verbose=0,
)  # fmt: skip
histories["dicts"] = fitted.history
again = keras.Model(inputs=model.inputs, outputs=model.outputs)
again.compile(
    optimizer="sgd",
    loss=[keras.losses.MeanSquaredError(), keras.losses.CategoricalCrossentropy(from_logits=True)],
)
fitted = again.fit([img, ts], [score, classes], batch_size=32, shuffle=False, verbose=0)
histories["lists"] = fitted.history
again.compile(optimizer="sgd", loss=[None, keras.losses.CategoricalCrossentropy(from_logits=True)])
fitted = again.fit([img, ts], [score, classes], batch_size=32, shuffle=False, verbose=0)
histories["one loss"] = fitted.history

# callbacks and a schedule
model = get_compiled_model()
stopping = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=1e-2, patience=2, verbose=1)
fitted = model.fit(
    x_train, y_train, epochs=20, batch_size=64, callbacks=[stopping], validation_split=0.2,
    shuffle=False, verbose=0,
)  # fmt: skip
histories["stopping"] = [len(fitted.epoch), stopping.stopped_epoch]
lr_schedule = keras.optimizers.schedules.ExponentialDecay(
    0.01, decay_steps=10, decay_rate=0.96, staircase=True
)
model = get_uncompiled_model()
model.compile(
    keras.optimizers.RMSprop(learning_rate=lr_schedule), "sparse_categorical_crossentropy"
)
model.set_weights(start)
histories["schedule"] = model.fit(x_train, y_train, shuffle=False, verbose=0).history
histories["rate"] = float(model.optimizer.learning_rate)

results = histories
