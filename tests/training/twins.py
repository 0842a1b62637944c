"""The same model in kerlite and in real Keras, with the same weights."""

import keras
import numpy as np

import kerlite

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def twins(build):
    """Return kerlite's model and Keras's, made by `build(package)`, with equal weights."""
    ours, theirs = build(kerlite), build(keras)
    theirs.set_weights(ours.get_weights())
    return ours, theirs


def compare_histories(ours, theirs):
    """Hold the records of two trainings against each other: names, order and values."""
    assert list(ours.history) == list(theirs.history)
    assert ours.epoch == theirs.epoch
    for name, values in theirs.history.items():
        np.testing.assert_allclose(ours.history[name], values, **CLOSE, err_msg=name)


def compare_weights(ours, theirs):
    """Hold the weights of two models against each other."""
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, **CLOSE)


def classifier(package, softmax=True):
    """A model of four numbers that names one of three classes."""
    layers = package.layers
    return package.Sequential([
        package.Input((4,)),
        layers.Dense(8, activation="tanh", name="hidden"),
        layers.Dense(3, activation="softmax" if softmax else None, name="classes"),
    ])  # fmt: skip


def two_heads(package, structure=list):
    """A functional model with a number and a class as outputs, in a list or a dict."""
    layers = package.layers
    inputs = package.Input((4,), name="features")
    x = layers.Dense(8, activation="tanh", name="trunk")(inputs)
    number = layers.Dense(1, name="number")(x)
    kind = layers.Dense(3, activation="softmax", name="kind")(x)
    outputs = {"number": number, "kind": kind} if structure is dict else [number, kind]
    return package.Model(inputs, outputs)


def samples(count=50, seed=0):
    """Return features, a number, a class, and a weight of each sample."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4)).astype("float32")
    number = (x.sum(axis=1, keepdims=True) * 0.5).astype("float32")
    kind = rng.integers(0, 3, size=count)
    weight = rng.uniform(0.2, 2.0, size=count).astype("float32")
    return x, number, kind, weight
