"""`jit_compile=True`: the forward pass and the loss through torch.compile."""

import functools

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from tests.training.twins import classifier, samples, two_heads

X, NUMBER, KIND, WEIGHT = samples(48)


@pytest.fixture(autouse=True)
def compiled_without_inductor(monkeypatch):
    """Trace as torch.compile does, but run what was traced in Python; count the graphs."""
    graphs = []

    def backend(module, inputs):
        graphs.append(module)
        return module.forward

    torch._dynamo.reset()
    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend=backend))
    yield graphs
    torch._dynamo.reset()


def fit_twice(build, arguments, x, y, **fit_arguments):
    """Train with and without compilation from the same weights; hold the results together."""
    results = []
    first = build()
    weights = first.get_weights()
    for jit in (False, True):
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


def test_a_classifier(compiled_without_inductor):
    fit_twice(
        lambda: classifier(kerlite),
        {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        X, KIND, validation_split=1 / 3, sample_weight=WEIGHT,
    )  # fmt: skip
    assert compiled_without_inductor


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
    trainer.compile(torch.optim.Adam, torch.nn.MSELoss(), jit_compile=True)
    losses = trainer.fit(X, NUMBER, batch_size=16, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_it_is_traced_once(compiled_without_inductor):
    model = classifier(kerlite)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=True)
    given = {"batch_size": 16, "verbose": 0}
    model.fit(X, KIND, epochs=2, **given)
    graphs = len(compiled_without_inductor)
    model.fit(X, KIND, epochs=3, **given)
    assert len(compiled_without_inductor) == graphs == 1
