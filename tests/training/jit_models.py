"""The five kinds of model that are compiled in tests, and data for them."""

import numpy as np

import kerlite
from kerlite import layers

COUNT = 40


def mlp():
    return kerlite.Sequential([
        kerlite.Input((4,)),
        layers.Dense(8, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(3),
    ])  # fmt: skip


def convnet():
    return kerlite.Sequential([
        kerlite.Input((8, 8, 1)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(3),
    ])  # fmt: skip


def resnet():
    inputs = kerlite.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    y = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    x = layers.Activation("relu")(layers.Add()([x, y]))
    return kerlite.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))


def lstm():
    return kerlite.Sequential([
        kerlite.Input((3, 4)),
        layers.LSTM(5, return_sequences=True),
        layers.LSTM(5),
        layers.Dense(3),
    ])  # fmt: skip


def transformer():
    inputs = kerlite.Input((5,), dtype="int32")
    x = layers.Embedding(11, 8, mask_zero=True)(inputs)
    attended = layers.Dropout(0.1)(layers.MultiHeadAttention(2, 4)(x, x))
    x = layers.LayerNormalization()(layers.Add()([x, attended]))
    fed = layers.Dense(8)(layers.Dense(16, activation="relu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, fed]))
    return kerlite.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def data(shape, seed=0):
    """Return COUNT inputs of a shape, numbers or words, and a class for each."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 3, COUNT)
    if shape == "words":
        return rng.integers(0, 11, (COUNT, 5)), classes
    return rng.normal(size=(COUNT, *shape)).astype("float32"), classes


MODELS = {
    "mlp": (mlp, (4,)),
    "convnet": (convnet, (8, 8, 1)),
    "resnet": (resnet, (8, 8, 1)),
    "lstm": (lstm, (3, 4)),
    "transformer": (transformer, "words"),
}
