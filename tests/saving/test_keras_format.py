"""`.keras` files: real Keras opens ours, we open Keras's."""

import json
import zipfile

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.saving import load_model, register_keras_serializable
from tests.support import pairs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

NAMES = list(pairs.BUILDERS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.keras"


@pytest.mark.parametrize("name", NAMES)
def test_own_round_trip(name, path):
    model = pairs.shake(pairs.build(name, kerlite))
    model.save(path)
    again = load_model(path)
    assert type(again) is type(model)
    pairs.assert_same_outputs(model, again, pairs.data_for(model), atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_keras_opens_ours(name, path):
    model = pairs.shake(pairs.build(name, kerlite))
    model.save(path)
    theirs = keras.models.load_model(path)
    pairs.assert_same_outputs(model, theirs, pairs.data_for(model))
    for one, other in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", NAMES)
def test_we_open_keras(name, path):
    theirs = pairs.shake(pairs.build(name, keras))
    theirs.save(path)
    ours = load_model(path)
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(ours))
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_archive_is_laid_out_as_keras_does(path, tmp_path):
    pairs.build("nested", kerlite).save(path)
    pairs.build("nested", keras).save(tmp_path / "theirs.keras")
    ours, theirs = zipfile.ZipFile(path), zipfile.ZipFile(tmp_path / "theirs.keras")
    assert ours.namelist() == theirs.namelist()
    assert {"keras_version", "date_saved"} <= json.loads(ours.read("metadata.json")).keys()


OPTIMIZERS = [
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("Adam", {"learning_rate": 0.01}),
    ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.01}),
    ("RMSprop", {"learning_rate": 0.01, "momentum": 0.5, "centered": True}),
]


def training_data():
    rng = np.random.default_rng(3)
    return rng.standard_normal((24, 6)).astype("float32"), rng.standard_normal((24, 2)).astype(
        "float32"
    )


def trainable(k, optimizer, arguments):
    model = k.Sequential(
        [
            k.Input((6,)),
            k.layers.Dense(5, activation="tanh", name="hidden"),
            k.layers.Dense(2, name="out"),
        ]
    )
    model.compile(
        optimizer=getattr(k.optimizers, optimizer)(**arguments), loss="mse", metrics=["mae"]
    )
    return model


def some_steps(model, count=3):
    x, y = training_data()
    for start in range(0, 8 * count, 8):
        model.train_on_batch(x[start % 24 : start % 24 + 8], y[start % 24 : start % 24 + 8])
    return model


@pytest.mark.parametrize(("optimizer", "arguments"), OPTIMIZERS)
@pytest.mark.parametrize("writer", [keras, kerlite])
@pytest.mark.parametrize("reader", [keras, kerlite])
def test_training_goes_on_alike(writer, reader, optimizer, arguments, path):
    model = some_steps(trainable(writer, optimizer, arguments))
    model.save(path)
    again = reader.models.load_model(path)
    assert int(again.optimizer.iterations) == int(model.optimizer.iterations) == 3
    for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    some_steps(model)
    some_steps(again)
    for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_compile_state_comes_back_or_not_as_asked(path):
    model = some_steps(trainable(kerlite, "Adam", {"learning_rate": 0.01}))
    model.save(path)
    compiled, bare = load_model(path), load_model(path, compile=False)
    assert compiled.compiled
    assert not bare.compiled
    x, y = training_data()
    assert compiled.evaluate(x, y, verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0))
    with pytest.raises(ValueError, match="compile"):
        bare.evaluate(x, y, verbose=0)


@register_keras_serializable("test_keras_format")
class Block(layers.Layer):
    """A layer with weights and layers of its own, in lists, dicts and tuples too."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.z = layers.Dense(width)
        self.a = layers.Dense(width)
        self.many = [layers.Dense(width), [layers.Dense(width)], {"q": layers.Dense(width)}]
        self.pair = (layers.Dense(width), layers.BatchNormalization())

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), name="scale")

    def call(self, inputs):
        x = self.a(self.z(inputs * self.scale))
        for layer in (self.many[0], self.many[1][0], self.many[2]["q"], *self.pair):
            x = layer(x)
        return x


@register_keras_serializable("test_keras_format")
class Net(kerlite.Model):
    def __init__(self, width=3, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.zeta = layers.Dense(width)
        self.block = Block(width)
        self.again = self.zeta
        self.blocks = [layers.Dense(width), layers.Dense(width)]
        self.seen = kerlite.metrics.Mean(name="seen")
        self.inner = kerlite.Sequential([layers.Dense(width)])

    def call(self, inputs):
        x = self.block(self.zeta(inputs))
        for layer in self.blocks:
            x = layer(x)
        return self.inner(self.again(x))


def test_a_subclass_comes_back(path):
    model = Net(4, name="net")
    model(torch.ones(2, 4))
    pairs.shake(model).save(path)
    again = load_model(path)
    assert (type(again), again.width, again.name) == (Net, 4, "net")
    data = torch.randn(3, 4)
    torch.testing.assert_close(again(data), model(data), rtol=0, atol=0)


def test_custom_objects_are_enough(path):
    class Doubling(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    x = kerlite.Input((2,))
    kerlite.Model(x, Doubling()(layers.Dense(2)(x))).save(path)
    with pytest.raises(ValueError, match=r"'Doubling'.*custom_objects=\{'Doubling': ...\}"):
        load_model(path)
    assert load_model(path, custom_objects={"Doubling": Doubling}).output_shape == (None, 2)


def test_a_layer_shared_by_two_models_stays_shared(path):
    dense = layers.Dense(3, name="dense")
    inner_in, x = kerlite.Input((3,)), kerlite.Input((3,))
    inner = kerlite.Model(inner_in, dense(inner_in), name="inner")
    model = pairs.shake(kerlite.Model(x, inner(dense(x)), name="outer"))
    model.save(path)
    again = load_model(path)
    assert again.get_layer("inner/dense") is again.get_layer("dense")
    assert len(again.weights) == 2
    pairs.assert_same_outputs(model, again, pairs.data_for(model))


def test_keras_shared_objects_are_read(path):
    dense = keras.layers.Dense(3, name="dense")
    inner_in, x = keras.Input((3,)), keras.Input((3,))
    inner = keras.Model(inner_in, dense(inner_in), name="inner")
    theirs = pairs.shake(keras.Model(x, inner(dense(x)), name="outer"))
    theirs.save(path)
    ours = load_model(path)
    assert len(ours.weights) == 2
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(ours))


def test_an_unbuilt_model_can_be_saved(path):
    kerlite.Sequential([layers.Dense(3)], name="empty").save(path)
    again = load_model(path)
    assert not again.built
    assert again(torch.ones(1, 2)).shape == (1, 3)


def test_weights_of_a_keras_file_go_into_a_model(path):
    theirs = pairs.shake(pairs.build("images", keras))
    theirs.save(path)
    ours = pairs.build("images", kerlite)
    ours.load_weights(path)
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(ours))


def rewritten(path, **members):
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content.update({name.replace("_", "."): value for name, value in members.items()})
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content.items():
            if value is not None:
                archive.writestr(name, value)


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("config_json", b"{", "config.json cannot be read"),
        ("config_json", b"[" * 100_000, "config.json cannot be read"),
        ("config_json", b"[1, 2]", "describes no model"),
        ("config_json", b'{"class_name": "Sequential", "config": 3, "module": "keras"}',
         "cannot be made"),
        ("config_json", b'{"class_name": "Zeros", "config": {}, "module": "keras.initializers"}',
         "is no model"),
        ("config_json", None, "holds no config.json"),
    ],
)  # fmt: skip
def test_a_damaged_config_is_named(member, value, message, path):
    pairs.build("chain", kerlite).save(path)
    rewritten(path, **{member: value})
    with pytest.raises(ValueError, match=message) as raised:
        load_model(path)
    assert str(path) in str(raised.value)


def test_a_lambda_is_refused(path):
    pairs.build("chain", kerlite).save(path)
    code = {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    config["config"]["layers"][1]["config"]["activation"] = code
    rewritten(path, config_json=json.dumps(config))
    with pytest.raises(kerlite.core.errors.UnsafeFileError, match="Python lambda"):
        load_model(path, safe_mode=False)


def test_a_class_by_module_path_is_refused(path):
    pairs.build("chain", kerlite).save(path)
    evil = {
        "module": "os",
        "class_name": "function",
        "config": "system",
        "registered_name": "system",
    }
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    config["config"]["layers"][1]["config"]["activation"] = evil
    rewritten(path, config_json=json.dumps(config))
    with pytest.raises(ValueError, match="'system' of module 'os'"):
        load_model(path)


@pytest.mark.parametrize("keep", [0, 10, 500, 0.5, 0.99])
def test_a_truncated_file_is_named(keep, path):
    pairs.build("chain", kerlite).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: keep if isinstance(keep, int) else int(len(content) * keep)])
    with pytest.raises(ValueError, match="truncated or damaged") as raised:
        load_model(path)
    assert str(path) in str(raised.value)


def test_a_flipped_byte_is_found(path):
    pairs.shake(pairs.build("chain", kerlite)).save(path)
    content = bytearray(path.read_bytes())
    content[content.index(b"model.weights.h5") + 1500] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="truncated or damaged"):
        load_model(path)


def test_a_wrapped_torch_module_is_refused_and_the_old_file_stays(path):
    path.write_bytes(b"old")
    model = kerlite.Sequential([kerlite.Input((4,)), torch.nn.Linear(4, 2)])
    with pytest.raises(TypeError, match="Linear"):
        model.save(path)
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_weights_out_of_proportion_to_the_file_are_not_made(path):
    pairs.build("chain", kerlite).save(path)
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    config["config"]["layers"][1]["config"]["units"] = 10**12
    rewritten(path, config_json=json.dumps(config))
    with pytest.raises(kerlite.core.errors.UnsafeFileError, match="it is not made"):
        load_model(path)


def test_a_torch_optimizer_is_left_out_with_a_warning(path):
    model = pairs.build("chain", kerlite)
    model.compile(torch.optim.Adam(model.parameters()), torch.nn.MSELoss())
    with pytest.warns(UserWarning, match="saved without its training configuration"):
        model.save(path)
    again = load_model(path)
    assert not again.compiled
    pairs.assert_same_outputs(model, again, pairs.data_for(model))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "bfloat16"])
def test_dtype_policies_go_both_ways(policy, path):
    def made(k):
        return k.Sequential([k.Input((4,)), k.layers.Dense(3, dtype=policy, name="dense")])

    ours = made(kerlite)
    ours.save(path)
    theirs = keras.models.load_model(path)
    assert theirs.layers[0].dtype_policy.name == policy
    theirs.save(path)
    again = load_model(path)
    assert again.layers[0].dtype_policy.name == policy
    for one, other in zip(ours.weights, again.weights, strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one.detach(), other.detach())
