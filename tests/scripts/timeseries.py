"""Forecasting a stock price from windows of its past; a generator and a baseline."""

import csv
from pathlib import Path

import keras
import matplotlib
import numpy as np
from keras import layers

path = Path(matplotlib.get_data_path()) / "sample_data" / "msft.csv"
with path.open() as file:
    rows = list(csv.DictReader(file))
prices = np.array([[float(r["Open"]), float(r["Close"])] for r in rows][::-1], dtype="float32")
values = np.log(prices)
mean, std = values[:40].mean(axis=0), values[:40].std(axis=0)
values = (values - mean) / std

past, future = 5, 1
windows = np.stack([values[i : i + past] for i in range(len(values) - past - future)])
targets = np.stack([values[i + past, 1] for i in range(len(values) - past - future)])
split = int(0.7 * len(windows))

inputs = keras.layers.Input(shape=(windows.shape[1], windows.shape[2]))
x = layers.Flatten()(inputs)
x = layers.Dense(16, activation="tanh")(x)
outputs = keras.layers.Dense(1)(x)
model = keras.Model(inputs=inputs, outputs=outputs)
rng = np.random.default_rng(0)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse", metrics=["mae"])

checkpoint = keras.callbacks.ModelCheckpoint(
    "model_checkpoint.weights.h5", monitor="val_loss", verbose=1, save_weights_only=True,
    save_best_only=True,
)  # fmt: skip
es_callback = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=0, patience=5)
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=2)
history = model.fit(
    windows[:split],
    targets[:split],
    epochs=20,
    batch_size=8,
    shuffle=False,
    validation_data=(windows[split:], targets[split:]),
    callbacks=[es_callback, checkpoint, reduce_lr],
    verbose=0,
)
best = int(np.argmin(history.history["val_loss"]))
model.load_weights("model_checkpoint.weights.h5")
loaded = model.evaluate(windows[split:], targets[split:], verbose=0)
assert np.isclose(loaded[0], history.history["val_loss"][best], rtol=1e-3)


def generator(batch_size=8):
    while True:
        for first in range(0, split - batch_size, batch_size):
            yield windows[first : first + batch_size], targets[first : first + batch_size]


more = model.fit(generator(), steps_per_epoch=3, epochs=2, verbose=0)
forecast = model.predict(windows[split:], verbose=0)
naive = np.mean(np.abs(windows[split:, -1, 1] - targets[split:]))

results = {
    "history": history.history,
    "best": [best, len(history.epoch)],
    "loaded": loaded,
    "more": more.history,
    "forecast": [list(forecast.shape), float(forecast.mean())],
    "naive": naive,
}
