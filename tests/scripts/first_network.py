"""A beginner's first network: tabular data, a wide layer, a sigmoid, evaluate and predict."""

import numpy as np
from keras.layers import Activation, Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

data = load_breast_cancer()
X = StandardScaler().fit_transform(data.data)
Y = data.target

model = Sequential()
model.add(Dense(12, input_shape=(30,), kernel_initializer="uniform", activation="relu"))
model.add(Dense(8))
model.add(Activation("relu"))
model.add(Dropout(0.1))
model.add(Dense(1, activation="sigmoid"))
model.compile(
    loss="binary_crossentropy",
    optimizer=SGD(learning_rate=0.05, momentum=0.9, nesterov=True),
    metrics=["accuracy"],
)
history = model.fit(X, Y, epochs=12, batch_size=10, verbose=0)
scores = model.evaluate(X, Y, verbose=0)
assert scores[1] > 0.95, scores
print(f"{model.metrics_names[1]}: {scores[1] * 100:.2f}%")

predictions = (model.predict(X, verbose=0) > 0.5).astype(int)
assert np.mean(predictions[:, 0] == Y) == np.float64(predictions[:, 0] == Y).mean()
assert abs(np.mean(predictions[:, 0] == Y) - scores[1]) < 1e-5

results = {
    "logs": sorted(history.history),
    "epochs": history.epoch,
    "params": {k: history.params[k] for k in ("epochs", "steps", "verbose")},
    "metrics_names": model.metrics_names,
    "scores": [type(scores).__name__, len(scores)],
    "layers": [type(layer).__name__ for layer in model.layers],
    "config": [
        model.layers[0].units,
        model.layers[0].activation.__name__,
        model.layers[3].rate,
        model.layers[0].get_config()["activation"],
        model.layers[0].get_config()["kernel_initializer"]["class_name"],
    ],
}
