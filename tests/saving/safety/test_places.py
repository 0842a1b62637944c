"""What is no plain file is not opened, and no name in a file is a path."""

import json
import os
from pathlib import Path

import pytest

import kerlite
from kerlite import layers, saving
from kerlite.saving import KerasFileEditor, load_model
from tests.support import malicious
from tests.support.canary import no_effects

ENDINGS = [".keras", ".h5", ".weights.h5", ".weights.json", ".safetensors", ".pt"]


def model():
    return kerlite.Sequential([kerlite.Input((4,)), layers.Dense(2, name="dense")])


def folder(path):
    path.mkdir()


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def socket_like(path):
    path.symlink_to(path.parent)  # a link to a folder


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("make", [folder, pipe, device, socket_like], ids=lambda one: one.__name__)
def test_what_is_no_plain_file(make, ending, tmp_path):
    path = tmp_path / f"model{ending}"
    make(path)
    reading = model()
    with no_effects(), pytest.raises(ValueError, match="is not a file"):
        reading.load_weights(path)
    with no_effects(), pytest.raises(ValueError, match="is not a file"):
        saving.from_state_dict(reading, path)
    if ending in (".keras", ".h5"):
        with no_effects(), pytest.raises(ValueError, match="is not a file"):
            load_model(path)
    if ending in (".keras", ".weights.h5"):
        with no_effects(), pytest.raises(ValueError, match="is not a file"):
            KerasFileEditor(path)


NAMES = ["../../outside", "/etc/passwd", "a/b", "a/../b"]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_layers_hold_no_separator(name, tmp_path):
    with pytest.raises(ValueError, match="holds no '/'"):
        layers.Dense(2, name=name)
    path = tmp_path / "model.keras"
    model().save(path)
    config = malicious.config_of(path)
    config["config"]["layers"][1]["config"]["name"] = name
    malicious.rewrite(path, config=config)
    with no_effects(path), pytest.raises(ValueError, match="holds no '/'"):
        load_model(path)
    config = malicious.config_of(path)
    config["config"]["layers"][1]["config"]["name"] = "dense"
    config["config"]["name"] = name
    malicious.rewrite(path, config=config)
    with no_effects(path), pytest.raises(ValueError, match="holds no '/'"):
        load_model(path)


@pytest.mark.parametrize("name", ["../outside.weights.h5", "/tmp/outside.weights.h5", "x.txt", 5])
def test_an_index_names_files_beside_it_only(name, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    path = inside / "model.weights.json"
    model().save_weights(path, max_shard_size=1)
    model().save_weights(tmp_path / "outside.weights.h5")
    index = json.loads(path.read_text())
    index["weight_map"] = dict.fromkeys(index["weight_map"], name)
    del index["metadata"]["crc32"]
    path.write_text(json.dumps(index))
    with no_effects(path), pytest.raises(ValueError, match=r"no file beside it|no index"):
        model().load_weights(path)
    model().save_weights(path, max_shard_size=1)  # what a lie names is not deleted either
    assert (tmp_path / "outside.weights.h5").exists()
    assert sorted(Path(tmp_path).iterdir()) == [inside, tmp_path / "outside.weights.h5"]
