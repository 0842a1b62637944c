"""BackupAndRestore where something is wrong: files, disks, scripts, arguments."""

import os

import numpy as np
import pytest

import kerlite
from kerlite import callbacks
from kerlite.saving.checkpoint import read_checkpoint
from tests.callbacks.backups import fit, interrupt, make, numbers, same


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "header"])
def test_a_damaged_checkpoint_is_passed_over(tmp_path, damage):
    expected, history = fit(tmp_path / "a")
    folder = tmp_path / "b"
    interrupt(folder)
    newest = max(folder.iterdir())
    whole = newest.read_bytes()
    middle = len(whole) // 2 if damage == "flip" else 40
    flipped = whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :]
    newest.write_bytes({"cut": whole[:-9], "empty": b""}.get(damage, flipped))
    with pytest.warns(UserWarning, match=r"backup-00000003.* goes on from 'backup-00000002"):
        model, found = fit(folder)
    assert found == history
    assert same(model, expected)


def test_every_flipped_byte_is_noticed(tmp_path):
    interrupt(tmp_path)
    path = max(tmp_path.iterdir())
    whole = path.read_bytes()
    chance = np.random.RandomState(0)
    for place in chance.choice(len(whole), 150, replace=False):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randint(8)
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="truncated or damaged"):
            read_checkpoint(path)


def test_nothing_but_damaged_ones(tmp_path):
    interrupt(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(b"no checkpoint")
    with pytest.raises(ValueError, match=r"No checkpoint in .* Delete the folder"):
        fit(tmp_path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"batch_size": 3}, "batch_size: 4 in the checkpoint, 3 now"),
        ({"samples": 20}, "data, samples: 24 in the checkpoint, 20 now"),
        ({"epochs": 5}, "epochs: 3 in the checkpoint, 5 now"),
        ({"steps_per_epoch": 2}, "data, batches in an epoch: 6 in the checkpoint, 2 now"),
        ({"shuffle": False}, "data, shuffle: True in the checkpoint, False now"),
        ({"validation_split": 0.25}, "validation data"),
    ],
)
def test_a_changed_fit_is_refused(tmp_path, change, named):
    interrupt(tmp_path)
    with pytest.raises(ValueError, match=f"(?s)not the one that wrote it:.*{named}.*start afresh"):
        fit(tmp_path, **change)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"units": 5}, r"model, part 1: .*units=3.* in the checkpoint, .*units=5"),
        ({"rate": 0.3}, "rate=0.3"),
        ({"optimizer": "sgd"}, "optimizer, class: 'Adam' in the checkpoint, 'SGD' now"),
        (
            {"optimizer": kerlite.optimizers.Adam(0.5)},
            "optimizer, first learning rate: 0.001 in the checkpoint, 0.5 now",
        ),
    ],
    ids=["units", "rate", "optimizer", "learning rate"],
)
def test_a_changed_model_is_refused(tmp_path, change, named):
    interrupt(tmp_path)
    model = make(**change)
    before = model.get_weights()
    with pytest.raises(ValueError, match=f"(?s){named}"):
        fit(tmp_path, model=model)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_changed_callbacks_are_refused(tmp_path):
    interrupt(tmp_path)
    with pytest.raises(ValueError, match=r"callbacks: .*EarlyStopping 1"):
        fit(tmp_path, callbacks.EarlyStopping("loss"))


def test_a_full_disk_ends_training_and_loses_nothing(tmp_path, monkeypatch):
    expected, history = fit(tmp_path / "a")
    folder, real = tmp_path / "b", os.fsync
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) > 4:  # two files and their folders
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No checkpoint could be written.*No space left"):
        fit(folder, save_freq=1)
    monkeypatch.setattr(os, "fsync", real)
    assert numbers(folder) == [0, 1]
    assert len(list(folder.iterdir())) == 2
    model, found = fit(folder, save_freq=1)
    assert found == history
    assert same(model, expected)


def test_a_state_that_cannot_be_stored_is_named(tmp_path):
    class Strange(callbacks.Callback):
        state_names = ("thing",)
        thing = object()

    with pytest.raises(TypeError, match=r"callbacks/Strange 1/thing is a builtins.object"):
        fit(tmp_path, Strange())


def test_arguments():
    for save_freq in (0, -1, "batch", "s", True, 1.5):
        with pytest.raises(ValueError, match="save_freq"):
            callbacks.BackupAndRestore("folder", save_freq)
    with pytest.raises(ValueError, match="backup_dir"):
        callbacks.BackupAndRestore("")
    with pytest.raises(ValueError, match="keep"):
        callbacks.BackupAndRestore("folder", keep=0)
