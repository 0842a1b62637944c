"""Legacy `.h5` files of Keras 3: both ways, models and weights."""

import h5py
import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.saving import load_model, register_keras_serializable
from tests.support import pairs

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
]
NAMES = list(pairs.BUILDERS)
# Keras stumbles over an Ellipsis in a legacy file, its own or another's.
READ_BY_KERAS = [name for name in NAMES if name != "operators"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.h5"


def assert_same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", NAMES)
def test_own_round_trip(name, path):
    model = pairs.shake(pairs.build(name, kerlite))
    model.save(path)
    again = load_model(path)
    assert type(again) is type(model)
    pairs.assert_same_outputs(model, again, pairs.data_for(model), atol=0)


@pytest.mark.parametrize("name", READ_BY_KERAS)
def test_keras_opens_ours(name, path):
    model = pairs.shake(pairs.build(name, kerlite))
    model.save(path)
    theirs = keras.models.load_model(path)
    pairs.assert_same_outputs(model, theirs, pairs.data_for(model))
    assert_same_weights(model, theirs)


@pytest.mark.parametrize("name", NAMES)
def test_we_open_keras(name, path):
    theirs = pairs.shake(pairs.build(name, keras))
    theirs.save(path)
    ours = load_model(path)
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(ours))
    assert_same_weights(ours, theirs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by_name", [False, True], ids=["in order", "by name"])
def test_weights_go_into_a_model_of_either_side(name, by_name, path, tmp_path):
    ours, theirs = pairs.shake(pairs.build(name, kerlite)), pairs.build(name, keras)
    ours.save_weights(path)
    theirs.load_weights(path, by_name=by_name)
    assert_same_weights(ours, theirs)
    whole = tmp_path / "theirs.h5"
    pairs.shake(theirs, seed=2).save(whole)
    ours.load_weights(whole, by_name=by_name)
    assert_same_weights(ours, theirs)


OPTIMIZERS = {
    "sgd": lambda k: k.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda k: k.optimizers.Adam(k.optimizers.schedules.ExponentialDecay(0.01, 2, 0.5)),
    "rmsprop": lambda k: k.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
}


def compiled(k, optimizer):
    inputs = k.Input((6,), name="in")
    hidden = k.layers.Dense(5, activation="tanh", name="hidden")(inputs)
    outputs = [k.layers.Dense(2, name="a")(hidden), k.layers.Dense(1, name="b")(hidden)]
    model = k.Model(inputs, outputs)
    model.compile(
        OPTIMIZERS[optimizer](k),
        [k.losses.LogCosh(), k.losses.MeanSquaredError()],
        loss_weights=[1.0, 0.5],
        metrics=[[k.metrics.MeanAbsoluteError()], [k.metrics.MeanSquaredError(name="error")]],
    )
    return model


def some_steps(model):
    rng = np.random.default_rng(3)
    x, a, b = (rng.standard_normal((8, n)).astype("float32") for n in (6, 2, 1))
    for _ in range(3):
        model.train_on_batch(x, [a, b])
    return model


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("writer", [keras, kerlite])
def test_training_goes_on_alike(writer, optimizer, path):
    """Keras builds the optimizer it has read on no weights, so it cannot go on; we can."""
    model = some_steps(compiled(writer, optimizer))
    model.save(path)
    again = load_model(path)
    assert int(again.optimizer.iterations) == 3
    for one, other in zip(some_steps(again).get_weights(), some_steps(model).get_weights(),
                          strict=True):  # fmt: skip
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_keras_compiles_as_ours_was(optimizer, path):
    model = some_steps(compiled(kerlite, optimizer))
    model.save(path)
    theirs = keras.models.load_model(path)
    expected = compiled(keras, optimizer).optimizer.get_config()
    assert {**theirs.optimizer.get_config(), "name": None} == {**expected, "name": None}
    x, a, b = (np.ones((8, n), "float32") for n in (6, 2, 1))
    ours = model.evaluate(x, [a, b], verbose=0, return_dict=True)
    for name, value in theirs.evaluate(x, [a, b], verbose=0, return_dict=True).items():
        assert ours[name] == pytest.approx(value, rel=1e-5)


def test_compile_state_is_left_out_as_asked(path):
    model = some_steps(compiled(kerlite, "adam"))
    model.save(path)
    assert load_model(path).compiled
    assert not load_model(path, compile=False).compiled
    model.save(path, include_optimizer=False)
    assert not load_model(path).compiled


@register_keras_serializable("test_legacy_h5")
class Scaled(layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        self.inner = layers.Dense(3)

    def build(self, input_shape):
        self.shift = self.add_weight(shape=(3,), name="shift", trainable=False)
        self.scale = self.add_weight(shape=(3,), name="scale")

    def call(self, inputs):
        return self.inner(inputs) * self.scale * self.factor + self.shift


def test_a_registered_class_comes_back(path):
    x = kerlite.Input((4,))
    model = pairs.shake(kerlite.Model(x, Scaled(3.0)(x)))
    model.save(path)
    again = load_model(path)
    assert again.layers[1].factor == 3.0
    pairs.assert_same_outputs(model, again, pairs.data_for(model), atol=0)


def test_custom_objects_are_enough(path):
    class Doubling(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    x = kerlite.Input((2,))
    kerlite.Model(x, Doubling()(layers.Dense(2)(x))).save(path)
    with pytest.raises(ValueError, match="'Doubling'"):
        load_model(path)
    assert load_model(path, custom_objects={"Doubling": Doubling}).output_shape == (None, 2)


def test_many_layers_do_not_fit_one_attribute(path):
    """HDF5 lets an attribute have 64 KB: the names go into several."""
    many = [layers.Dense(1, name=f"{'long_' * 30}{i}") for i in range(450)]
    model = kerlite.Sequential([kerlite.Input((1,)), *many])
    model.save_weights(path)
    with h5py.File(path) as file:
        assert "layer_names1" in file.attrs
    again = kerlite.models.clone_model(model)
    again.load_weights(path)
    assert_same_weights(model, again)


def chain(*sizes, names=None):
    made = [
        layers.Dense(size, name=name) for size, name in zip(sizes, names or "abcdef", strict=False)
    ]
    return kerlite.Sequential([kerlite.Input((4,)), *made])


def test_what_does_not_fit_is_listed_and_nothing_is_changed(path):
    chain(3, 2).save_weights(path)
    model = chain(3, 5)
    before = model.get_weights()
    message = r"other shape: b, 'kernel' is \(3, 5\), the file has \(3, 2\)\n- other shape: b, 'bi"
    with pytest.raises(ValueError, match=message):
        model.load_weights(path)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match=r"weights of 2 layers, \['a', 'b'\], .* has 1 with"):
        chain(3).load_weights(path)


def test_skip_mismatch_loads_what_fits_and_warns(path):
    source = chain(3, 2)
    source.save_weights(path)
    model = chain(3, 5)
    with pytest.warns(UserWarning, match="other shape: b"):
        model.load_weights(path, skip_mismatch=True)
    np.testing.assert_array_equal(model.get_weights()[0], source.get_weights()[0])


def test_by_name_leaves_other_layers_alone(path):
    source = pairs.shake(chain(3, 2, names="ax"))
    source.save_weights(path)
    model = pairs.shake(chain(3, 7, names="ab"), seed=5)
    other = model.layers[1].get_weights()
    model.load_weights(path, by_name=True)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], source.get_weights()[0])
    np.testing.assert_array_equal(model.layers[1].get_weights()[0], other[0])


def test_by_name_is_for_legacy_files(tmp_path):
    model = chain(3)
    model.save_weights(tmp_path / "m.weights.h5")
    with pytest.raises(ValueError, match=r"applies to legacy \.h5 files"):
        model.load_weights(tmp_path / "m.weights.h5", by_name=True)


def test_a_file_of_weights_is_no_model_and_the_new_layout_is_no_old_one(path, tmp_path):
    model = chain(3)
    model.save_weights(path)
    with pytest.raises(ValueError, match="holds no model, only weights"):
        load_model(path)
    model.save_weights(tmp_path / "m.weights.h5")
    (tmp_path / "m.weights.h5").rename(path)
    with pytest.raises(ValueError, match=r"name should end in '\.weights\.h5'"):
        model.load_weights(path)


def test_lambda_byte_code_is_refused(path):
    x = keras.Input((2,))
    keras.Model(x, keras.layers.Lambda(lambda t: t * 2, output_shape=(2,))(x)).save(path)
    with pytest.raises(kerlite.core.errors.UnsafeFileError, match="never run"):
        load_model(path, safe_mode=False)


def test_an_optimizer_that_does_not_fit_starts_anew(path):
    model = some_steps(compiled(kerlite, "adam"))
    model.save(path)
    with h5py.File(path, "a") as file:
        names = file["optimizer_weights"].attrs["weight_names"]
        file["optimizer_weights"].attrs["weight_names"] = names[:-1]
    with pytest.warns(UserWarning, match="the state of its optimizer is left out"):
        again = load_model(path)
    assert int(again.optimizer.iterations) == 0
    assert_same_weights(model, again)


def test_a_subclass_with_weights_of_its_own(path):
    class Own(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def build(self, input_shape):
            self.factor = self.add_weight(shape=(2,), name="factor")

        def call(self, x):
            return self.dense(x) * self.factor

    model, again = Own(), Own()
    for one in (model, again):
        one(torch.ones(1, 3))
    pairs.shake(model).save_weights(path)
    again.load_weights(path)
    assert_same_weights(model, again)
