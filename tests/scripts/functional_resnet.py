"""A toy ResNet: the graph of the functional guide, with batch normalization, on digits."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)
digits = load_digits()
images = np.repeat(digits.images[..., None] / 16, 3, axis=-1).astype("float32")
images = images.repeat(2, axis=1).repeat(2, axis=2)  # 16 x 16 x 3

inputs = keras.Input(shape=(16, 16, 3), name="img")
x = layers.Conv2D(16, 3, activation="relu")(inputs)
x = layers.Conv2D(32, 3, activation="relu")(x)
block_1_output = layers.MaxPooling2D(2)(x)

x = layers.Conv2D(32, 3, activation="relu", padding="same")(block_1_output)
x = layers.Conv2D(32, 3, padding="same", use_bias=False)(x)
x = layers.BatchNormalization()(x)
x = layers.ReLU()(x)
block_2_output = layers.add([x, block_1_output])

x = layers.Conv2D(32, 3, activation="relu", padding="same", strides=2)(block_2_output)
shortcut = layers.Conv2D(32, 1, strides=2, name="shortcut")(block_2_output)
block_3_output = layers.Add()([x, shortcut])

x = layers.Conv2D(32, 3, activation="relu")(block_3_output)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(64, activation="relu")(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs, name="toy_resnet")
model.summary()

model.compile(
    optimizer=keras.optimizers.RMSprop(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["acc"],
)
history = model.fit(
    images[:800], digits.target[:800], batch_size=64, epochs=3, validation_split=0.2, verbose=0
)
assert history.history["loss"][-1] < 1.6, history.history

# the same numbers from the same weights, after one step on the same data
small = keras.models.clone_model(model)
rng = np.random.default_rng(0)
small.set_weights([rng.uniform(0.01, 0.1, w.shape) for w in small.get_weights()])
predicted = small.predict(images[:4], verbose=0)
moved = small(images[:64], training=False)
frozen_sum = float(abs(moved).sum().detach())

bn = next(layer for layer in model.layers if isinstance(layer, layers.BatchNormalization))

results = {
    "logs": sorted(history.history),
    "outputs": [layer.output.shape for layer in model.layers],
    "parameters": [model.count_params(), len(model.weights), len(model.trainable_weights)],
    "weights": [w.name for w in bn.weights],
    "bn": [list(w.shape) for w in bn.get_weights()],
    "predicted": predicted.sum(axis=0).tolist(),
    "frozen": frozen_sum,
}
