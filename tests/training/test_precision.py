"""Training in every precision: types as in Keras, sensitive layers and losses in float32."""

import re

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers, models, optimizers
from kerlite.optimizers.loss_scale_optimizer import LossScaleOptimizer

POLICIES = ["mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64"]


@pytest.fixture(autouse=True)
def _restored():
    yield
    kerlite.config.set_dtype_policy(None)
    keras.config.set_dtype_policy("float32")


def make(package):
    chosen = package.layers
    return package.Sequential([
        package.Input((6, 6, 3)),
        chosen.Conv2D(8, 3, activation="relu"),
        chosen.BatchNormalization(),
        chosen.GlobalAveragePooling2D(),
        chosen.LayerNormalization(),
        chosen.Dense(8, activation="gelu"),
        chosen.Dense(3, activation="softmax"),
    ])  # fmt: skip


def data(dtype="float32"):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 64)
    x = rng.normal(size=(64, 6, 6, 3)) * 0.3 + np.eye(3)[y][:, None, None, :]
    return x.astype(dtype), y


@pytest.mark.parametrize("policy", POLICIES)
def test_trains(policy):
    kerlite.config.set_dtype_policy(policy)
    torch.manual_seed(0)
    kerlite.utils.set_random_seed(0)
    model, (x, y) = make(kerlite), data()
    model.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=16, epochs=6, verbose=0).history
    assert history["loss"][-1] < 0.8 * history["loss"][0]
    scaled = isinstance(model.optimizer, LossScaleOptimizer)
    assert scaled == (policy == "mixed_float16")
    assert model.predict(x[:4], verbose=0).shape == (4, 3)


@pytest.mark.parametrize("policy", POLICIES)
def test_types_of_weights_and_outputs_are_kerass(policy):
    seen = []
    for package in (kerlite, keras):
        package.config.set_dtype_policy(policy)
        model = make(package)
        x = data()[0][:2]
        types = []
        for layer in model.layers:
            x = layer(x)
            weights = [keras.backend.standardize_dtype(one.dtype) for one in layer.weights]
            types.append((keras.backend.standardize_dtype(x.dtype), weights))
        seen.append(types)
    assert seen[0] == seen[1]


def test_policy_of_a_layer_alone():
    model = models.Sequential([
        layers.Input((4,)),
        layers.Dense(8, dtype="mixed_bfloat16"),
        layers.Dense(2, dtype="float64"),
        layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    model.fit(torch.ones(8, 4), torch.ones(8, 1), verbose=0)
    types = [layer(torch.ones(1, 4 if i == 0 else 8 if i == 1 else 2)).dtype
             for i, layer in enumerate(model.layers)]  # fmt: skip
    assert types == [torch.bfloat16, torch.float64, torch.float32]


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize(
    "make_layer",
    [
        lambda dtype: layers.LayerNormalization(dtype=dtype),
        lambda dtype: layers.BatchNormalization(dtype=dtype),
        lambda dtype: layers.GroupNormalization(2, dtype=dtype),
        lambda dtype: layers.Softmax(dtype=dtype),
        lambda dtype: layers.Activation("log_softmax", dtype=dtype),
    ],
    ids=["layer", "batch", "group", "softmax", "log_softmax"],
)
def test_sensitive_layers_compute_in_float32(make_layer, policy):
    half = torch.float16 if policy == "mixed_float16" else torch.bfloat16
    x = (torch.randn(16, 8, generator=torch.Generator().manual_seed(0)) * 900.0).to(half)
    got = make_layer(policy)(x, training=True) if "Norm" in type(make_layer(policy)).__name__ \
        else make_layer(policy)(x)  # fmt: skip
    exact = make_layer("float32")
    expected = exact(x.float(), training=True) if "Norm" in type(exact).__name__ \
        else exact(x.float())  # fmt: skip
    assert got.dtype == half
    step = torch.finfo(half).eps
    torch.testing.assert_close(got.float(), expected, rtol=1.1 * step, atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_losses_are_computed_in_float32(policy):
    kerlite.config.set_dtype_policy(policy)
    model = models.Sequential([layers.Input((2,)), layers.Activation("linear")])
    model.compile("sgd", "mse")
    x = np.full((4, 2), 300.0, dtype="float32")
    assert model.evaluate(x, np.zeros_like(x), verbose=0) == 90000.0


def test_overflow_skips_the_step_in_fit():
    kerlite.config.set_dtype_policy("mixed_float16")
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    inner = optimizers.Adam(0.1)
    model.compile(LossScaleOptimizer(inner, 2.0**15, dynamic_growth_steps=2), "mse")
    before = [weight.numpy().copy() for weight in model.weights]
    model.fit(np.full((4, 2), 60000.0, "float32"), np.zeros((4, 1), "float32"), verbose=0)
    assert all((old == new.numpy()).all() for old, new in zip(before, model.weights, strict=True))
    assert model.optimizer.dynamic_scale.item() == 2.0**14
    assert model.optimizer.iterations == 0
    small = np.full((4, 2), 0.01, "float32"), np.zeros((4, 1), "float32")
    model.fit(*small, epochs=2, verbose=0)
    assert model.optimizer.dynamic_scale.item() == 2.0**15
    assert model.optimizer.iterations == 2


def test_loss_scaling_is_chosen_as_keras_does():
    for package in (kerlite, keras):
        for policy, automatic, wrapped in (
            ("mixed_float16", True, True),
            ("mixed_float16", False, False),
            ("float16", True, False),
            ("float32", True, False),
        ):
            package.config.set_dtype_policy(policy)
            model = package.Sequential([package.Input((2,)), package.layers.Dense(1)])
            model.compile("sgd", "mse", auto_scale_loss=automatic)
            assert (type(model.optimizer).__name__ == "LossScaleOptimizer") == wrapped


def test_loss_scaling_of_a_model_without_float16_is_refused():
    model = models.Sequential([layers.Input((4,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=re.escape("their dtype policies are ['float32']")):
        model.compile(LossScaleOptimizer(optimizers.Adam(0.1)), "mse")
    mixed = [layers.Input((4,)), layers.Dense(2), layers.Dense(1, dtype="mixed_float16")]
    models.Sequential(mixed).compile(LossScaleOptimizer(optimizers.Adam(0.1)), "mse")
    module = kerlite.Trainer(torch.nn.Linear(4, 1).half())  # it has no policies to look at
    module.compile(LossScaleOptimizer(optimizers.Adam(0.1)), "mse")


def test_one_optimizer_for_two_models_is_refused():
    optimizer = optimizers.Adam()
    x, y = torch.ones(4, 2), torch.ones(4, 1)
    first, second = (
        models.Sequential([layers.Input((2,)), layers.Dense(1)]) for _ in range(2)
    )  # fmt: skip
    first.compile(optimizer, "mse")
    first.fit(x, y, verbose=0)
    second.compile(optimizer, "mse")
    before = [weight.numpy().copy() for weight in second.weights]
    with pytest.raises(ValueError, match="trains another model"):
        second.fit(x, y, verbose=0)
    assert all((old == new.numpy()).all() for old, new in zip(before, second.weights, strict=True))
    first.fit(x, y, verbose=0)


@pytest.mark.filterwarnings("ignore:`trainable` was changed after compile")
def test_an_optimizer_may_go_on_with_other_layers_of_its_model():
    model = models.Sequential([layers.Input((2,)), layers.Dense(2), layers.Dense(1)])
    model.compile("adam", "mse")
    x, y = torch.ones(4, 2), torch.ones(4, 1)
    model.layers[0].trainable = False
    model.fit(x, y, verbose=0)
    model.layers[0].trainable, model.layers[1].trainable = True, False
    model.fit(x, y, verbose=0)
    assert model.optimizer.iterations == 2
