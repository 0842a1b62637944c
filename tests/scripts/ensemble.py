"""Ensembling: a vote of several models, averaged in a graph and in NumPy."""

import keras
import numpy as np
from keras.layers import Average, Concatenate, Conv2D, Dense, Flatten, Input, MaxPooling2D
from keras.models import Model
from sklearn.datasets import load_digits

keras.utils.set_random_seed(4)
digits = load_digits()
x = (digits.images[..., np.newaxis] / 16).astype("float32")
y = keras.utils.to_categorical(digits.target)
x_train, y_train, x_test, y_test = x[:1000], y[:1000], x[1000:], y[1000:]


def conv_model(model_input):
    h = Conv2D(8, (3, 3), activation="relu", padding="same")(model_input)
    h = MaxPooling2D((2, 2), strides=2)(h)
    h = Flatten()(h)
    h = Dense(10, activation="softmax")(h)
    return Model(model_input, h, name="conv")


def mlp_model(model_input):
    h = Flatten()(model_input)
    h = Dense(32, activation="relu")(h)
    h = Dense(10, activation="softmax")(h)
    return Model(model_input, h, name="mlp")


def ensemble(models, model_input):
    outputs = [model.outputs[0] for model in models]
    y = Average()(outputs)
    return Model(model_input, y, name="ensemble")


model_input = Input(shape=x_train[0, :, :, :].shape)
members = [conv_model(model_input), mlp_model(model_input)]
errors = []
for member in members:
    member.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
    history = member.fit(
        x=x_train, y=y_train, batch_size=32, epochs=4, verbose=0, validation_split=0.2
    )
    errors.append(1 - member.evaluate(x_test, y_test, verbose=0)[1])

ensemble_model = ensemble(members, model_input)
pred = ensemble_model.predict(x_test, batch_size=32, verbose=0)
by_hand = np.mean([member.predict(x_test, verbose=0) for member in members], axis=0)
assert np.allclose(pred, by_hand, atol=1e-5)
print(errors, np.mean(pred.argmax(1) == y_test.argmax(1)))
assert np.mean(pred.argmax(1) == y_test.argmax(1)) > 0.6

# stacking: a head on the frozen members
for member in members:
    for layer in member.layers:
        layer.trainable = False
        layer._name = f"{member.name}_{layer.name}"
merged = Concatenate()([member.output for member in members])
stacked = Model(model_input, Dense(10, activation="softmax")(merged))
stacked.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
frozen = [w.copy() for w in members[0].get_weights()]
stacked_history = stacked.fit(x_train, y_train, epochs=1, verbose=0)
for a, b in zip(frozen, members[0].get_weights(), strict=True):
    assert np.array_equal(a, b)

results = {
    "layers": [type(layer).__name__ for layer in ensemble_model.layers],
    "parameters": [ensemble_model.count_params(), stacked.count_params()],
    "trainable": len(stacked.trainable_weights),
    "shapes": [list(pred.shape), stacked.output_shape],
    "logs": sorted(stacked_history.history),
    "names": [m.name for m in members] + [ensemble_model.name],
}
