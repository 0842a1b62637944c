"""The functional API: a graph of layers, models out of its pieces, custom layers in it."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")

inputs = keras.Input(shape=(64,), name="digits")
symbolic = [inputs.shape, str(inputs.dtype), inputs.name]
dense = layers.Dense(64, activation="relu")
h = dense(inputs)
h = layers.Dense(64, activation="relu")(h)
outputs = layers.Dense(10)(h)
model = keras.Model(inputs=inputs, outputs=outputs, name="mnist_model")

rng = np.random.default_rng(0)
model.set_weights([rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.RMSprop(),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
history = model.fit(
    x[:1500], y[:1500], batch_size=64, epochs=4, validation_split=0.2, shuffle=False, verbose=0
)
test_scores = model.evaluate(x[1500:], y[1500:], verbose=0)

# layers are shared by the models that contain them
features = keras.Model(model.inputs, [layer.output for layer in model.layers])(x[:2])
assert torch.equal(keras.Model(inputs, h)(x[:2]), features[2])

# all models are callable, like layers
doubled = keras.Input(shape=(64,))
ensemble = keras.Model(doubled, model(doubled) * 2.0)
assert torch.allclose(ensemble(x[:2]), model(x[:2]) * 2, atol=1e-5)


# a layer of one's own, and the model back from its configuration
class CustomDense(layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
        )
        self.b = self.add_weight(shape=(self.units,), initializer="random_normal", trainable=True)

    def call(self, inputs):
        return torch.matmul(inputs, self.w) + self.b

    def get_config(self):
        return {"units": self.units}


small = keras.Input((4,))
small_model = keras.Model(small, CustomDense(10)(small))
config = small_model.get_config()
again = keras.Model.from_config(config, custom_objects={"CustomDense": CustomDense})
again.set_weights(small_model.get_weights())
ones = np.ones((2, 4), "float32")
assert np.allclose(again.predict(ones, verbose=0), small_model.predict(ones, verbose=0))

results = {
    "symbolic": symbolic,
    "history": history.history,
    "test": test_scores,
    "layers": [model.layers[0].name, model.name],
    "features": [list(f.shape) for f in features],
    "weights": [list(w.shape) for w in again.weights],
    "output": [str(outputs.dtype), outputs.shape],
    "sums": [float(np.abs(w).sum()) for w in model.get_weights()],
}
