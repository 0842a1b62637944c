"""Weights in several files: both ways with Keras, whole or not at all."""

import json
import math

import h5py
import keras
import numpy as np
import pytest

import kerlite
from kerlite import layers, saving
from kerlite.core.errors import UnsafeFileError
from kerlite.saving import archive
from tests.support import pairs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
NAMES = list(pairs.BUILDERS)
SIZE = 300 / 2**30


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.weights.json"


def assert_same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def largest(model):
    return max(math.prod(w.shape) * 4 for w in model.get_weights()) / 2**30


@pytest.mark.parametrize("name", NAMES)
def test_both_sides_read_both(name, path, tmp_path):
    ours, theirs = pairs.shake(pairs.build(name, kerlite)), pairs.build(name, keras)
    again = pairs.build(name, kerlite)
    size = largest(ours)
    ours.save_weights(path, max_shard_size=size)
    theirs.load_weights(path)
    assert_same_weights(ours, theirs)
    again.load_weights(path)
    assert_same_weights(ours, again)
    other = tmp_path / "theirs.weights.json"
    pairs.shake(theirs, seed=4).save_weights(other, max_shard_size=size)
    ours.load_weights(other)
    assert_same_weights(ours, theirs)


def test_the_index_is_that_of_keras(path, tmp_path):
    ours, theirs = pairs.build("chain", kerlite), pairs.build("chain", keras)
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / path.name
    saving.save_weights(ours, path, max_shard_size=SIZE)
    theirs.save_weights(other, max_shard_size=SIZE)
    written, expected = (json.loads(one.read_text()) for one in (path, other))
    lists = {w: [n] if isinstance(n, str) else n for w, n in written["weight_map"].items()}
    assert lists == {w: [n] if isinstance(n, str) else n for w, n in expected["weight_map"].items()}
    assert written["metadata"]["total_size"] == expected["metadata"]["total_size"]
    files = sorted(one.name for one in other.parent.iterdir())
    assert sorted(one.name for one in path.parent.glob("*.*")) == files


def compiled(k):
    model = k.Sequential([k.Input((6,)), k.layers.Dense(5, name="a"), k.layers.Dense(2, name="b")])
    model.compile(optimizer=k.optimizers.Adam(0.01), loss="mse")
    return model


def some_steps(model):
    rng = np.random.default_rng(0)
    x, y = rng.random((8, 6), "float32"), rng.random((8, 2), "float32")
    for _ in range(3):
        model.train_on_batch(x, y)
    return model


@pytest.mark.parametrize("writer", [keras, kerlite])
@pytest.mark.parametrize("reader", [keras, kerlite])
def test_the_optimizer_s_state_goes_along(writer, reader, path):
    model, again = some_steps(compiled(writer)), compiled(reader)
    model.save_weights(path, max_shard_size=SIZE)
    again.optimizer.build(again.trainable_variables)
    again.load_weights(path)
    assert int(again.optimizer.iterations) == 3
    for one, other in zip(some_steps(model).get_weights(), some_steps(again).get_weights(),
                          strict=True):  # fmt: skip
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_name_of_one_file_becomes_that_of_the_index(tmp_path):
    model = pairs.build("chain", kerlite)
    with pytest.warns(UserWarning, match=r"the index goes to .*m\.weights\.json"):
        model.save_weights(tmp_path / "m.weights.h5", max_shard_size=1)
    model.load_weights(tmp_path / "m.weights.json")


def test_arguments_that_do_not_go_together(path, tmp_path):
    model = pairs.build("chain", kerlite)
    with pytest.raises(ValueError, match="need max_shard_size"):
        model.save_weights(path)
    with pytest.raises(ValueError, match="need max_shard_size"):
        model.save_weights(tmp_path / "m.safetensors", max_shard_size=1)
    with pytest.raises(ValueError, match="has 192 bytes, and max_shard_size allows 100"):
        model.save_weights(path, max_shard_size=100 / 2**30)
    assert list(tmp_path.iterdir()) == []


def contents(folder):
    return {one.name: one.read_bytes() for one in folder.iterdir()}


@pytest.mark.parametrize("generation", [0, 1, 2])
def test_a_failure_at_any_point_leaves_the_old_set(generation, path, monkeypatch):
    model = pairs.shake(pairs.build("chain", kerlite))
    for seed in range(generation + 1):
        pairs.shake(model, seed).save_weights(path, max_shard_size=SIZE)
    saved, sync, left = model.get_weights(), archive._sync, [0]
    model.save_weights(path, max_shard_size=SIZE)
    pairs.shake(model, 9)

    def fails(one):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        sync(one)

    monkeypatch.setattr(archive, "_sync", fails)
    for at in range(1, 20):
        left[0] = at
        with pytest.raises(OSError, match="No space left"):
            model.save_weights(path, max_shard_size=SIZE)
        if len(json.loads(path.read_text())["weight_map"]) and is_new(path, model):
            break
        again = pairs.build("chain", kerlite)
        again.load_weights(path)
        for one, other in zip(again.get_weights(), saved, strict=True):
            np.testing.assert_array_equal(one, other)
    assert at > 3


def is_new(path, model):
    """Return whether the index was replaced, which is the last thing but clearing up."""
    again = pairs.build("chain", kerlite)
    again.load_weights(path)
    return np.array_equal(again.get_weights()[0], model.get_weights()[0])


def test_a_set_replaces_another_and_keras_reads_each(path):
    model, theirs = pairs.build("chain", kerlite), pairs.build("chain", keras)
    for seed in range(3):
        pairs.shake(model, seed).save_weights(path, max_shard_size=SIZE)
        theirs.load_weights(path)
        assert_same_weights(model, theirs)
        assert len(list(path.parent.iterdir())) <= 5


def rewritten(path, change):
    index = json.loads(path.read_text())
    del index["metadata"]["crc32"]
    change(index)
    path.write_text(json.dumps(index))


@pytest.fixture
def saved(path):
    model = pairs.build("chain", kerlite)
    model.save_weights(path, max_shard_size=SIZE)
    return model


@pytest.mark.parametrize("name", ["../model_00000.weights.h5", "/etc/x.weights.h5", "x"])
def test_files_elsewhere_are_refused(name, path, saved):
    rewritten(path, lambda index: index["weight_map"].update({"/layers/dense/vars": name}))
    with pytest.raises(ValueError, match="no file beside it"):
        saved.load_weights(path)


def test_missing_and_foreign_files_are_named(path, saved):
    (path.parent / "model_00001.weights.h5").rename(path.parent / "other.h5")
    with pytest.raises(FileNotFoundError, match=r"model_00001\.weights\.h5"):
        saved.load_weights(path)
    (path.parent / "model_00001.weights.h5").write_bytes(
        (path.parent / "model_00000.weights.h5").read_bytes()
    )
    with pytest.raises(ValueError, match="do not belong together"):
        saved.load_weights(path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"weight_map": 3}', "[" * 10_000, "\xff", '{"weight_map": {"a": 3}}']
)
def test_a_damaged_index_is_named(text, path, saved):
    path.write_text(text)
    with pytest.raises(ValueError, match="no index of weights") as raised:
        saved.load_weights(path)
    assert str(path) in str(raised.value)


def test_links_in_a_shard_are_refused(path, saved):
    shard = path.parent / "model_00000.weights.h5"
    with h5py.File(shard, "a") as file:
        file["layers/dense/vars/9"] = h5py.ExternalLink("other.h5", "/x")
    with pytest.raises(UnsafeFileError, match="holds a link"):
        saved.load_weights(path)


def test_what_does_not_fit_is_listed(path, saved):
    model = kerlite.Sequential([kerlite.Input((8,)), layers.Dense(6)])
    before = model.get_weights()
    with pytest.raises(ValueError, match="unexpected: layers/dense_1"):
        model.load_weights(path)
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
