"""Regression on a small table: k-fold validation, normalized columns, pandas in and out."""

import keras
import numpy as np
import pandas as pd
from keras import layers, models
from sklearn.datasets import load_diabetes

frame = load_diabetes(as_frame=True, scaled=False).frame
train_dataset = frame.sample(frac=0.8, random_state=0)
test_dataset = frame.drop(train_dataset.index)
train_labels = train_dataset.pop("target")
test_labels = test_dataset.pop("target")
train_stats = train_dataset.describe().transpose()


def norm(x):
    return (x - train_stats["mean"]) / train_stats["std"]


normed_train_data = norm(train_dataset)
normed_test_data = norm(test_dataset)


def build_model(seed=0):
    model = models.Sequential()
    model.add(layers.Dense(64, activation="relu", input_shape=(normed_train_data.shape[1],)))
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(1))
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae", "mse"])
    return model


# k-fold validation, by hand
k = 3
data, targets = normed_train_data.to_numpy(), train_labels.to_numpy() / 100
num_val_samples = len(data) // k
all_scores = []
for i in range(k):
    val_data = data[i * num_val_samples : (i + 1) * num_val_samples]
    val_targets = targets[i * num_val_samples : (i + 1) * num_val_samples]
    partial_train_data = np.concatenate(
        [data[: i * num_val_samples], data[(i + 1) * num_val_samples :]], axis=0
    )
    partial_train_targets = np.concatenate(
        [targets[: i * num_val_samples], targets[(i + 1) * num_val_samples :]], axis=0
    )
    model = build_model(i)
    model.fit(
        partial_train_data, partial_train_targets, epochs=3, batch_size=16, shuffle=False, verbose=0
    )
    val_mse, val_mae, val_mse_again = model.evaluate(val_data, val_targets, verbose=0)
    assert np.isclose(val_mse, val_mse_again, rtol=1e-4)
    all_scores.append(val_mae)


# frames and series straight into fit
class PrintDot(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        if epoch % 100 == 0:
            print("")
        print(".", end="")


model = build_model()
early_history = model.fit(
    normed_train_data,
    train_labels / 100,
    epochs=30,
    validation_split=0.2,
    shuffle=False,
    verbose=0,
    callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss", patience=3), PrintDot()],
)
hist = pd.DataFrame(early_history.history)
hist["epoch"] = early_history.epoch
loss, mae, mse = model.evaluate(normed_test_data, test_labels / 100, verbose=0)
test_predictions = model.predict(normed_test_data, verbose=0).flatten()
error = test_predictions - test_labels / 100

results = {
    "scores": all_scores,
    "columns": list(hist.columns)[-1:] + sorted(hist.columns[:-1]),
    "last": hist.drop(columns="epoch").iloc[-1].to_dict(),
    "test": [loss, mae, mse],
    "error": float(error.abs().mean()),
    "epochs": len(hist),
}
