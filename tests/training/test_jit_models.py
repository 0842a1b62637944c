"""Compiled and eager training agree; nothing is compiled after the first epoch; no graph breaks."""

import numpy as np
import pytest
import torch
from torch._dynamo.backends.debugging import aot_eager
from torch._dynamo.utils import counters

import kerlite
from kerlite.training.compile_options import compiler_missing_for
from tests.training.jit_models import MODELS, data


class Counting:
    """The backend aot_eager, with a count of what was compiled at the end of every epoch."""

    def __init__(self):
        self.graphs = 0

    def __call__(self, module, inputs):
        self.graphs += 1
        return aot_eager(module, inputs)


class PerEpoch(kerlite.callbacks.Callback):
    """Notes the number of graphs after each epoch, and changes the learning rate."""

    def __init__(self, backend):
        super().__init__()
        self.backend, self.graphs, self.batches = backend, [], 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1
        self.model.optimizer.learning_rate = 0.01 / (1 + self.batches)

    def on_epoch_end(self, epoch, logs=None):
        self.graphs.append(self.backend.graphs)


@pytest.fixture(autouse=True)
def fresh_compiler():
    torch.compiler.reset()
    counters.clear()
    yield
    torch.compiler.reset()


@pytest.mark.parametrize("name", MODELS)
def test_twenty_steps_agree_with_eager_ones(name):
    build, shape = MODELS[name]
    x, y = data(shape)
    first = build()
    backend = Counting()
    evaluates = name == "mlp"  # to compile two more steps takes its time
    given = {"batch_size": 6, "verbose": 0}
    if evaluates:
        given["validation_data"] = (x[:12], y[:12])
    results = []
    for jit in (False, {"backend": backend}):
        model = build()
        model.set_weights(first.get_weights())
        loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(kerlite.optimizers.Adam(0.01), loss, metrics=["accuracy"], jit_compile=jit)
        noted = PerEpoch(backend)
        torch.manual_seed(3)
        history = model.fit(x, y, epochs=3, callbacks=[noted], **given).history
        outputs = model.predict(x, batch_size=20, verbose=0) if evaluates else 0.0
        results.append((history, model.get_weights(), outputs))
    assert noted.batches == 21
    assert 0 < noted.graphs[0] == noted.graphs[2]
    assert not counters["graph_break"]
    report = model.compile_report()
    kinds = ["train", "test", "predict"] if evaluates else ["train"]
    assert [report[kind].chosen for kind in kinds] == ["compiled"] * len(kinds), report
    (plain, weights, outputs), (history, other_weights, other_outputs) = results
    for metric, values in plain.items():
        np.testing.assert_allclose(history[metric], values, rtol=1e-4, atol=1e-4, err_msg=metric)
    for one, other in zip(weights, other_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(outputs, other_outputs, rtol=1e-4, atol=1e-4)


@pytest.mark.skipif(
    compiler_missing_for(torch.device("cpu")) is not None, reason="there is no C++ compiler"
)
def test_inductor_draws_the_same_dropout():
    x, y = data((4,))
    results = []
    for jit in (False, True):
        model = MODELS["mlp"][0]()
        rng = np.random.default_rng(0)
        model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
        loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(kerlite.optimizers.SGD(0.1), loss, jit_compile=jit)
        torch.manual_seed(0)
        results.append(model.fit(x, y, batch_size=20, epochs=4, verbose=0).history["loss"])
    assert results[1] == pytest.approx(results[0], rel=1e-4)
    assert model.compile_report()["train"].chosen == "compiled"
