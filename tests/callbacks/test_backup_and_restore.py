"""BackupAndRestore: when it saves, and how training goes on; the kill test is beside it."""

import threading
import time

import pytest
import torch

import kerlite
from kerlite import callbacks
from kerlite.core import random
from kerlite.saving import checkpoint_folder
from kerlite.saving.checkpoint import read_checkpoint
from tests.callbacks.backups import Stop, StopAt, X, Y, fit, interrupt, make, numbers, same


@pytest.mark.parametrize("batches", [1, 2, 5, 6, 7, 12, 17, 18])
def test_an_interrupted_training_ends_as_an_uninterrupted_one(tmp_path, batches):
    expected, history = fit(tmp_path / "a")
    interrupt(tmp_path / "b", batches)
    model, found = fit(tmp_path / "b")
    assert found == history
    assert same(model, expected)
    assert not (tmp_path / "b").exists()


def test_ctrl_c_in_a_notebook(tmp_path):
    """The same model and optimizer, trained on by running the cell again."""
    expected, history = fit(tmp_path / "a")
    model = make()
    interrupt(tmp_path / "b", model=model)
    assert fit(tmp_path / "b", model=model)[1] == history
    assert same(model, expected)


def test_what_is_left_of_a_training(tmp_path):
    folder = tmp_path / "backup"
    interrupt(folder)
    assert numbers(folder) == [2, 3]  # after batches 2, 4, end of the epoch, 8
    state = read_checkpoint(folder / "backup-00000003.checkpoint")
    assert (state["epoch"], state["batch"], state["phase"]) == (1, 2, "batches")
    assert state["callbacks"]["History 1"]["epoch"] == [0]
    fit(folder, delete=False)
    assert len(numbers(folder)) == 2
    model, history = fit(folder, delete=False)  # nothing is left to be done
    assert len(history["loss"]) == 3
    assert same(model, fit(tmp_path / "other")[0])


@pytest.mark.parametrize(
    ("save_freq", "kept", "removed"),  # of the end of the last epoch nothing is saved to be removed
    [("epoch", 3, 2), (6, 3, 2), (4, 4, 4), (100, 0, 0), ("0s", 18, 17), ("60 s", 0, 0)],
)
def test_how_often_it_saves(tmp_path, save_freq, kept, removed, monkeypatch):
    saved = []
    save = checkpoint_folder.CheckpointFolder.save
    monkeypatch.setattr(
        checkpoint_folder.CheckpointFolder,
        "save",
        lambda self, state: (saved.append(state["phase"]), save(self, state)),
    )
    fit(tmp_path / "kept", save_freq=save_freq, delete=False)
    assert len(saved) == kept
    fit(tmp_path / "removed", save_freq=save_freq)
    assert len(saved) == kept + removed


def test_how_many_are_kept(tmp_path):
    def kept(**arguments):
        backup = callbacks.BackupAndRestore(tmp_path, 1, delete_checkpoint=False, **arguments)
        make().fit(X, Y, batch_size=4, epochs=1, verbose=0, callbacks=[backup])
        found = len(numbers(tmp_path))
        backup._folder.delete()
        return found

    assert kept(keep=1) == 1
    assert kept(keep=1, double_checkpoint=True) == 2
    assert kept() == 2
    assert kept(keep=4) == 4


def test_writing_does_not_hold_training_up(tmp_path, monkeypatch):
    written, most = [], []
    real = checkpoint_folder.write_new_file

    def slow(*args):
        time.sleep(0.1)
        real(*args)
        written.append(args[0])

    monkeypatch.setattr(checkpoint_folder, "write_new_file", slow)

    def writers():
        return sum(t.name.startswith("kerlite-checkpoint") for t in threading.enumerate())

    class Watch(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            most.append((writers(), len(written)))

    fit(tmp_path, Watch(), save_freq=3, epochs=1, delete=False)
    assert (1, 0) in most  # a batch while the first one was being written
    assert max(count for count, _ in most) == 1
    assert len(written) == 2
    assert writers() == 0


def test_a_plain_module(tmp_path):
    def trainer():
        random.set_random_seed(2)
        made = kerlite.Trainer(torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 1)))
        made.compile(torch.optim.Adam, "mse")
        return made

    expected, _ = fit(tmp_path / "a", model=trainer())
    interrupt(tmp_path / "b", model=trainer())
    found, _ = fit(tmp_path / "b", model=trainer())
    for a, b in zip(expected.module.parameters(), found.module.parameters(), strict=True):
        assert torch.equal(a, b)


def test_going_on_from_what_model_checkpoint_saved(tmp_path):
    expected, history = fit(tmp_path / "a")
    states = str(tmp_path / "states" / "{epoch}-{batch}.checkpoint")

    def saving():
        return callbacks.ModelCheckpoint(states, save_freq=4)

    with pytest.raises(Stop):
        make().fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[saving(), StopAt(11)])
    saved = sorted(path.name for path in (tmp_path / "states").iterdir())
    assert saved == ["1-4.checkpoint", "2-2.checkpoint"]
    for name in saved:
        backup = callbacks.BackupAndRestore(
            tmp_path / name[0], start_from=tmp_path / "states" / name
        )
        model = make()
        found = model.fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[saving(), backup])
        assert found.history == history
        assert same(model, expected)
