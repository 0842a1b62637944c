"""Models written once, for real Keras and for kerlite: `build(k)` with `k` either package."""

import keras
import numpy as np
import torch

import kerlite


def _chain(k):
    layers = k.layers
    return k.Sequential(
        [
            k.Input((8,), name="in"),
            layers.Dense(6, activation="relu", name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(3, activation="softmax", name="out"),
        ],
        name="chain",
    )


def _images(k):
    layers = k.layers
    inputs = k.Input((12, 12, 3), name="image")
    x = layers.Rescaling(0.5, offset=0.1, name="scale")(inputs)
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="conv")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Conv2D(5, (1, 3), padding="same", use_bias=False, name="conv_2")(x)
    x = layers.GlobalAveragePooling2D(name="gap")(x)
    return k.Model(inputs, layers.Dense(2, name="logits")(x), name="images")


def _words(k):
    layers = k.layers
    inputs = k.Input((5,), dtype="int32", name="tokens")
    x = layers.Embedding(11, 4, name="embedding")(inputs)
    x = layers.LayerNormalization(name="norm")(x)
    x = layers.Permute((2, 1), name="permute")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Reshape((4, 5), name="reshape")(x)
    return k.Model(inputs, layers.Dense(3, name="out")(x), name="words")


def _shared(k):
    layers = k.layers
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    twice = layers.Dense(4, name="twice")
    both = layers.Add(name="add")([twice(a), twice(b)])
    again = twice(both)
    outputs = [layers.Concatenate(name="cat")([again, a]), twice(again)]
    return k.Model([a, b], outputs, name="shared")


def _structured(k):
    layers = k.layers
    inputs = {
        "p": k.Input((4,), name="p"),
        "q": [k.Input((3,), name="q0"), k.Input((2,), name="q1")],
    }
    joined = layers.Concatenate(name="cat")([inputs["p"], *inputs["q"]])
    hidden = layers.Dense(5, activation="tanh", name="hidden")(joined)
    outputs = {
        "x": layers.Dense(1, name="x")(hidden),
        "y": [hidden, layers.Dense(2, name="y")(hidden)],
    }
    return k.Model(inputs, outputs, name="structured")


def _nested(k):
    layers = k.layers
    inner_in = k.Input((4,), name="inner_in")
    inner = k.Model(inner_in, layers.Dense(4, name="inner_dense")(inner_in), name="inner")
    pair_in = k.Input((4,), name="pair_in")
    unit = layers.Dense(4, name="unit")
    pair = k.Model(pair_in, [unit(pair_in), unit(unit(pair_in))], name="pair")
    tail = k.Sequential([layers.Dense(5, name="t1"), layers.Dense(2, name="t2")], name="tail")
    inputs = k.Input((4,), name="in")
    first, second = pair(inner(inner(inputs)))
    return k.Model(inputs, [tail(second), first], name="nested")


def _operators(k):
    layers = k.layers
    inputs = k.Input((3, 4), name="in")
    x = layers.Dense(4, name="dense")(inputs * 2.0 + 1)
    y = (1.0 - x) / (abs(-x) + 0.5) @ np.eye(4, dtype="float32") ** 2
    mask = (x > 0.1) | ~(y <= 0.2)
    z = x[:, 0] - y[..., 1:3, :][:, 1] % 3.0
    return k.Model(inputs, [y, mask, z], name="operators")


BUILDERS = {
    "chain": _chain,
    "images": _images,
    "words": _words,
    "shared": _shared,
    "structured": _structured,
    "nested": _nested,
    "operators": _operators,
}


def build(name, k):
    """Return the model of that name, made by Keras or by kerlite."""
    return BUILDERS[name](k)


def data_for(model, batch=3, seed=0):
    """Return NumPy inputs of the structure the model takes."""
    rng = np.random.default_rng(seed)

    def one(tensor):
        shape = (batch, *tensor.shape[1:])
        if tensor.dtype.startswith("int"):
            return rng.integers(0, 11, shape).astype(tensor.dtype)
        return rng.standard_normal(shape).astype("float32")

    return keras.tree.map_structure(one, _structure_of(model))


def _structure_of(model):
    return model.inputs[0] if isinstance(model, keras.Sequential) else model.input


def shake(model, seed=1):
    """Give every weight, statistics included, a value that no initializer gives."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.uniform(0.1, 0.9, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


def outputs_of(model, inputs):
    """Return the flat outputs of either side as arrays."""
    if isinstance(model, torch.nn.Module) and isinstance(model, kerlite.Layer):
        inputs = keras.tree.map_structure(torch.as_tensor, inputs)
    with torch.no_grad():
        return [np.asarray(one.cpu()) for one in keras.tree.flatten(model(inputs))]


def assert_same_outputs(first, second, inputs, atol=1e-5):
    """Hold the outputs of two models against each other."""
    ours, theirs = outputs_of(first, inputs), outputs_of(second, inputs)
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, atol=atol, rtol=1e-5)
