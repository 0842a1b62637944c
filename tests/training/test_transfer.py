"""Transfer learning as tutorials write it: the same losses as in Keras, stage after stage."""

import keras
import numpy as np
import pytest

import kerlite
from tests.training.twins import CLOSE, compare_histories

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 8, 8, 3)).astype("float32")
Y = RNG.integers(0, 3, size=24)


def base(package):
    layers = package.layers
    inputs = package.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv1")(inputs)
    x = layers.BatchNormalization(name="bn1", momentum=0.5)(x)
    x = layers.Activation("relu", name="relu1")(x)
    block = layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv2")(x)
    block = layers.BatchNormalization(name="bn2", momentum=0.5)(block)
    x = layers.Add(name="add")([x, block])
    return package.Model(inputs, layers.MaxPooling2D(name="pool")(x), name="base")


@keras.saving.register_keras_serializable()
class InInference(keras.layers.Layer):
    """What `base(x, training=False)` means: in Keras itself `fit` overrides that argument."""

    def __init__(self, body, **kwargs):
        super().__init__(**kwargs)
        self.body = body

    def call(self, x):
        return self.body(x, training=False)


def network(package, call):
    layers = package.layers
    inputs = package.Input((8, 8, 3))
    x = layers.Rescaling(0.5, name="scale")(inputs)
    x = layers.GlobalAveragePooling2D(name="gap")(call(x))
    return package.Model(inputs, layers.Dense(3, name="head")(x), name="whole")


def pair(inference=False):
    """Return (package, base, model) of kerlite and of Keras, with one set of weights."""
    ours, theirs = base(kerlite), base(keras)
    call = (lambda x: ours(x, training=False)) if inference else ours
    made = [
        (kerlite, ours, network(kerlite, call)),
        (keras, theirs, network(keras, InInference(theirs) if inference else theirs)),
    ]
    values = [RNG.uniform(0.5, 1.5, size=w.shape).astype("float32") for w in made[0][2].weights]
    for _, _, model in made:
        model.set_weights([v - 1 if v.ndim > 1 else v for v in values])
    return made


def fitted(package, model, rate, epochs=2):
    model.compile(
        package.optimizers.Adam(rate),
        package.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model.fit(X, Y, batch_size=8, epochs=epochs, shuffle=False, verbose=0)


def compare_models(ours, theirs):
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(ours.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-3)


@pytest.mark.parametrize("inference", [False, True], ids=["own-mode", "training-false"])
def test_freeze_fit_unfreeze_the_top_compile_fine_tune(inference):
    made, records = pair(inference), []
    for package, body, model in made:
        body.trainable = False
        before = body.get_weights()
        first = fitted(package, model, 0.01)
        for one, other in zip(before, body.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)  # the averages of the norms, too
        body.trainable = True
        for layer in body.layers[:-4]:
            layer.trainable = False
        assert [layer.trainable for layer in body.layers].count(True) == 4
        records.append((first, fitted(package, model, 1e-3)))
    for ours, theirs in zip(*records, strict=True):
        compare_histories(ours, theirs)
    compare_models(made[0][2], made[1][2])


def test_the_first_layers_of_a_model_frozen_by_index():
    made, records = [(p, base(p)) for p in (kerlite, keras)], []
    made[1][1].set_weights(made[0][1].get_weights())
    for package, model in made:
        for layer in model.layers[:5]:
            layer.trainable = False
        assert [layer.name for layer in model.layers[:5] if layer.weights] == [
            "conv1", "bn1", "conv2",
        ]  # fmt: skip
        model.compile(package.optimizers.SGD(0.1), "mse")
        target = np.ones((24, 4, 4, 4), "float32")
        records.append(model.fit(X, target, epochs=2, shuffle=False, verbose=0))
    compare_histories(*records)


@pytest.mark.parametrize("writer", [0, 1], ids=["ours", "theirs"])
def test_a_nested_partly_frozen_model_through_a_file(writer, tmp_path):
    made = pair()
    package, body, model = made[writer]
    for layer in body.layers[:-4]:
        layer.trainable = False
    fitted(package, model, 0.01)
    model.save(tmp_path / "model.keras")
    ours = kerlite.models.load_model(tmp_path / "model.keras")
    theirs = keras.models.load_model(tmp_path / "model.keras")
    for loaded in (ours, theirs):
        states = {layer.name: layer.trainable for layer in loaded.get_layer("base").layers}
        assert all(states[layer.name] == layer.trainable for layer in body.layers if layer.weights)
    np.testing.assert_allclose(ours.predict(X, verbose=0), model.predict(X, verbose=0), **CLOSE)
    compare_histories(*[
        loaded.fit(X, Y, epochs=2, shuffle=False, verbose=0) for loaded in (ours, theirs)
    ])  # fmt: skip


def test_the_mode_of_the_call_of_a_base_is_in_the_file(tmp_path):
    _, _, model = pair(inference=True)[0]
    fitted(kerlite, model, 0.01)
    model.save(tmp_path / "model.keras")
    loaded = kerlite.models.load_model(tmp_path / "model.keras")
    averages = loaded.get_layer("base/bn1").moving_mean.numpy()
    loaded.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(averages, loaded.get_layer("base/bn1").moving_mean.numpy())


def test_freezing_without_compiling_goes_on_as_in_keras():
    made, records = pair(), []
    for package, body, model in made:
        fitted(package, model, 0.01, epochs=1)
        body.trainable = False
        if package is kerlite:
            with pytest.warns(UserWarning, match=r"6 weights \(base\.conv1.*are frozen and 0"):
                records.append(model.fit(X, Y, epochs=2, shuffle=False, verbose=0))
        else:
            records.append(model.fit(X, Y, epochs=2, shuffle=False, verbose=0))
    compare_histories(*records)
    compare_models(made[0][2], made[1][2])
