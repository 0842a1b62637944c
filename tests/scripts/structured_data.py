"""Structured data: one input a column, integers looked up in embeddings, frames as dicts."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_wine

frame = load_wine(as_frame=True).frame.sample(frac=1, random_state=3).reset_index(drop=True)
frame["strength"] = (frame["alcohol"] // 1).astype("int64") - 11
numeric = ["malic_acid", "ash", "hue", "proline"]
frame[numeric] = (frame[numeric] - frame[numeric].mean()) / frame[numeric].std()
target = frame.pop("target")
features = {name: frame[name] for name in [*numeric, "strength"]}
arrays = {name: column.to_numpy() for name, column in features.items()}

all_inputs, encoded = [], []
for name in numeric:
    column = keras.Input(shape=(1,), name=name)
    all_inputs.append(column)
    encoded.append(layers.Lambda(lambda c: c * 0.5)(column))
strength = keras.Input(shape=(1,), name="strength", dtype="int64")
all_inputs.append(strength)
encoded.append(layers.Flatten()(layers.Embedding(4, 3, name="embedded")(strength)))

all_features = layers.concatenate(encoded)
x = layers.Dense(32, activation="relu")(all_features)
x = layers.Dropout(0.0)(x)
output = layers.Dense(3, activation="softmax")(x)
model = keras.Model(all_inputs, output)
rng = np.random.default_rng(0)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(arrays, target, epochs=10, batch_size=16, shuffle=False, verbose=0)

sample = {"malic_acid": 0.1, "ash": -0.3, "hue": 1.0, "proline": 0.9, "strength": 2}
input_dict = {name: torch.tensor([[value]]) for name, value in sample.items()}
one = model.predict(input_dict, verbose=0)
called = model(input_dict).detach().cpu().numpy()
assert np.allclose(one, called, atol=1e-6)

# the dict itself as the structure of the inputs
as_dict = keras.Model({tensor.name: tensor for tensor in all_inputs}, output)
assert np.allclose(as_dict.predict(arrays, verbose=0), model.predict(arrays, verbose=0), atol=1e-6)
as_dict.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
evaluated = as_dict.evaluate(arrays, target, verbose=0, return_dict=True)

# a frame with one column a feature
wide = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax", name="wide")])
wide.set_weights([np.full((4, 3), 0.1), np.arange(3.0)])
wide.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
from_frame = wide.fit(
    frame[numeric], target, epochs=2, validation_split=0.25, shuffle=False, verbose=0
).history

results = {
    "history": history.history,
    "one": one,
    "evaluated": evaluated,
    "frame": from_frame,
    "names": [tensor.name for tensor in model.inputs],
    "order": [w.shape[0] for w in as_dict.get_weights()],
}
