"""`.weights.h5` files: Keras's layout, all or nothing."""

import h5py
import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.core.errors import UnsafeFileError
from tests.support import pairs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

NAMES = list(pairs.BUILDERS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.weights.h5"


def contents(path):
    """Return path -> array of everything in an HDF5 file."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: found.update(
                {name: np.asarray(item) if isinstance(item, h5py.Dataset) else None}
            )
        )
    return found


@pytest.mark.parametrize("name", NAMES)
def test_keras_reads_ours(name, path):
    ours, theirs = pairs.shake(pairs.build(name, kerlite)), pairs.build(name, keras)
    ours.save_weights(path)
    theirs.load_weights(path)
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(ours))


@pytest.mark.parametrize("name", NAMES)
def test_we_read_keras(name, path):
    ours, theirs = pairs.build(name, kerlite), pairs.shake(pairs.build(name, keras))
    theirs.save_weights(path)
    ours.load_weights(path)
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(ours))


@pytest.mark.parametrize("name", NAMES)
def test_the_layout_is_that_of_keras(name, path, tmp_path):
    ours, theirs = pairs.build(name, kerlite), pairs.build(name, keras)
    theirs.set_weights(ours.get_weights())
    ours.save_weights(path)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    written, expected = contents(path), contents(tmp_path / "theirs.weights.h5")
    assert list(written) == list(expected)
    for name, array in expected.items():
        if array is not None:
            np.testing.assert_array_equal(written[name], array)
            assert written[name].dtype == array.dtype


def test_names_of_the_objects_are_noted(path):
    pairs.build("chain", kerlite).save_weights(path)
    with h5py.File(path) as file:
        assert file["layers/dense_1/vars"].attrs["name"] == "out"
        assert file["vars"].attrs["name"] == "chain"


def inside(k):
    """Return a layer with weights and layers of its own, in containers too."""

    class Inside(k.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.z = k.layers.Dense(3)
            self.a = k.layers.Dense(3)
            self.many = [k.layers.Dense(3), [k.layers.Dense(3)], {"q": k.layers.Dense(3)}]
            self.pair = (k.layers.Dense(3), k.layers.BatchNormalization())

        def build(self, input_shape):
            self.scale = self.add_weight(shape=(input_shape[-1],), name="scale")
            for layer in self.all():
                layer.build((None, 3))
            self.built = True

        def all(self):
            return [self.z, self.a, self.many[0], self.many[1][0], self.many[2]["q"], *self.pair]

        def call(self, inputs):
            return apply(self.all(), inputs * self.scale)

    return Inside()


def apply(things, x):
    for thing in things:
        x = thing(x)
    return x


def subclassed(k):
    """Return a subclass whose attributes sort before and after "layers", private ones too."""

    class Net(k.Model):
        def __init__(self):
            super().__init__(name="net")
            self.zeta = k.layers.Dense(3)
            self.inside = inside(k)
            self.another = self.zeta
            self.blocks = [k.layers.Dense(3), k.layers.Dense(3)]
            self.seen = k.metrics.Mean(name="seen")
            self.tail = k.Sequential([k.layers.Dense(3)])
            self._hidden = k.layers.Dense(2)

        def call(self, inputs):
            return apply([self.zeta, self.inside, *self.blocks, self.tail, self._hidden], inputs)

    model = Net()
    model(torch.ones(2, 3))
    return model


def test_subclasses_have_the_layout_of_keras(path, tmp_path):
    ours, theirs = subclassed(kerlite), subclassed(keras)
    ours.save_weights(path)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    assert list(contents(path)) == list(contents(tmp_path / "theirs.weights.h5"))


def test_subclasses_go_both_ways(path):
    ours, theirs = pairs.shake(subclassed(kerlite)), subclassed(keras)
    data = np.random.default_rng(0).standard_normal((4, 3)).astype("float32")
    ours.save_weights(path)
    theirs.load_weights(path)
    pairs.assert_same_outputs(ours, theirs, data)
    again = subclassed(kerlite)
    theirs.save_weights(path)
    again.load_weights(path)
    pairs.assert_same_outputs(again, theirs, data)


def test_a_functional_subclass_with_layers_beside_its_graph(path):
    def made(k):
        class Net(k.Model):
            def __init__(self):
                x = k.Input((3,))
                dense = k.layers.Dense(3)
                super().__init__(x, dense(x), name="net")
                self.extra = k.layers.Dense(2)
                self.dense = dense
                self.extra.build((None, 3))

        return Net()

    ours, theirs = made(kerlite), made(keras)
    ours.save_weights(path)
    theirs.load_weights(path)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_torch_module_in_a_sequential_goes_both_ways(path):
    def made(k):
        return k.Sequential([k.Input((4,)), k.layers.TorchModuleWrapper(torch.nn.BatchNorm1d(4))])

    ours, theirs = made(kerlite), made(keras)
    with torch.no_grad():
        ours.layers[0].module.running_mean.fill_(3.0)
    ours.save_weights(path)
    theirs.load_weights(path)
    assert theirs.layers[0].module.running_mean.tolist() == [3.0] * 4
    again = made(kerlite)
    theirs.save_weights(path)
    again.load_weights(path)
    assert again.layers[0].module.running_mean.tolist() == [3.0] * 4


def test_torch_modules_inside_a_layer_are_saved(path):
    class Mixed(layers.Layer):
        def __init__(self):
            super().__init__()
            self.body = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3))

        def call(self, inputs):
            return self.body(inputs)

    def made():
        x = kerlite.Input((3,))
        return kerlite.Model(x, Mixed()(x))

    model, again = made(), made()
    model(torch.randn(16, 3), training=True)
    model.save_weights(path)
    again.load_weights(path)
    for one, other in zip(model.state_dict().values(), again.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other)


def test_a_weight_outside_any_layer_is_not_lost_silently(path):
    x = kerlite.Input((2,))
    model = kerlite.Model(x, x * kerlite.Variable(np.ones(2, "float32")))
    with pytest.raises(ValueError, match=r"1 weights of .* belong to no layer"):
        model.save_weights(path)
    assert not path.exists()


def test_half_precision_weights_keep_their_values(path):
    def made(k):
        layer = k.layers.Dense(3, dtype="bfloat16")
        return k.Sequential([k.Input((4,)), layer])

    ours, theirs = made(kerlite), made(keras)
    theirs.save_weights(path)
    ours.load_weights(path)
    with torch.no_grad():
        expected = [w.value.float().numpy() for w in theirs.weights]
    for one, other in zip(ours.weights, expected, strict=True):
        np.testing.assert_array_equal(one.detach().float().numpy(), other)
    ours.save_weights(path)
    theirs.load_weights(path)


def test_optimizer_state_is_saved_with_the_weights(path):
    def made():
        model = kerlite.Sequential([kerlite.Input((2,)), layers.Dense(2)])
        model.compile(optimizer="adam", loss="mse")
        model.train_on_batch(np.ones((4, 2), "float32"), np.zeros((4, 2), "float32"))
        return model

    model, again = made(), made()
    model.train_on_batch(np.ones((4, 2), "float32"), np.zeros((4, 2), "float32"))
    model.save_weights(path)
    again.load_weights(path)
    assert int(again.optimizer.iterations) == 2
    bare = kerlite.Sequential([kerlite.Input((2,)), layers.Dense(2)])
    bare.load_weights(path)
    np.testing.assert_array_equal(bare.get_weights()[0], model.get_weights()[0])


def test_everything_that_does_not_fit_is_listed_and_nothing_changes(path):
    def made(*units):
        return kerlite.Sequential(
            [kerlite.Input((2,)), *(layers.Dense(n, name=f"d{i}") for i, n in enumerate(units))]
        )

    made(3, 4).save_weights(path)
    model = made(3, 5, 6)
    before = model.get_weights()
    with pytest.raises(ValueError, match="does not fit") as raised:
        model.load_weights(path)
    message = str(raised.value)
    assert str(path) in message
    assert "layers/dense_1, 'kernel' is (3, 5), the file has (3, 4)" in message
    assert "layers/dense_1, 'bias' is (5,), the file has (4,)" in message
    assert "missing: layers/dense_2 has no 'kernel' (5, 6)" in message
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(
        ValueError, match=r"unexpected: layers/dense_1 with weights \[\(3, 4\), \(4,\)\]"
    ):
        made(3).load_weights(path)


def test_skip_mismatch_loads_what_fits_and_warns(path):
    source = kerlite.Sequential([kerlite.Input((2,)), layers.Dense(3), layers.Dense(4)])
    source.save_weights(path)
    model = kerlite.Sequential([kerlite.Input((2,)), layers.Dense(3), layers.Dense(5)])
    with pytest.warns(UserWarning, match="layers/dense_1, 'kernel'"):
        model.load_weights(path, skip_mismatch=True)
    np.testing.assert_array_equal(model.get_weights()[0], source.get_weights()[0])


class Stubborn(layers.Layer):
    def build(self, input_shape):
        self.own = self.add_weight(shape=(2,), name="own")

    def call(self, inputs):
        return inputs * self.own

    def save_own_variables(self, store):
        super().save_own_variables(store)
        store["extra"] = np.arange(3.0)

    def load_own_variables(self, store):
        self.own.assign(store["0"])
        if store["extra"][2] != 2.0:
            raise ValueError("extra is not what it was")


def test_a_layer_may_load_in_its_own_way(path):
    def made():
        return kerlite.Sequential([kerlite.Input((2,)), Stubborn(), layers.Dense(2)])

    model, again = pairs.shake(made()), made()
    model.save_weights(path)
    again.load_weights(path)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    with h5py.File(path, "a") as file:
        del file["layers/stubborn/vars/extra"]
        file["layers/stubborn/vars/extra"] = np.zeros(3)
    other = made()
    before = other.get_weights()
    with pytest.raises(ValueError, match="layers/stubborn: extra is not what it was"):
        other.load_weights(path)
    for one, two in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_what_older_versions_of_keras_wrote_beside_is_passed_over(path):
    model = pairs.shake(pairs.build("chain", kerlite))
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        file["layers/dropout/seed_generator/vars/0"] = np.zeros(2, "uint32")
        file["metrics/mean/vars/0"] = np.float32(1)
        file["_loss_tracker/vars/0"] = np.float32(1)
        file["optimizer/vars/0"] = np.int64(1)
    again = pairs.build("chain", kerlite)
    again.load_weights(path)
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])


def test_an_unbuilt_model_is_an_error(path):
    model = kerlite.Sequential([layers.Dense(2)], name="m")
    with pytest.raises(ValueError, match=r"'m' has not been built.*to be saved"):
        model.save_weights(path)
    pairs.build("chain", kerlite).save_weights(path)
    with pytest.raises(ValueError, match=r"'m' has not been built.*to be loaded"):
        model.load_weights(path)


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.98])
def test_a_truncated_file_is_named(keep, path):
    model = pairs.build("chain", kerlite)
    model.save_weights(path)
    content = path.read_bytes()
    path.write_bytes(content[: keep if isinstance(keep, int) else int(len(content) * keep)])
    with pytest.raises(ValueError, match="truncated or damaged") as raised:
        model.load_weights(path)
    assert str(path) in str(raised.value)


def test_a_flipped_byte_is_found(path):
    model = pairs.shake(pairs.build("chain", kerlite))
    model.save_weights(path)
    kernel = model.get_weights()[0].tobytes()
    content = bytearray(path.read_bytes())
    content[content.index(kernel) + 5] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="does not match its checksum") as raised:
        pairs.build("chain", kerlite).load_weights(path)
    assert str(path) in str(raised.value)


def soft_link(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.SoftLink("/layers/dense_1/vars/0")


def external_link(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.ExternalLink("other.h5", "/secret")


def external_storage(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset(
        "0", (8, 6), "float32", external=[("/etc/hostname", 0, h5py.h5f.UNLIMITED)]
    )


def virtual_dataset(file):
    del file["layers/dense/vars/0"]
    layout = h5py.VirtualLayout((8, 6), "float32")
    layout[:] = h5py.VirtualSource("other.h5", "x", (8, 6))
    file["layers/dense/vars"].create_virtual_dataset("0", layout)


def shape_bomb(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset("0", (8, 6), "float32", chunks=(8, 6))


def objects(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = np.array(["text"], dtype=object)


def hard_link(file):
    file["layers/dense/vars/2"] = file["layers"]


@pytest.mark.parametrize(
    "change",
    [soft_link, external_link, external_storage, virtual_dataset, shape_bomb, objects, hard_link],
)
def test_what_leads_elsewhere_is_refused_before_anything_is_set(change, path):
    model = pairs.build("chain", kerlite)
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        change(file)
    before = model.get_weights()
    with pytest.raises(UnsafeFileError, match=str(path)):
        pairs.shake(model).load_weights(path)
    assert len(before) == len(model.get_weights())
