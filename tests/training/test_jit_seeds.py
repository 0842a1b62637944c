"""Layers with seeds of their own, in steps that are compiled: whole, once, with the same draws."""

import numpy as np
import pytest
import torch
from torch._dynamo.utils import counters

import kerlite
from kerlite import layers

X = np.random.default_rng(0).normal(size=(48, 4, 3)).astype("float32")
Y = X.sum((1, 2), keepdims=True)[:, 0]


@pytest.fixture(autouse=True)
def compiler():
    torch.compiler.reset()
    counters.clear()
    with torch._dynamo.config.patch(error_on_recompile=True):
        yield
    torch.compiler.reset()


class Shuffles(layers.Layer):
    """Draws in its own code."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = kerlite.random.SeedGenerator(5)

    def call(self, inputs, training=None):
        noise = kerlite.random.normal(inputs.shape, stddev=0.1, seed=self.seeds)
        return inputs + noise if training else inputs


def trained(jit):
    rng = np.random.default_rng(1)
    parts = [layers.Dense(4), layers.Dropout(0.3, seed=1), Shuffles(), layers.LSTM(4, dropout=0.3,
             seed=2), layers.GaussianNoise(0.2, seed=3), layers.Dense(1)]  # fmt: skip
    model = kerlite.Sequential([kerlite.Input((4, 3)), *parts])
    model.set_weights([rng.normal(size=w.shape).astype("float32") for w in model.weights])
    model.compile(kerlite.optimizers.SGD(0.01), "mse", jit_compile=jit)
    history = model.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0).history
    return model, history["loss"]


def test_training():
    model, losses = trained(False)
    compiled, others = trained({"backend": "aot_eager"})
    assert compiled.compile_report()["train"].chosen == "compiled"
    assert counters["stats"]["unique_graphs"] == 1
    assert others == pytest.approx(losses, rel=1e-5)
    for one, two in zip(model.weights, compiled.weights, strict=True):
        torch.testing.assert_close(two.detach(), one.detach())
    assert compiled.layers[2].seeds.state == model.layers[2].seeds.state == 6
