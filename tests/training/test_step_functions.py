"""What adds to the loss besides `compile`, and what is measured."""

import numpy as np
import pytest
import torch
import torchmetrics

import kerlite
from kerlite import layers, metrics, regularizers
from tests.training.twins import classifier, samples, two_heads

X, NUMBER, KIND, WEIGHT = samples()


class Penalized(layers.Layer):
    """Adds the mean square of its input to the loss."""

    def __init__(self, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * inputs.square().mean())
        return inputs


def penalized_model():
    inputs = kerlite.Input((4,))
    hidden = layers.Dense(5, kernel_regularizer=regularizers.L2(0.01), name="hidden")(inputs)
    return kerlite.Model(inputs, layers.Dense(1, name="out")(Penalized()(hidden)))


def expected_loss(model, x, y):
    hidden = model.get_layer("hidden")
    x, y = torch.tensor(x), torch.tensor(y)
    features = x @ hidden.kernel + hidden.bias
    prediction = features @ model.get_layer("out").kernel + model.get_layer("out").bias
    mse = (prediction - y).square().mean()
    return mse + 0.1 * features.square().mean() + 0.01 * hidden.kernel.square().sum()


def test_add_loss_and_regularizers():
    model = penalized_model()
    model.compile("sgd", "mse")
    expected = expected_loss(model, X, NUMBER).item()
    assert model.evaluate(X, NUMBER, batch_size=50, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert model.test_on_batch(X, NUMBER) == pytest.approx(expected, rel=1e-5)
    history = model.fit(X, NUMBER, batch_size=50, verbose=0)
    assert history.history["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_their_gradients_reach_the_weights():
    model = penalized_model()
    kernel, bias = model.get_layer("hidden").weight, model.get_layer("hidden").bias
    grads = torch.autograd.grad(expected_loss(model, X, NUMBER), [kernel, bias])
    before = [kernel.detach().clone(), bias.detach().clone()]
    model.compile(kerlite.optimizers.SGD(1.0), "mse")
    model.fit(X, NUMBER, batch_size=50, verbose=0)
    for start, grad, now in zip(before, grads, [kernel, bias], strict=True):
        torch.testing.assert_close(start - grad, now.detach())


def test_add_loss_is_enough_without_a_compiled_loss():
    model = penalized_model()
    model.compile("sgd")
    losses = model.fit(X, batch_size=25, epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[1] < losses[0]
    assert isinstance(model.evaluate(X, verbose=0), float)


def test_losses_of_one_step_do_not_pile_up():
    model = penalized_model()
    model.compile("sgd", "mse")
    model.fit(X, NUMBER, batch_size=10, epochs=3, verbose=0)
    model(torch.tensor(X))
    assert len(model.losses) == 2  # one of add_loss, one of the regularizer


def test_a_subclass_adds_losses_too():
    class Net(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            outputs = self.dense(inputs)
            self.add_loss(torch.ones(()) * 7.0)
            return outputs

    model = Net()
    model.compile("sgd", "mse", metrics=["mse"])
    logs = model.evaluate(X, NUMBER, batch_size=20, verbose=0, return_dict=True)
    assert logs["loss"] - logs["mse"] == pytest.approx(7.0, rel=1e-5)


def test_regularizers_of_an_unbuilt_model_count_from_the_first_batch():
    def build():
        return kerlite.Sequential([layers.Dense(1, kernel_regularizer=regularizers.L2(1.0))])

    def batches():
        yield X, NUMBER

    model, other = build(), build()
    for one in (model, other):
        one.compile("sgd", "mse")
    loss = model.evaluate(batches(), verbose=0)
    other.build((None, 4))
    other.set_weights(model.get_weights())
    assert loss == pytest.approx(other.evaluate(X, NUMBER, batch_size=50, verbose=0), rel=1e-6)
    assert model.losses


def test_compute_loss_outside_of_fit_counts_regularizers():
    model = penalized_model()
    model.compile("sgd", "mse")
    x, y = torch.tensor(X), torch.tensor(NUMBER)
    loss = model.compute_loss(x=x, y=y, y_pred=model(x))
    assert loss.item() == pytest.approx(expected_loss(model, X, NUMBER).item(), rel=1e-5)


def test_frozen_layers_are_not_regularized():
    model = penalized_model()
    model.get_layer("hidden").trainable = False
    model.compile("sgd", "mse", metrics=["mse"])
    logs = model.evaluate(X, NUMBER, batch_size=50, verbose=0, return_dict=True)
    hidden = model.get_layer("hidden")
    features = torch.tensor(X) @ hidden.kernel + hidden.bias
    extra = 0.1 * features.square().mean().item()
    assert logs["loss"] - logs["mse"] == pytest.approx(extra, rel=1e-4)


class Loud(layers.Layer):
    """Measures the mean of what passes through."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.level = metrics.Mean(name="level")

    def call(self, inputs):
        self.level.update_state(inputs)
        return inputs


def test_metrics_of_layers_are_logged_and_reset():
    inputs = kerlite.Input((4,))
    model = kerlite.Model(inputs, layers.Dense(1)(Loud()(inputs)))
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(X, NUMBER, batch_size=25, epochs=2, verbose=0).history
    assert list(history) == ["level", "loss", "mae"]
    assert history["level"] == pytest.approx([X.mean()] * 2, abs=1e-5)
    assert model.metrics_names == ["loss", "compile_metrics", "level"]
    assert [type(m).__name__ for m in model.metrics] == ["Mean", "CompileMetrics", "Mean"]


def test_metrics_property_of_several_outputs():
    model = two_heads(kerlite)
    model.compile("sgd", ["mse", "sparse_categorical_crossentropy"], metrics=[["mae"], []])
    assert model.metrics_names == ["loss", "compile_metrics"]
    model.evaluate(X, [NUMBER, KIND], verbose=0)
    assert model.metrics_names == ["loss", "compile_metrics", "number_loss", "kind_loss"]


def test_a_metric_inside_a_metric_is_its_own_affair():
    class Outer(metrics.Metric):
        def __init__(self, name="outer"):
            super().__init__(name=name)
            self.inner = metrics.Mean(name="inner")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.inner.update_state((y_true - y_pred).abs())

        def result(self):
            return self.inner.result()

    class Net(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)
            self.outer = Outer()

        def call(self, inputs):
            outputs = self.dense(inputs)
            self.outer.update_state(outputs, outputs + 2)
            return outputs

    model = Net()
    model.compile("sgd", "mse")
    assert list(model.evaluate(X, NUMBER, verbose=0, return_dict=True)) == ["loss", "outer"]
    assert model.get_metrics_result()["outer"] == pytest.approx(2.0, abs=1e-5)


def test_a_metric_of_several_values():
    class Range(metrics.Metric):
        def __init__(self, name="range"):
            super().__init__(name=name)
            self.low = self.add_variable((), "zeros", name="low")
            self.high = self.add_variable((), "zeros", name="high")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.low.assign(torch.minimum(self.low, y_true.min()))
            self.high.assign(torch.maximum(self.high, y_true.max()))

        def result(self):
            return {"low": self.low, "high": self.high}

    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy", Range()])
    logs = model.evaluate(X, KIND, verbose=0, return_dict=True)
    assert sorted(logs) == ["accuracy", "high", "loss", "low"]
    assert (logs["low"], logs["high"]) == (0.0, 2.0)

    class Net(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)
            self.range = Range()

        def call(self, inputs):
            self.range.update_state(inputs, inputs)
            return self.dense(inputs)

    model = Net()
    model.compile("sgd", "mse")
    history = model.fit(X, NUMBER, verbose=0).history
    assert sorted(history) == ["high", "loss", "low"]


def test_reset_metrics_and_get_metrics_result():
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.evaluate(X, KIND, verbose=0)
    logs = model.get_metrics_result()
    assert set(logs) == {"loss", "accuracy"}
    assert logs["loss"] > 0
    assert isinstance(logs["accuracy"], float)
    model.reset_metrics()
    assert dict(model.get_metrics_result()) == {"accuracy": 0.0, "loss": 0.0}


def test_torchmetrics():
    model = classifier(kerlite)
    accuracy = torchmetrics.classification.MulticlassAccuracy(num_classes=3, average="micro")
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[accuracy, "accuracy"])
    history = model.fit(X, KIND, batch_size=16, epochs=2, verbose=0, validation_split=0.2).history
    name = next(key for key in history if "ulticlass" in key and not key.startswith("val_"))
    assert history[name] == pytest.approx(history["accuracy"])
    assert history[f"val_{name}"] == pytest.approx(history["val_accuracy"])


@pytest.mark.parametrize("loss", [torch.nn.MSELoss(), torch.nn.functional.mse_loss, "mse"])
def test_torch_losses(loss):
    torch.manual_seed(0)
    inputs = kerlite.Input((4,))
    model = kerlite.Model(inputs, layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile("sgd", loss)
    x = X.sum(1, keepdims=True)
    expected = ((x - NUMBER) ** 2).mean()
    assert model.evaluate(X, NUMBER, batch_size=50, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_cross_entropy_of_torch_takes_labels():
    model = classifier(kerlite, softmax=False)
    model.compile("sgd", torch.nn.CrossEntropyLoss())
    logits = model(torch.tensor(X))
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(KIND)).item()
    assert model.evaluate(X, KIND, batch_size=50, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_class_weights_and_sample_weights_multiply():
    model = classifier(kerlite)
    model.compile(kerlite.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    class_weight = {0: 0.5, 2: 3.0}
    table = np.array([0.5, 1.0, 3.0])[KIND]
    history = model.fit(
        X, KIND, batch_size=50, class_weight=class_weight, sample_weight=WEIGHT, verbose=0
    )
    expected = model.evaluate(X, KIND, sample_weight=WEIGHT * table, batch_size=50, verbose=0)
    assert history.history["loss"][0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("form", ["dict", "list", "targets in a dict"])
def test_class_weights_of_several_outputs(form):
    inputs = kerlite.Input((4,))
    a = layers.Dense(3, activation="softmax", name="a")(inputs)
    b = layers.Dense(3, activation="softmax", name="b")(inputs)
    model = kerlite.Model(inputs, {"a": a, "b": b} if form == "targets in a dict" else [a, b])
    model.compile(kerlite.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    other = KIND[::-1].copy()
    y = {"a": KIND, "b": other} if form == "targets in a dict" else [KIND, other]
    given = {"b": {0: 5.0, 1: 0.1}}
    class_weight = [None, given["b"]] if form == "list" else given
    history = model.fit(X, y, class_weight=class_weight, batch_size=50, verbose=0).history
    weights = np.array([5.0, 0.1, 1.0], "float32")[other]
    ones = np.ones(50, "float32")
    sample_weight = {"a": ones, "b": weights} if form == "targets in a dict" else [ones, weights]
    logs = model.evaluate(
        X, y, sample_weight=sample_weight, batch_size=50, verbose=0, return_dict=True
    )
    for name, value in logs.items():
        assert history[name][0] == pytest.approx(value, rel=1e-5), name
