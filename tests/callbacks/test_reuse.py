"""A callback object used for a second `fit` starts afresh, as a new one would."""

import inspect

import numpy as np
import optuna
import pytest
import torch

from kerlite import callbacks
from kerlite.optimizers import SGD
from tests.callbacks import small

# Bases, containers, and what is there to go on rather than to start afresh.
OTHERS = {
    "BackupAndRestore", "Callback", "CallbackList", "Logs", "MonitorCallback", "StateKeeper",
}  # fmt: skip
CLASSES = {
    name: getattr(callbacks, name)
    for name in callbacks.__all__
    if name not in OTHERS and inspect.isclass(getattr(callbacks, name))
}
ARGUMENTS = {
    "CSVLogger": lambda folder: {"filename": folder / "log.csv"},
    "EarlyStopping": lambda folder: {
        "monitor": "loss", "min_delta": 9.0, "patience": 1, "restore_best_weights": True,
    },
    "ExperimentLogger": lambda folder: {"tracker": "made-up", "every": 2},
    "FineTune": lambda folder: {"unfreeze_at": 1},
    "GradientMonitor": lambda folder: {"every": 1},
    "LRFinder": lambda folder: {"steps": 10, "max_lr": 1e-2},
    "LearningRateScheduler": lambda folder: {"schedule": lambda epoch, rate: rate / 2},
    "ModelCheckpoint": lambda folder: {
        "filepath": folder / "best.keras", "save_freq": 3, "monitor": "loss",
    },
    "OneCycle": lambda folder: {"max_learning_rate": 0.1},
    "OptunaPruning": lambda folder: {"trial": optuna.create_study().ask()},
    "PlotHistory": lambda folder: {"filename": folder / "curves.png", "every": 9},
    "Profiler": lambda folder: {"filename": folder / "trace.json", "batches": (3, 4)},
    "ReduceLROnPlateau": lambda folder: {"monitor": "loss", "patience": 1, "min_delta": 9.0},
    "RemoteMonitor": lambda folder: {"root": "http://127.0.0.1:9"},
    "SwapEMAWeights": lambda folder: {"swap_on_epoch": True},
    "TensorBoard": lambda folder: {"log_dir": folder / "logs", "update_freq": 2},
    "TimeLimit": lambda folder: {"limit": 60},
}  # fmt: skip
MEASURED = {"elapsed", "total"}  # times differ


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    monkeypatch.setitem(callbacks.experiment_trackers.TRACKERS, "made-up", _MadeUp)


class _MadeUp(callbacks.experiment_trackers.Tracker):
    module_name = package = "json"

    def _begin(self, run_id):
        assert run_id is None
        return []

    def _id(self):
        return "a run"

    def log(self, values, step):
        self.run.append((step, values))

    def _end(self, failed):
        assert [step for step, _ in self.run] == [2, 4, 4, 6, 8, 8]


def _fit(callback):
    model = small.model(SGD(0.01, momentum=0.9, use_ema=True))
    model.fit(
        *small.data(), batch_size=16, epochs=2, verbose=0, validation_split=0.0,
        validation_data=small.data(16), callbacks=callback,
    )  # fmt: skip
    state = {k: v for k, v in callback.state_dict().items() if k not in MEASURED}
    return small.weights(model), model.history.history, state


@pytest.mark.filterwarnings("ignore:Could not send")
@pytest.mark.filterwarnings("ignore:The reported value is ignored")  # the trial is the same, too
@pytest.mark.parametrize("name", CLASSES)
def test_a_second_fit_is_that_of_a_new_object(name, tmp_path):
    def make(folder):
        folder.mkdir()
        return CLASSES[name](**ARGUMENTS.get(name, lambda folder: {})(folder))

    used, new = make(tmp_path / "used"), make(tmp_path / "new")
    _fit(used)
    again, fresh = _fit(used), _fit(new)
    assert small.same(again[0], fresh[0])
    assert again[1].keys() == fresh[1].keys()
    timed = {"seconds", "samples_per_second", "steps_per_second", "memory_mib", "val_seconds"}
    for key in again[1].keys() - timed:
        assert again[1][key] == fresh[1][key]
    _assert_equal(again[2], fresh[2])
    for file in (tmp_path / "new").rglob("*.csv"):
        assert file.read_bytes() == (tmp_path / "used" / file.name).read_bytes()


def _assert_equal(one, other):
    """Compare states, tensors among them."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            _assert_equal(one[key], other[key])
    elif isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            _assert_equal(a, b)
    else:
        np.testing.assert_equal(one, other)
