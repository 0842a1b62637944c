"""KerasFileEditor: what it shows and changes, and that both sides read what it saves."""

import h5py
import keras
import numpy as np
import pytest

import kerlite
from kerlite import layers
from kerlite.core.errors import UnsafeFileError
from kerlite.saving import KerasFileEditor
from tests.support import pairs


def made(k=kerlite, units=2):
    return k.Sequential(
        [k.Input((4,)), k.layers.Dense(3, name="first"), k.layers.Dense(units, name="last")]
    )


pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "m.weights.h5"
    pairs.shake(made()).save_weights(path)
    return path


@pytest.fixture
def editor(path):
    return KerasFileEditor(path)


def test_it_shows_what_is_there(editor, capsys):
    editor.summary()
    assert capsys.readouterr().out.splitlines()[:4] == [
        "layers",
        "  dense ('first')",
        "    0: shape=(4, 3), dtype=float32",
        "    1: shape=(3,), dtype=float32",
    ]


@pytest.mark.parametrize("k", [kerlite, keras])
@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_what_it_saves_is_what_it_read(k, ending, tmp_path):
    model = pairs.shake(pairs.build("nested", k))
    path = tmp_path / f"m{ending}"
    (model.save if ending == ".keras" else model.save_weights)(path)
    editor = KerasFileEditor(path)
    assert (editor.config is None) == (editor.metadata is None) == (ending != ".keras")
    editor.save(tmp_path / "again.weights.h5")
    for reader in (kerlite, keras):
        again = pairs.build("nested", reader)
        again.load_weights(tmp_path / "again.weights.h5")
        for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_file_follows_a_changed_model(editor, tmp_path):
    changed = kerlite.Sequential(
        [kerlite.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(5)]
    )
    assert editor.compare(changed)["status"] == "error"
    editor.add_object("layers/batch_normalization", {str(i): np.full(3, i) for i in range(4)})
    editor.delete_object("dense_1")
    editor.add_object("layers/dense_1", {"0": np.ones((3, 5))})
    editor.add_weights("layers/dense_1", {"1": np.zeros(5), "7": np.zeros(1)})
    editor.delete_weight("dense_1", "7")
    assert editor.compare(changed) == {"status": "success", "error_count": 0, "match_count": 8}
    editor.resave_weights(tmp_path / "new.weights.h5")
    changed.load_weights(tmp_path / "new.weights.h5")
    np.testing.assert_array_equal(changed.layers[1].get_weights()[3], np.full(3, 3))


def test_renaming_keeps_order_and_values(editor, tmp_path):
    kernel = editor.weights_dict["layers"]["dense"]["0"]
    editor.rename_object("layers/dense", "head")
    assert list(editor.weights_dict["layers"]) == ["head", "dense_1"]
    editor.save(tmp_path / "new.weights.h5")
    with h5py.File(tmp_path / "new.weights.h5") as file:
        np.testing.assert_array_equal(file["layers/head/vars/0"][()], kernel)
        assert file["layers/head/vars"].attrs["name"] == "first"


def test_compare_counts_as_keras_does(path, tmp_path, capsys):
    other = made(units=7)
    result = KerasFileEditor(path).compare(other)
    assert "other shape: layers/dense_1/0 is (3, 7) in the model" in capsys.readouterr().out
    theirs = keras.saving.KerasFileEditor(str(path)).compare(made(keras, units=7))
    assert result["match_count"] == 2  # Keras counts each object's once more on the way up
    assert {**theirs, "match_count": 2} == result


def test_an_object_with_weights_and_objects_inside(tmp_path):
    model = kerlite.Sequential([kerlite.Input((4,)), layers.SpectralNormalization(layers.Dense(2))])
    model.save_weights(tmp_path / "m.weights.h5")
    editor = KerasFileEditor(tmp_path / "m.weights.h5")
    assert editor.compare(model)["status"] == "success"
    assert {"0", "layer"} <= editor.weights_dict["layers"]["spectral_normalization"].keys()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda e: e.rename_object("nothing", "x"), "no objects 'nothing'"),
        (lambda e: e.rename_object("layers/dense", "dense_1"), "exists beside"),
        (lambda e: e.rename_object("dense", "a/b"), "no last name"),
        (lambda e: e.delete_object("layers/nothing"), "no objects"),
        (lambda e: e.add_object("nowhere/dense", {"0": np.ones(1)}), "no object 'nowhere'"),
        (lambda e: e.add_object("layers/x", np.ones(1)), "dictionary of arrays"),
        (lambda e: e.delete_weight("dense", "9"), r"it has \['0', '1'\]"),
        (lambda e: e.add_weights("dense", {"a/b": np.ones(1)}), "no last name"),
        (lambda e: e.save("x.keras"), r"must end in \.weights\.h5"),
    ],
)
def test_mistakes_are_explained(action, message, editor):
    with pytest.raises(ValueError, match=message):
        action(editor)


def test_a_name_that_comes_twice_needs_its_path(tmp_path):
    pairs.build("nested", kerlite).save_weights(tmp_path / "m.weights.h5")
    editor = KerasFileEditor(tmp_path / "m.weights.h5")
    with pytest.raises(ValueError, match="Give the whole path"):
        editor.delete_object("dense")


def test_bad_files_are_refused(path, tmp_path):
    with pytest.raises(ValueError, match=r"end in \.keras or"):
        KerasFileEditor(__file__)
    with pytest.raises(FileNotFoundError):
        KerasFileEditor(tmp_path / "no.weights.h5")
    with h5py.File(path, "a") as file:
        file["layers/link"] = h5py.ExternalLink("other.h5", "/x")
    with pytest.raises(UnsafeFileError, match="a link"):
        KerasFileEditor(path)
