"""`jit_compile=True`: the forward pass and the loss through torch.compile."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from tests.training.twins import classifier, samples, two_heads

X, NUMBER, KIND, WEIGHT = samples(48)


@pytest.fixture(autouse=True)
def graphs():
    """What was compiled since the beginning of the test."""
    torch.compiler.reset()
    GRAPHS.clear()
    yield GRAPHS
    torch.compiler.reset()


def traced(module, inputs):
    """Trace as torch.compile does, but run what was traced in Python."""
    GRAPHS.append(module)
    return module.forward


GRAPHS = []
TRACED = {"backend": traced}


def fit_twice(build, arguments, x, y, **fit_arguments):
    """Train with and without compilation from the same weights; hold the results together."""
    results = []
    first = build()
    weights = first.get_weights()
    for jit in (False, TRACED):
        model = build()
        model.set_weights(weights)
        model.compile(kerlite.optimizers.SGD(0.1), **arguments, jit_compile=jit)
        given = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
        history = model.fit(x, y, **given, **fit_arguments).history
        evaluated = model.evaluate(x, y, batch_size=16, verbose=0)
        results.append((history, evaluated, model.get_weights()))
    (plain, evaluated, trained), (other, other_evaluated, other_trained) = results
    assert list(plain) == list(other)
    for name, values in plain.items():
        assert other[name] == pytest.approx(values, rel=1e-5), name
    assert other_evaluated == pytest.approx(evaluated, rel=1e-5)
    for one, two in zip(trained, other_trained, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def test_a_classifier(graphs):
    fit_twice(
        lambda: classifier(kerlite),
        {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        X, KIND, validation_split=1 / 3, sample_weight=WEIGHT,
    )  # fmt: skip
    assert graphs


def test_several_outputs():
    fit_twice(
        lambda: two_heads(kerlite),
        {"loss": ["mse", "sparse_categorical_crossentropy"], "metrics": [["mae"], ["accuracy"]]},
        X, [NUMBER, KIND],
    )  # fmt: skip


def test_images_with_batch_normalization_and_regularizers():
    def build():
        return kerlite.Sequential([
            kerlite.Input((6, 6, 1)),
            layers.Conv2D(3, 3, kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ])  # fmt: skip

    images = np.random.default_rng(0).normal(size=(48, 6, 6, 1)).astype("float32")
    fit_twice(build, {"loss": "sparse_categorical_crossentropy", "metrics": ["acc"]}, images, KIND)


def test_a_plain_module():
    module = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    trainer = kerlite.Trainer(module)
    trainer.compile(torch.optim.Adam, torch.nn.MSELoss(), jit_compile=TRACED)
    losses = trainer.fit(X, NUMBER, batch_size=16, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_it_is_traced_once(graphs):
    model = classifier(kerlite)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=TRACED)
    given = {"batch_size": 16, "verbose": 0}
    model.fit(X, KIND, epochs=2, **given)
    assert len(graphs) == 1
    model.fit(X, KIND, epochs=3, **given)
    assert len(graphs) == 1
