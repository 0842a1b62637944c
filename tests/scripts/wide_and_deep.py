"""A wide and deep model: functional, subclassed, with one and with two outputs."""

import keras
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

X, y = load_diabetes(return_X_y=True)
X, y = StandardScaler().fit_transform(X), y / 100
X_train, X_valid, y_train, y_valid = X[:350], X[350:], y[:350], y[350:]
rng = np.random.default_rng(0)


def reset(model):
    generator = np.random.default_rng(0)
    model.set_weights([generator.normal(0, 0.2, w.shape) for w in model.get_weights()])


input_ = keras.layers.Input(shape=X_train.shape[1:])
hidden1 = keras.layers.Dense(30, activation="relu")(input_)
hidden2 = keras.layers.Dense(30, activation="relu")(hidden1)
concat = keras.layers.concatenate([input_, hidden2])
output = keras.layers.Dense(1)(concat)
model = keras.models.Model(inputs=[input_], outputs=[output])
reset(model)
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.SGD(learning_rate=1e-2))
single = model.fit(
    X_train, y_train, epochs=2, validation_data=(X_valid, y_valid), shuffle=False, verbose=0
).history
mse_test = model.evaluate(X_valid, y_valid, verbose=0)
y_pred = model.predict(X_valid[:3], verbose=0)

input_A = keras.layers.Input(shape=[5], name="wide_input")
input_B = keras.layers.Input(shape=[6], name="deep_input")
hidden1 = keras.layers.Dense(30, activation="relu")(input_B)
hidden2 = keras.layers.Dense(30, activation="relu")(hidden1)
concat = keras.layers.concatenate([input_A, hidden2])
output = keras.layers.Dense(1, name="main_output")(concat)
aux_output = keras.layers.Dense(1, name="aux_output")(hidden2)
model = keras.models.Model(inputs=[input_A, input_B], outputs=[output, aux_output])
reset(model)
model.compile(
    loss=["mse", "mse"],
    loss_weights=[0.9, 0.1],
    optimizer=keras.optimizers.SGD(learning_rate=1e-2),
    metrics=["mae", "mae"],
)
X_train_A, X_train_B = X_train[:, :5], X_train[:, 2:8]
X_valid_A, X_valid_B = X_valid[:, :5], X_valid[:, 2:8]
double = model.fit(
    [X_train_A, X_train_B],
    [y_train, y_train],
    epochs=2,
    validation_data=([X_valid_A, X_valid_B], [y_valid, y_valid]),
    shuffle=False,
    verbose=0,
).history
evaluated = model.evaluate([X_valid_A, X_valid_B], [y_valid, y_valid], verbose=0)
y_pred_main, y_pred_aux = model.predict([X_valid_A[:3], X_valid_B[:3]], verbose=0)
as_tuple = model.predict((X_valid_A[:3], X_valid_B[:3]), verbose=0)
assert np.allclose(as_tuple[0], y_pred_main)


class WideAndDeepModel(keras.models.Model):
    def __init__(self, units=30, activation="relu", **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = keras.layers.Dense(units, activation=activation)
        self.hidden2 = keras.layers.Dense(units, activation=activation)
        self.main_output = keras.layers.Dense(1)
        self.aux_output = keras.layers.Dense(1)

    def call(self, inputs):
        input_A, input_B = inputs
        hidden1 = self.hidden1(input_B)
        hidden2 = self.hidden2(hidden1)
        concat = keras.layers.concatenate([input_A, hidden2])
        main_output = self.main_output(concat)
        aux_output = self.aux_output(hidden2)
        return main_output, aux_output


model = WideAndDeepModel(30, activation="relu")
model([X_train_A[:1], X_train_B[:1]])
reset(model)
model.compile(
    loss=["mse", "mae"], loss_weights=[0.9, 0.1], optimizer=keras.optimizers.SGD(learning_rate=1e-2)
)
checkpoint_cb = keras.callbacks.ModelCheckpoint(
    "best.weights.h5", save_best_only=True, save_weights_only=True
)
early_stopping_cb = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
subclassed = model.fit(
    (X_train_A, X_train_B),
    (y_train, y_train),
    epochs=3,
    validation_data=((X_valid_A, X_valid_B), (y_valid, y_valid)),
    callbacks=[checkpoint_cb, early_stopping_cb],
    shuffle=False,
    verbose=0,
).history
total = model.evaluate((X_valid_A, X_valid_B), (y_valid, y_valid), verbose=0)
model.load_weights("best.weights.h5")
main, aux = model.predict((X_valid_A[:3], X_valid_B[:3]), verbose=0)

results = {
    "single": single,
    "mse": mse_test,
    "y_pred": y_pred,
    "double": double,
    "evaluated": evaluated,
    "predicted": [y_pred_main, y_pred_aux],
    "subclassed": subclassed,
    "total": total,
    "main": main,
    "layers": [layer.name for layer in model.layers],
}
