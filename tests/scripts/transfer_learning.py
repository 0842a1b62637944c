"""Transfer learning: freezing, inference mode of batch normalization, and fine-tuning."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(5)

layer = keras.layers.Dense(3)
layer.build((None, 4))
dense = [len(layer.weights), len(layer.trainable_weights), len(layer.non_trainable_weights)]
layer = keras.layers.BatchNormalization()
layer.build((None, 4))
bn = [len(layer.weights), len(layer.trainable_weights), len(layer.non_trainable_weights)]
layer.trainable = False
frozen_bn = [len(layer.trainable_weights), len(layer.non_trainable_weights)]

# a frozen layer is not touched by training
layer1 = keras.layers.Dense(3, activation="relu")
layer2 = keras.layers.Dense(3, activation="sigmoid")
model = keras.Sequential([keras.Input(shape=(3,)), layer1, layer2])
layer1.trainable = False
initial_layer1_weights_values = layer1.get_weights()
initial_layer2_weights_values = layer2.get_weights()
model.compile(optimizer="adam", loss="mse")
model.fit(np.random.random((2, 3)), np.random.random((2, 3)), verbose=0)
np.testing.assert_allclose(initial_layer1_weights_values[0], layer1.get_weights()[0])
assert not np.allclose(initial_layer2_weights_values[0], layer2.get_weights()[0])

# trainable is set recursively
inner_model = keras.Sequential(
    [
        keras.Input(shape=(3,)),
        keras.layers.Dense(3, activation="relu"),
        keras.layers.Dense(3, activation="relu"),
    ]
)
model = keras.Sequential(
    [keras.Input(shape=(3,)), inner_model, keras.layers.Dense(3, activation="sigmoid")]
)
model.trainable = False
assert inner_model.trainable is False
assert inner_model.layers[0].trainable is False

# pretrain on the first five digits, transfer to the others
digits = load_digits()
images, labels = digits.images[..., None].astype("float32"), digits.target
low = labels < 5
x_low, y_low, x_high, y_high = images[low], labels[low], images[~low], labels[~low] - 5

base_model = keras.Sequential(
    [
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", use_bias=False),
        layers.BatchNormalization(name="bn"),
        layers.Activation("relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"),
    ],
    name="base",
)
pretrain = keras.Sequential(
    [
        layers.Rescaling(scale=1 / 8.0, offset=-1),
        base_model,
        layers.Flatten(),
        layers.Dense(5),
    ]
)
pretrain.compile(
    "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
)
pretrain.fit(x_low, y_low, epochs=3, verbose=0)

base_model.trainable = False
inputs = keras.Input(shape=(8, 8, 1))
scale_layer = keras.layers.Rescaling(scale=1 / 8.0, offset=-1)
x = scale_layer(inputs)
x = base_model(x, training=False)
x = keras.layers.GlobalAveragePooling2D()(x)
x = keras.layers.Dropout(0.2)(x)
outputs = keras.layers.Dense(5)(x)
model = keras.Model(inputs, outputs)
model.summary(show_trainable=True)
trainable = [len(model.trainable_weights), len(model.non_trainable_weights)]

statistics = base_model.get_layer("bn").get_weights()
kernel = base_model.layers[0].get_weights()[0]
model.compile(
    optimizer=keras.optimizers.Adam(3e-2),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
history = model.fit(x_high, y_high, epochs=6, batch_size=32, verbose=0)
for old, new in zip(statistics, base_model.get_layer("bn").get_weights(), strict=True):
    np.testing.assert_array_equal(old, new)
np.testing.assert_array_equal(kernel, base_model.layers[0].get_weights()[0])

base_model.trainable = True
tuned = [len(model.trainable_weights), len(model.non_trainable_weights)]
model.compile(
    optimizer=keras.optimizers.Adam(1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
fine = model.fit(x_high, y_high, epochs=2, batch_size=32, verbose=0)
assert not np.array_equal(kernel, base_model.layers[0].get_weights()[0])
assert fine.history["sparse_categorical_accuracy"][-1] > 0.5, fine.history

results = {
    "dense": dense,
    "bn": [bn, frozen_bn],
    "trainable": [trainable, tuned],
    "logs": sorted(history.history),
    "layers": [type(layer).__name__ for layer in model.layers],
    "names": [w.name for w in base_model.get_layer("bn").weights],
    "parameters": [model.count_params(), base_model.count_params()],
}
