"""Writing callbacks of one's own: every hook, early stopping at the minimum, a schedule."""

import keras
import numpy as np
from sklearn.datasets import load_digits

data, target = load_digits(return_X_y=True)
x_train, y_train = (data[:1000] / 16).astype("float32"), target[:1000].astype("float32")
x_test, y_test = (data[1000:1500] / 16).astype("float32"), target[1000:1500].astype("float32")


def get_model():
    model = keras.Sequential()
    model.add(keras.layers.Dense(1))
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=0.1),
        loss="mean_squared_error",
        metrics=["mean_absolute_error"],
    )
    model.build((None, 64))
    model.set_weights([np.full((64, 1), 0.05), np.zeros(1)])
    return model


events = []


class CustomCallback(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        events.append(["train begin", sorted(logs or {})])

    def on_train_end(self, logs=None):
        events.append(["train end", sorted(logs)])

    def on_epoch_begin(self, epoch, logs=None):
        events.append([f"epoch {epoch} begin", sorted(logs or {})])

    def on_epoch_end(self, epoch, logs=None):
        events.append([f"epoch {epoch} end", sorted(logs)])

    def on_test_begin(self, logs=None):
        events.append(["test begin", sorted(logs or {})])

    def on_test_end(self, logs=None):
        events.append(["test end", sorted(logs)])

    def on_predict_begin(self, logs=None):
        events.append(["predict begin", sorted(logs or {})])

    def on_predict_end(self, logs=None):
        events.append(["predict end", sorted(logs or {})])

    def on_train_batch_begin(self, batch, logs=None):
        events.append([f"train batch {batch} begin", sorted(logs or {})])

    def on_train_batch_end(self, batch, logs=None):
        events.append([f"train batch {batch} end", sorted(logs)])

    def on_test_batch_begin(self, batch, logs=None):
        events.append([f"test batch {batch} begin", sorted(logs or {})])

    def on_test_batch_end(self, batch, logs=None):
        events.append([f"test batch {batch} end", sorted(logs)])

    def on_predict_batch_begin(self, batch, logs=None):
        events.append([f"predict batch {batch} begin", sorted(logs or {})])

    def on_predict_batch_end(self, batch, logs=None):
        events.append([f"predict batch {batch} end", sorted(logs)])


model = get_model()
model.fit(
    x_train[:256], y_train[:256], batch_size=128, epochs=1, verbose=0, validation_split=0.5,
    callbacks=[CustomCallback()],
)  # fmt: skip
model.evaluate(x_test[:256], y_test[:256], batch_size=128, verbose=0, callbacks=[CustomCallback()])
model.predict(x_test[:256], batch_size=128, verbose=0, callbacks=[CustomCallback()])

printed = []


class LossAndErrorPrintingCallback(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        printed.append(f"Up to batch {batch}, the average loss is {logs['loss']:7.2f}.")

    def on_epoch_end(self, epoch, logs=None):
        printed.append(
            f"The average loss for epoch {epoch} is {logs['loss']:7.2f} "
            f"and mean absolute error is {logs['mean_absolute_error']:7.2f}."
        )


model = get_model()
model.fit(
    x_train, y_train, batch_size=128, epochs=2, verbose=0, shuffle=False,
    callbacks=[LossAndErrorPrintingCallback()],
)  # fmt: skip


class EarlyStoppingAtMinLoss(keras.callbacks.Callback):
    def __init__(self, patience=0):
        super().__init__()
        self.patience = patience
        self.best_weights = None

    def on_train_begin(self, logs=None):
        self.wait = 0
        self.stopped_epoch = 0
        self.best = np.inf

    def on_epoch_end(self, epoch, logs=None):
        current = logs.get("loss")
        if np.less(current, self.best):
            self.best = current
            self.wait = 0
            self.best_weights = self.model.get_weights()
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.stopped_epoch = epoch
                self.model.stop_training = True
                self.model.set_weights(self.best_weights)

    def on_train_end(self, logs=None):
        if self.stopped_epoch > 0:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")


model = get_model()
early = EarlyStoppingAtMinLoss()
early_history = model.fit(
    x_train, y_train, batch_size=64, epochs=30, verbose=0, shuffle=False, callbacks=[early]
)
assert early.stopped_epoch > 0
assert np.allclose(model.get_weights()[0], early.best_weights[0])


class CustomLearningRateScheduler(keras.callbacks.Callback):
    def __init__(self, schedule):
        super().__init__()
        self.schedule = schedule
        self.rates = []

    def on_epoch_begin(self, epoch, logs=None):
        if not hasattr(self.model.optimizer, "learning_rate"):
            raise ValueError('Optimizer must have a "learning_rate" attribute.')
        lr = self.model.optimizer.learning_rate
        scheduled_lr = self.schedule(epoch, lr)
        self.model.optimizer.learning_rate = scheduled_lr
        self.rates.append(float(np.array(scheduled_lr)))


LR_SCHEDULE = [(3, 0.05), (6, 0.01), (9, 0.005), (12, 0.001)]


def lr_schedule(epoch, lr):
    if epoch < LR_SCHEDULE[0][0] or epoch > LR_SCHEDULE[-1][0]:
        return float(np.array(lr))
    for first, rate in LR_SCHEDULE:
        if epoch == first:
            return rate
    return float(np.array(lr))


model = get_model()
scheduler = CustomLearningRateScheduler(lr_schedule)
model.fit(
    x_train, y_train, batch_size=64, epochs=14, verbose=0, shuffle=False, callbacks=[scheduler]
)

results = {
    "events": events,
    "printed": printed,
    "early": [early.stopped_epoch, len(early_history.epoch), float(early.best)],
    "rates": scheduler.rates,
    "final": float(model.get_weights()[0].sum()),
}
