"""Model surgery: pop, slices of layers, new heads, copied weights, intermediate outputs."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
rng = np.random.default_rng(0)


def randomize(model, scale=0.2):
    model.set_weights([rng.normal(0, scale, w.shape) for w in model.get_weights()])


model = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(32, activation="relu", name="fc1"),
        layers.Dense(16, activation="relu", name="fc2"),
        layers.Dense(10, activation="softmax", name="predictions"),
    ]
)
randomize(model)
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=1, shuffle=False, verbose=0)
full = model.predict(x[:3], verbose=0)

# 1. pop and add
popped = keras.Sequential(model.layers[:-1])
popped.build((None, 64))
headless = popped.predict(x[:3], verbose=0)
model.pop()
shorter = model.predict(x[:3], verbose=0)
assert np.allclose(headless, shorter, atol=1e-6)
model.add(layers.Dense(5, activation="softmax", name="new_head"))
shapes = [list(headless.shape), list(model.predict(x[:3], verbose=0).shape), model.output_shape]

# 2. a functional model from the middle
middle = keras.Model(inputs=model.inputs, outputs=model.get_layer("fc1").output)
manual = np.maximum(x[:3] @ model.layers[0].get_weights()[0] + model.layers[0].get_weights()[1], 0)
assert np.allclose(middle.predict(x[:3], verbose=0), manual, atol=1e-5)
second = keras.Model(model.inputs, model.layers[-2].output)

# 3. from the middle to the end
tail_input = keras.Input(shape=(32,))
h = tail_input
for layer in model.layers[1:]:
    h = layer(h)
tail = keras.Model(tail_input, h)
assert np.allclose(tail.predict(manual, verbose=0), model.predict(x[:3], verbose=0), atol=1e-5)

# 4. a new head on an old base, with frozen layers, in a functional model
base = keras.Model(model.inputs, model.get_layer("fc2").output, name="base")
base.trainable = False
outputs = layers.Dense(1, name="regression")(base.output)
regressor = keras.Model(base.inputs, outputs)
regressor.get_layer("regression").set_weights([np.full((16, 1), 0.1), np.zeros(1)])
regressor.compile(keras.optimizers.SGD(0.01), "mse", metrics=["mae"])
history = regressor.fit(x, y, epochs=2, shuffle=False, verbose=0).history
kept = np.allclose(base.predict(x[:3], verbose=0), shorter, atol=1e-5)

# 5. copies: by layer, by name, by clone
target = keras.models.clone_model(regressor)
for source, copy in zip(regressor.layers, target.layers, strict=True):
    copy.set_weights(source.get_weights())
assert np.allclose(target.predict(x[:3], verbose=0), regressor.predict(x[:3], verbose=0), atol=1e-6)
bigger = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(32, name="fc1"),
        layers.Dense(8, name="other"),
    ]
)
names = {layer.name for layer in model.layers}
for layer in bigger.layers:
    if layer.name in names:
        layer.set_weights(model.get_layer(layer.name).get_weights())
kernel, bias = bigger.layers[0].get_weights()

# 6. editing weights in place
head = model.get_layer("new_head")
w, b = head.get_weights()
head.set_weights([w * 0, b + np.arange(5)])
flat = model.predict(x[:1], verbose=0)
head.kernel.assign(w)
head.bias.assign(head.bias * 0)
count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)

results = {
    "shapes": shapes,
    "history": history,
    "kept": kept,
    "second": [second.output_shape, len(second.layers)],
    "copied": [float(kernel.sum()), float(bias.sum())],
    "flat": flat,
    "count": [count, model.count_params()],
    "full": full.sum(axis=1),
    "layers": [[layer.name for layer in m.layers] for m in (model, bigger)],
    "trainable": [len(regressor.trainable_weights), len(target.trainable_weights)],
}
