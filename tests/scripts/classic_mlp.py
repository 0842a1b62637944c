"""The classic: a multilayer perceptron for digits, trained a batch at a time."""

import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.utils import to_categorical
from sklearn.datasets import load_digits

digits = load_digits()
x = np.kron(digits.images / 16.0, np.ones((1, 4, 4)))[:, 2:30, 2:30].reshape(-1, 784)
y = to_categorical(digits.target, 10)
x_train, y_train, x_test, y_test = x[:1500], y[:1500], x[1500:], y[1500:]

model = Sequential()
model.add(Dense(128, input_dim=784, activation="relu"))
model.add(Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy")

rng = np.random.default_rng(0)
losses = []
for _ in range(1000):
    batch = rng.integers(0, 1500, 32)
    losses.append(model.train_on_batch(x_train[batch], y_train[batch]))

predicted = model.predict(x_test, verbose=0)
accuracy = float(np.mean(predicted.argmax(axis=1) == y_test.argmax(axis=1)))
assert accuracy > 0.88, accuracy
assert losses[-1] < losses[0]

results = {
    "prediction": [type(predicted).__name__, str(predicted.dtype), list(predicted.shape)],
    "rows add up to one": bool(np.allclose(predicted.sum(axis=1), 1, atol=1e-5)),
    "parameters": model.count_params(),
    "loss is a number": [isinstance(float(loss), float) for loss in losses[:2]],
    "model": [model.input_shape, model.output_shape, len(model.layers)],
}
