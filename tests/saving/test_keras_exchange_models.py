"""Whole models with their training: read by the other side, and training goes on alike."""

import keras
import numpy as np
import pytest

import kerlite
from tests.support import pairs

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:In CPU autocast, but the target dtype:UserWarning"),
]


def _scaled(k):
    @k.saving.register_keras_serializable("exchange")
    class Scaled(k.layers.Layer):
        def __init__(self, factor=2.0, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor
            self.inner = k.layers.Dense(4, name="inside")

        def build(self, input_shape):
            self.inner.build(input_shape)
            self.scale = self.add_weight(shape=(4,), initializer="ones", name="scale")

        def call(self, inputs):
            return self.inner(inputs) * self.scale * self.factor

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    return Scaled


SCALED = {keras: _scaled(keras), kerlite: _scaled(kerlite)}


def custom(k):
    inputs = k.Input((5,), name="x")
    x = SCALED[k](0.5, name="scaled")(inputs)
    return k.Model(inputs, k.layers.Dense(2, name="out")(x))


def shared_inputs(k):
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    tower = k.Sequential([k.layers.Dense(5, activation="tanh", name="t"),
                          k.layers.BatchNormalization(name="n")], name="tower")  # fmt: skip
    x = k.layers.Subtract(name="difference")([tower(a), tower(b)])
    return k.Model([a, b], k.layers.Dense(2, name="out")(x))


def masks(k):
    inputs = k.Input((6,), dtype="int32", name="tokens")
    x = k.layers.Embedding(11, 4, mask_zero=True, name="e")(inputs)
    x = k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True), name="both")(x)
    x = k.layers.GRU(4, name="gru")(x)
    return k.Model(inputs, k.layers.Dense(2, name="out")(x))


def attention(k):
    inputs = k.Input((5, 4), name="x")
    x = k.layers.MultiHeadAttention(2, 3, name="mha")(inputs, inputs)
    x = k.layers.LayerNormalization(name="n")(k.layers.Add(name="add")([x, inputs]))
    x = k.layers.GroupQueryAttention(2, 4, 2, name="gqa")(x, x)
    x = k.layers.GlobalAveragePooling1D(name="pool")(x)
    return k.Model(inputs, k.layers.Dense(2, name="out")(x))


def images(k):
    inputs = k.Input((8, 8, 3), name="x")
    x = k.layers.SeparableConv2D(4, 3, name="c")(k.layers.Conv2D(4, 3, name="s")(inputs))
    x = k.layers.BatchNormalization(name="n")(x) * 0.5 + 1.0
    x = k.layers.GlobalMaxPooling2D(name="pool")(x)
    return k.Model(inputs, k.layers.Dense(2, name="out")(x))


def several_outputs(k):
    inputs = k.Input((4,), name="x")
    hidden = k.layers.Dense(4, activation="relu", name="hidden")(inputs)
    return k.Model(
        inputs, {"p": k.layers.Dense(2, name="p")(hidden), "q": k.layers.Dense(1, name="q")(hidden)}
    )


def nested(k):
    inner_in = k.Input((4,), name="inner_in")
    inner = k.Model(inner_in, k.layers.Dense(4, name="d")(inner_in), name="inner")
    inputs = k.Input((4,), name="x")
    return k.Model(inputs, k.layers.Dense(2, name="out")(inner(inner(inputs))))


MODELS = {f.__name__: f for f in
          (custom, shared_inputs, masks, attention, images, several_outputs, nested)}  # fmt: skip
OPTIMIZERS = {
    "custom": lambda k: k.optimizers.Adam(0.01, amsgrad=True),
    "shared_inputs": lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "masks": lambda k: k.optimizers.RMSprop(0.01, centered=True, momentum=0.3),
    # Some gradients of these two are nothing but rounding, which Adam and its like would enlarge.
    "attention": lambda k: k.optimizers.SGD(
        k.optimizers.schedules.CosineDecay(0.05, 10), momentum=0.5, weight_decay=0.01
    ),
    "images": lambda k: k.optimizers.SGD(0.05, momentum=0.9, clipnorm=1.0),
    "several_outputs": lambda k: k.optimizers.Adagrad(0.1),
    "nested": lambda k: k.optimizers.Lion(0.01),
}


def compiled(k, name):
    model = MODELS[name](k)
    loss, metrics = k.losses.MeanSquaredError(), [k.metrics.MeanAbsoluteError(name="mae")]
    if name == "several_outputs":
        loss, metrics = {"p": loss, "q": k.losses.Huber()}, {"p": metrics, "q": []}
    model.compile(optimizer=OPTIMIZERS[name](k), loss=loss, metrics=metrics)
    return pairs.shake(model)


def some_steps(model, name, count=3):
    x = pairs.data_for(model, batch=6)
    rng = np.random.default_rng(4)
    y = {n: rng.random((6, c), "float32") for n, c in (("p", 2), ("q", 1))}
    for _ in range(count):
        model.train_on_batch(x, y if name == "several_outputs" else y["p"])
    return model


@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize(
    ("writer", "reader"), [(keras, kerlite), (kerlite, keras)], ids=["from Keras", "to Keras"]
)
def test_training_goes_on_alike(writer, reader, name, tmp_path):
    model = some_steps(compiled(writer, name), name)
    model.save(tmp_path / "m.keras")
    again = reader.models.load_model(tmp_path / "m.keras")
    assert int(again.optimizer.iterations) == 3
    pairs.assert_same_outputs(model, again, pairs.data_for(model))
    some_steps(model, name)
    some_steps(again, name)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("name", list(MODELS))
def test_weights_files_hold_the_optimizer_s_slots(name, tmp_path):
    theirs, ours = some_steps(compiled(keras, name), name), compiled(kerlite, name)
    ours.optimizer.build(ours.trainable_weights)
    theirs.save_weights(tmp_path / "m.weights.h5")
    ours.load_weights(tmp_path / "m.weights.h5")
    assert int(ours.optimizer.iterations) == 3
    some_steps(ours, name).save_weights(tmp_path / "ours.weights.h5")
    again = some_steps(compiled(keras, name), name, 1)
    again.load_weights(tmp_path / "ours.weights.h5")
    assert int(again.optimizer.iterations) == 6
    for one, other in zip(ours.optimizer.variables[2:], again.optimizer.variables[2:], strict=True):
        np.testing.assert_allclose(one.numpy(), np.asarray(other.value.detach()), atol=1e-7)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "bfloat16"])
@pytest.mark.parametrize(
    ("writer", "reader"), [(keras, kerlite), (kerlite, keras)], ids=["from Keras", "to Keras"]
)
def test_mixed_precision_goes_along(policy, writer, reader, tmp_path):
    def made(k):
        layers = [k.layers.Dense(3, dtype=policy, name=n) for n in ("a", "b")]
        model = k.Sequential([k.Input((4,)), *layers])
        model.dtype_policy = k.dtype_policies.get(policy)
        model.compile(k.optimizers.SGD(0.1, momentum=0.5), k.losses.MeanSquaredError())
        return model

    model = made(writer)
    assert hasattr(model.optimizer, "inner_optimizer") == (policy == "mixed_float16")
    x, y = np.ones((4, 4), "float32"), np.zeros((4, 3), "float32")
    for _ in range(2):
        model.train_on_batch(x, y)
    model.save(tmp_path / "m.keras")
    again = reader.models.load_model(tmp_path / "m.keras")
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(np.asarray(one, "float32"), np.asarray(other, "float32"))
    inner = [getattr(m.optimizer, "inner_optimizer", m.optimizer) for m in (model, again)]
    assert int(inner[0].iterations) == int(inner[1].iterations)
    tolerance = {"rtol": 1e-2 if policy == "bfloat16" else 1e-4, "atol": 1e-5}
    for one, other in zip(inner[0].variables[2:], inner[1].variables[2:], strict=True):
        arrays = (np.asarray(v.value.detach().float()) for v in (one, other))
        np.testing.assert_allclose(*arrays, **tolerance)
