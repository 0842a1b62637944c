"""Searching hyperparameters as tuners do: many models built, trained, and one kept."""

import itertools

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
x_train, y_train, x_val, y_val = x[:600], y[:600], x[600:900], y[600:900]


class HyperParameters:
    def __init__(self, **values):
        self.values = values

    def get(self, name):
        return self.values[name]


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Input((64,)))
    for i in range(hp.get("layers")):
        model.add(
            layers.Dense(units=hp.get("units"), activation=hp.get("activation"), name=f"hidden_{i}")
        )
    if hp.get("dropout"):
        model.add(layers.Dropout(rate=0.25))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.get(
            {"class_name": "adam", "config": {"learning_rate": hp.get("lr")}}
        ),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


best, trials = None, []
space = itertools.product((1, 2), (16, 32), ("relu", "tanh"), (True, False), (1e-2,))
for n_layers, units, activation, dropout, lr in space:
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    hp = HyperParameters(
        layers=n_layers, units=units, activation=activation, dropout=dropout, lr=lr
    )
    model = build_model(hp)
    history = model.fit(
        x_train, y_train, epochs=3, batch_size=64, validation_data=(x_val, y_val), verbose=0,
        callbacks=[keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)],
    )  # fmt: skip
    score = max(history.history["val_accuracy"])
    trials.append([model.layers[-1].name, model.name, model.count_params(), len(model.layers)])
    if best is None or score > best[0]:
        best = score, hp, model.get_weights()
assert best[0] > 0.8, best[0]

# train the best again, on everything, and from where it was
model = build_model(best[1])
model.set_weights(best[2])
before = model.evaluate(x_val, y_val, verbose=0)[1]
assert np.isclose(before, best[0], atol=1e-6)
resumed = model.fit(
    x, y, epochs=5, initial_epoch=3, batch_size=128, verbose=0, validation_split=0.1
)

# the same seed, the same model
runs = []
for _ in range(2):
    keras.utils.set_random_seed(7)
    twin = build_model(best[1])
    twin.fit(x_train, y_train, epochs=1, verbose=0)
    runs.append(twin.predict(x_val[:4], verbose=0))
assert np.allclose(runs[0], runs[1], atol=1e-6)

results = {
    "trials": trials,
    "resumed": [resumed.epoch, sorted(resumed.history)],
    "optimizer": [type(model.optimizer).__name__, float(model.optimizer.learning_rate)],
}
