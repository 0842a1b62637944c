"""What compiled steps are made of, when they are made again, and what cannot be compiled."""

import warnings

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from tests.training.twins import classifier, samples, two_heads

X, NUMBER, KIND, WEIGHT = samples(40)
GIVEN = {"batch_size": 16, "verbose": 0, "shuffle": False}
GRAPHS = []


def traced(module, inputs):
    """Trace as torch.compile does, but run what was traced in Python."""
    GRAPHS.append(module)
    return module.forward


TRACED = {"backend": traced}


@pytest.fixture(autouse=True)
def graphs():
    torch.compiler.reset()
    GRAPHS.clear()
    yield GRAPHS
    torch.compiler.reset()


def train(build, jit, x=X, y=NUMBER, **arguments):
    """Return a model trained for two epochs from fixed weights, and its history."""
    rng = np.random.default_rng(7)
    model = build()
    model.set_weights([rng.normal(size=w.shape) * 0.3 for w in model.get_weights()])
    settings = {"optimizer": kerlite.optimizers.SGD(0.1), "loss": "mse", **arguments}
    model.compile(**settings, jit_compile=jit)
    torch.manual_seed(0)
    return model, model.fit(x, y, epochs=2, **GIVEN).history


def agree(build, jit=None, tolerance=1e-5, **arguments):
    """Train with and without compilation; return the compiled model."""
    plain, history = train(build, False, **arguments)
    model, compiled = train(build, jit or TRACED, **arguments)
    for name, values in history.items():
        np.testing.assert_allclose(compiled[name], values, rtol=tolerance, err_msg=name)
    for one, other in zip(plain.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)
    return model


def small():
    return kerlite.Sequential([
        kerlite.Input((4,)),
        layers.Dense(5, activation="tanh"),
        layers.Dropout(0.3),
        layers.Dense(1),
    ])  # fmt: skip


def chosen(model, kind="train"):
    return model.compile_report()[kind].chosen


def test_dict_inputs_and_dict_outputs(graphs):
    def build():
        one, two = kerlite.Input((4,), name="one"), kerlite.Input((4,), name="two")
        x = layers.Concatenate()([one, two])
        outputs = {"a": layers.Dense(1, name="a")(x), "b": layers.Dense(1, name="b")(x)}
        return kerlite.Model({"one": one, "two": two}, outputs)

    model = agree(
        build, x={"one": X, "two": X[::-1].copy()}, y={"a": NUMBER, "b": -NUMBER},
        loss={"a": "mse", "b": "mae"}, metrics={"a": ["mae"]},
    )  # fmt: skip
    assert chosen(model) == "compiled"
    assert set(model.predict({"one": X, "two": X}, verbose=0)) == {"a", "b"}


def test_the_metrics_are_in_the_same_graph(graphs):
    model = agree(small, metrics=["mae"])
    assert chosen(model) == "compiled"
    assert len(graphs) == 2  # for full batches, then for batches of any size
    assert model.compile_report()["train"].seconds > 0


def test_gradient_accumulation():
    sgd = kerlite.optimizers.SGD
    plain, _ = train(small, False, optimizer=sgd(0.1, gradient_accumulation_steps=2))
    model, _ = train(small, TRACED, optimizer=sgd(0.1, gradient_accumulation_steps=2))
    for one, other in zip(plain.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_mixed_precision():
    def build():
        return kerlite.Sequential([
            kerlite.Input((4,)),
            layers.Dense(8, activation="tanh", dtype="mixed_bfloat16"),
            layers.BatchNormalization(dtype="mixed_bfloat16"),
            layers.Dense(1, dtype="float32"),
        ])  # fmt: skip

    assert chosen(agree(build, tolerance=1e-2)) == "compiled"


def test_masks_and_a_gru():
    def build():
        return kerlite.Sequential([
            kerlite.Input((5,), dtype="int32"),
            layers.Embedding(7, 4, mask_zero=True),
            layers.GRU(3),
            layers.Dense(1),
        ])  # fmt: skip

    words = np.random.default_rng(0).integers(0, 7, (40, 5))
    words[:, 0] = 1
    assert chosen(agree(build, x=words, metrics=["mae"])) == "compiled"


def test_several_steps_an_execution(graphs):
    model = agree(small, steps_per_execution=2)
    assert chosen(model) == "compiled"


def test_add_loss_and_sample_weights():
    class Penalized(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1, kernel_regularizer="l2")
            self.build((None, 4))

        def call(self, inputs):
            outputs = self.dense(inputs)
            self.add_loss(outputs.square().mean() * 0.1)
            return outputs

    assert chosen(agree(Penalized)) == "compiled"


def test_an_own_compute_metrics_gets_the_outputs():
    seen = []

    class Own(kerlite.Model):
        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            seen.append(tuple(y_pred.shape))
            return super().compute_metrics(x, y, y_pred, sample_weight)

    def build():
        inputs = kerlite.Input((4,))
        return Own(inputs, layers.Dense(1)(inputs))

    assert chosen(agree(build, metrics=["mae"])) == "compiled"
    assert seen == [(16, 1), (16, 1), (8, 1)] * 4


def test_an_own_train_step_runs_eagerly():
    class Own(kerlite.Model):
        def train_step(self, data):
            x, y = data
            loss = self.compute_loss(y=y, y_pred=self(x))
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            return {"loss": loss.detach()}

    inputs = kerlite.Input((4,))
    model = Own(inputs, layers.Dense(1)(inputs))
    model.compile("sgd", "mse", jit_compile=TRACED)
    model.fit(X, NUMBER, **GIVEN)
    assert str(model.compile_report()["train"]) == (
        "eager: Own.train_step() is its own; only kerlite's is compiled"
    )


def test_a_metric_that_cannot_be_traced_is_left_out(graphs):
    class Untraceable(kerlite.metrics.Mean):
        def update_state(self, y_true, y_pred, sample_weight=None):
            torch._dynamo.graph_break()
            super().update_state(y_pred)

    with pytest.warns(UserWarning, match="training step is compiled in parts only: ") as warned:
        model, history = train(small, TRACED, metrics=[Untraceable(name="own")])
    assert len([w for w in warned if "training step" in str(w.message)]) == 1
    assert "\n" not in str(warned[0].message)
    assert len(graphs) == 2
    _, expected = train(small, False, metrics=[Untraceable(name="own")])
    assert history["own"] == pytest.approx(expected["own"], rel=1e-5)
    assert chosen(model) == "compiled in parts"


def test_what_the_backend_cannot_compile_runs_eagerly_and_no_batch_is_lost():
    def failing(module, inputs):
        raise NotImplementedError("no such kernel")

    plain, expected = train(small, False, metrics=["mae"])
    with pytest.warns(UserWarning, match="training step runs eagerly: .*no such kernel") as warned:
        model, history = train(small, {"backend": failing}, metrics=["mae"])
    assert len(warned) == 1
    assert history == expected
    for one, other in zip(plain.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert chosen(model) == "eager"
    assert "no such kernel" in model.compile_report()["train"].why


def test_fullgraph_is_all_or_nothing():
    class Broken(layers.Layer):
        def call(self, inputs):
            torch._dynamo.graph_break()
            return inputs

    def build():
        return kerlite.Sequential([kerlite.Input((4,)), Broken(), layers.Dense(1)])

    with pytest.warns(UserWarning, match="training step runs eagerly"):
        agree(build, {**TRACED, "fullgraph": True})


def test_an_error_of_the_batch_is_the_one_raised_and_compilation_goes_on():
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=TRACED)
    model.train_on_batch(X, KIND)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=r"shape|size"):
            model.train_on_batch(X[:, :3], KIND)
        model.train_on_batch(X, KIND)
        assert chosen(model) == "compiled"
        with pytest.raises(ValueError, match=r"shape|size"):
            model.train_on_batch(X[:, :3], KIND)
        model.train_on_batch(X, KIND)
    assert chosen(model) == "compiled"


@pytest.mark.filterwarnings("ignore:`trainable` was changed after compile")
def test_what_changes_the_step_makes_it_anew(graphs):
    model, _ = train(small, TRACED)
    made = model.trainer._steps.compilation._made
    first = made["train"]
    model.fit(X, NUMBER, **GIVEN)
    assert made["train"] is first
    frozen = model.layers[0].get_weights()
    model.layers[0].trainable = False
    model.fit(X, NUMBER, **GIVEN)
    second = made["train"]
    assert second is not first
    for before, after in zip(frozen, model.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    model.optimizer = kerlite.optimizers.SGD(0.0)
    weights = model.get_weights()
    model.fit(X, NUMBER, **GIVEN)
    assert made["train"] is not second
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    model.compile("sgd", "mae", jit_compile=TRACED)
    losses = model.fit(X, NUMBER, **GIVEN).history["loss"]
    assert losses != [0.0]
    assert chosen(model) == "compiled"


def test_many_models_do_not_use_up_each_others_compilations(graphs):
    for units in range(1, 11):
        model = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(units), layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=TRACED)
        model.fit(X[:32], NUMBER[:32], **GIVEN)
        assert chosen(model) == "compiled"
    assert len(graphs) == 10


def test_several_outputs_are_evaluated_and_predicted(graphs):
    model = two_heads(kerlite)
    losses = ["mse", "sparse_categorical_crossentropy"]
    expected = model.predict(X, batch_size=16, verbose=0)
    model.compile("sgd", losses, jit_compile=TRACED)
    model.evaluate(X, [NUMBER, KIND], batch_size=16, verbose=0)
    for one, other in zip(model.predict(X, batch_size=16, verbose=0), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert chosen(model, "test") == chosen(model, "predict") == "compiled"
    assert chosen(model, "train") == "undecided"


def test_run_eagerly_holds_from_the_moment_it_is_set(graphs):
    model = small()
    model.compile("sgd", "mse", jit_compile=TRACED)
    model.run_eagerly = True
    model.fit(X, NUMBER, **GIVEN)
    model.predict(X, verbose=0)
    assert not graphs
    assert str(model.compile_report()["train"]) == "eager: run_eagerly=True"
