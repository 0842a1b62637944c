"""The same training, written once as a function of the package, in kerlite and in real Keras."""

import re

import keras
import numpy as np

import kerlite
from tests.training.twins import CLOSE, compare_histories, twins

ROWS = 22  # a short last batch of 6
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 4)).astype("float32")
NUMBER = X.sum(axis=1, keepdims=True)
CHANCE = (NUMBER > 0).astype("float32")
KIND = RNG.integers(0, 3, ROWS)
ONE_HOT = np.eye(3, dtype="float32")[KIND]
WEIGHT = RNG.uniform(0.2, 2, ROWS).astype("float32")
OTHER = RNG.uniform(0.2, 2, ROWS).astype("float32")


def heads(k):
    """Return the inputs, and a number, a chance and a kind."""
    inputs = k.Input((4,), name="features")
    x = k.layers.Dense(8, activation="tanh", name="trunk")(inputs)
    number = k.layers.Dense(1, name="number")(x)
    chance = k.layers.Dense(1, activation="sigmoid", name="chance")(x)
    kind = k.layers.Dense(3, activation="softmax", name="kind")(x)
    return inputs, number, chance, kind


def model(k, make):
    inputs, *outputs = heads(k)
    return k.Model(inputs, make(*outputs))


MODELS = {
    "number": lambda n, c, k: n,
    "chance": lambda n, c, k: c,
    "kind": lambda n, c, k: k,
    "list": lambda n, c, k: [n, k],
    "dict": lambda n, c, k: {"number": n, "kind": k},
    "renamed": lambda n, c, k: {"z": n, "a": k},
    "one in a list": lambda n, c, k: [k],
    "one in a dict": lambda n, c, k: {"only": k},
    "nested": lambda n, c, k: {"first": n, "rest": [c, k]},
    "pairs": lambda n, c, k: [[n, c], [k, k * 0.5]],
}
TARGETS = {
    "number": NUMBER,
    "chance": CHANCE,
    "kind": KIND,
    "list": [NUMBER, KIND],
    "dict": {"number": NUMBER, "kind": KIND},
    "renamed": {"z": NUMBER, "a": KIND},
    "one in a list": [KIND],
    "one in a dict": {"only": KIND},
    "nested": {"first": NUMBER, "rest": [CHANCE, KIND]},
    "pairs": [[NUMBER, CHANCE], [KIND, KIND]],
}


def run(package_models, compile_arguments, y, sample_weight=None):
    """Train and evaluate both; hold the logs against each other."""
    results = []
    for package, one in zip((kerlite, keras), package_models, strict=True):
        one.compile(optimizer=package.optimizers.SGD(0.05), **compile_arguments(package))
        given = {"batch_size": 8, "verbose": 0, "sample_weight": sample_weight}
        history = one.fit(X, y, epochs=2, shuffle=False, **given)
        results.append((history, one.evaluate(X, y, return_dict=True, **given)))
    (ours, logs), (theirs, expected) = results
    compare_histories(ours, theirs)
    assert list(logs) == list(expected)
    for key, value in expected.items():
        np.testing.assert_allclose(logs[key], np.asarray(value), **CLOSE, err_msg=key)
    return logs


def check(name, compile_arguments, y=None, sample_weight=None):
    models = twins(lambda k: model(k, MODELS[name]))
    return run(models, compile_arguments, TARGETS[name] if y is None else y, sample_weight)


def squares(y_true, y_pred):
    """A metric or loss of one value for each number."""
    return (y_true - y_pred) ** 2


def spelled(value):
    """Return a test's name for its arguments, the same in every process."""
    return re.sub(r" at 0x\w+", "", str(value))
