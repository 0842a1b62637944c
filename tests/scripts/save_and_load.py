"""Saving: whole models, weights, configurations, custom objects, checkpoints while training."""

import warnings
from pathlib import Path

import keras
import numpy as np
import torch
from keras import layers

rng = np.random.default_rng(0)
test_input = rng.random((128, 32)).astype("float32")
test_target = rng.random((128, 1)).astype("float32")


def get_model():
    inputs = keras.Input(shape=(32,))
    outputs = keras.layers.Dense(1)(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(), loss="mean_squared_error", metrics=["mae"])
    return model


model = get_model()
model.fit(test_input, test_target, verbose=0)
model.save("my_model.keras")
reconstructed = keras.models.load_model("my_model.keras")
np.testing.assert_allclose(
    model.predict(test_input, verbose=0), reconstructed.predict(test_input, verbose=0), rtol=1e-5
)
a = model.fit(test_input, test_target, shuffle=False, verbose=0).history
b = reconstructed.fit(test_input, test_target, shuffle=False, verbose=0).history
np.testing.assert_allclose(a["loss"], b["loss"], rtol=1e-5)  # the optimizer's state came along


@keras.saving.register_keras_serializable()
class CustomLayer(keras.layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return {"factor": self.factor}


@keras.saving.register_keras_serializable(package="my_package", name="custom_fn")
def custom_fn(x):
    return torch.tanh(x) ** 2


def get_custom():
    inputs = keras.Input(shape=(4,))
    mid = CustomLayer(0.5)(inputs)
    outputs = keras.layers.Dense(1, activation=custom_fn)(mid)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="rmsprop", loss="mean_squared_error")
    return model


custom = get_custom()
custom.save("custom_model.keras")
again = keras.models.load_model("custom_model.keras")
data = rng.random((4, 4)).astype("float32")
np.testing.assert_allclose(
    custom.predict(data, verbose=0), again.predict(data, verbose=0), atol=1e-6
)


# custom objects that are not registered
class Doubled(keras.layers.Layer):
    def call(self, x):
        return 2 * x


def swishy(x):
    return x * torch.sigmoid(x)


plain = keras.Sequential([keras.Input((4,)), Doubled(), layers.Dense(2, activation=swishy)])
plain.save("plain.keras")
try:
    keras.models.load_model("plain.keras")
    unregistered = "loads"
except (TypeError, ValueError):
    unregistered = "does not load"
objects = {"Doubled": Doubled, "swishy": swishy}
first = keras.models.load_model("plain.keras", custom_objects=objects)
with keras.saving.custom_object_scope(objects):
    second = keras.models.load_model("plain.keras")
    third = plain.__class__.from_config(plain.get_config())
for loaded in (first, second):
    np.testing.assert_allclose(
        loaded.predict(data, verbose=0), plain.predict(data, verbose=0), atol=1e-6
    )


# a subclassed model
@keras.saving.register_keras_serializable(package="ComplexModels")
class CustomModel(keras.Model):
    def __init__(self, units=8, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden = layers.Dense(units, activation="relu")
        self.blocks = [layers.Dense(units) for _ in range(2)]
        self.out = layers.Dense(1)

    def call(self, x):
        x = self.hidden(x)
        for block in self.blocks:
            x = x + block(x)
        return self.out(x)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


subclassed = CustomModel(6)
subclassed.compile("sgd", "mse")
subclassed.fit(data, data[:, :1], verbose=0)
subclassed.save("subclassed.keras")
back = keras.models.load_model("subclassed.keras")
np.testing.assert_allclose(
    subclassed.predict(data, verbose=0), back.predict(data, verbose=0), atol=1e-6
)

# weights alone
warnings.filterwarnings("ignore", "Skipping variable loading")
model.save_weights("ckpt.weights.h5")
other = get_model()
other.load_weights("ckpt.weights.h5")
for x, y in zip(model.get_weights(), other.get_weights(), strict=True):
    np.testing.assert_array_equal(x, y)
subclassed.save_weights("sub.weights.h5")
fresh = CustomModel(6)
fresh(data)
fresh.load_weights("sub.weights.h5")

# configurations
json_config = model.to_json()
from_json = keras.models.model_from_json(json_config)
config = layers.Dense(
    3, activation="relu", kernel_regularizer=keras.regularizers.L1(0.1)
).get_config()
new_layer = layers.Dense.from_config(config)
serialized = keras.layers.serialize(layers.Dense(2, name="x"))
deserialized = keras.layers.deserialize(serialized)

# in fit
callbacks = [
    keras.callbacks.ModelCheckpoint(
        filepath="at_{epoch}_{val_loss:.2f}.keras", save_best_only=False, monitor="val_loss"
    ),
    keras.callbacks.CSVLogger("log.csv"),
    keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None),
    keras.callbacks.TerminateOnNaN(),
    keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.5),
]
history = model.fit(
    test_input, test_target, epochs=3, validation_split=0.2, callbacks=callbacks, verbose=0
)
files = sorted(path.name.split("_")[1] for path in Path().glob("at_*.keras"))
resumed = keras.models.load_model(next(Path().glob("at_3_*.keras")))
header = Path("log.csv").read_text().splitlines()

results = {
    "unregistered": unregistered,
    "registered": [again.layers[1].factor, again.layers[2].activation.__name__],
    "config": [new_layer.units, sorted(config), new_layer.kernel_regularizer.get_config()],
    "json": [from_json.count_params(), from_json.built],
    "deserialized": [serialized["class_name"], deserialized.name],
    "files": files,
    "csv": [header[:1], len(header)],
    "rate": [history.history["learning_rate"], float(resumed.optimizer.learning_rate)],
    "fresh": float(abs(fresh.get_weights()[0] - subclassed.get_weights()[0]).max()),
    "compiled": [back.compiled, resumed.compiled, type(resumed.optimizer).__name__],
    "third": [layer.__class__.__name__ for layer in third.layers],
}
