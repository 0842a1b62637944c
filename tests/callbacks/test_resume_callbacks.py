"""Every callback with a memory, interrupted together with BackupAndRestore and started again."""

import inspect

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import kerlite
from kerlite import callbacks, layers
from kerlite.callbacks import experiment_trackers
from kerlite.optimizers import SGD, Adam
from tests.callbacks.backups import Stop, StopAt

X = np.random.RandomState(0).randn(32, 4).astype("float32")
Y = X.sum(1, keepdims=True)
NOT_THE_SAME = {"elapsed", "total", "seconds", "val_seconds", "run_id"}
RECORDS = {}


class Recorder(experiment_trackers.Tracker):
    """Keeps what is recorded by run and step, as trackers do."""

    module_name = package = "json"

    def _begin(self, run_id):
        self.key = run_id or f"run {len(RECORDS)}"
        return RECORDS.setdefault(self.key, {})

    def _id(self):
        return self.key

    def log(self, values, step):
        self.run.setdefault(step, {}).update(values)

    def _end(self, failed):
        pass


CASES = {
    "CSVLogger": lambda folder: callbacks.CSVLogger(folder / "log.csv"),
    "EarlyStopping": lambda folder: callbacks.EarlyStopping(
        min_delta=0.3, patience=1, restore_best_weights=True
    ),
    "ExperimentLogger": lambda folder: callbacks.ExperimentLogger("made-up", every=3),
    "FineTune": lambda folder: callbacks.FineTune([1, 2], lr_mult=0.5),
    "FineTune, one rate": lambda folder: callbacks.FineTune([1, 3], lr_mult=1),
    "GradientMonitor": lambda folder: callbacks.GradientMonitor(every=2),
    "LRFinder": lambda folder: callbacks.LRFinder(max_lr=0.1, steps=14),
    "ModelCheckpoint": lambda folder: callbacks.ModelCheckpoint(
        folder / "{epoch}.safetensors", "loss", save_best_only=True, save_weights_only=True
    ),
    "ModelCheckpoint, batches": lambda folder: callbacks.ModelCheckpoint(
        folder / "{epoch}-{batch}.weights.h5", save_weights_only=True, save_freq=3
    ),
    "OneCycle": lambda folder: callbacks.OneCycle(0.1),
    "PlotHistory": lambda folder: callbacks.PlotHistory(folder / "curves.png", every=3),
    "Profiler": lambda folder: callbacks.Profiler(folder / "trace.json", (14, 14)),
    "ReduceLROnPlateau": lambda folder: callbacks.ReduceLROnPlateau(
        patience=1, factor=0.5, cooldown=1, min_delta=9.0
    ),
    "SwapEMAWeights": lambda folder: callbacks.SwapEMAWeights(),
    "SwapEMAWeights, on epoch": lambda folder: callbacks.SwapEMAWeights(swap_on_epoch=True),
    "TensorBoard": lambda folder: callbacks.TensorBoard(
        folder / "logs", histogram_freq=2, write_graph=False, update_freq=3
    ),
    "TimeLimit": lambda folder: callbacks.TimeLimit(1000),
    "Timer": lambda folder: callbacks.Timer(),
}
# Those that change the model or its optimizer, which are then not those of a new process.
IN_A_NOTEBOOK = [
    name for name in CASES if name.startswith(("Early", "Fine", "LR", "One", "Reduce", "Swap"))
]
WITHOUT_MEMORY_ITSELF = {"BackupAndRestore", "History", "ModelCheckpoint"}


@pytest.fixture(autouse=True)
def _tracker(monkeypatch):
    monkeypatch.setitem(experiment_trackers.TRACKERS, "made-up", Recorder)
    RECORDS.clear()


def make(name):
    kerlite.utils.set_random_seed(1)
    model = kerlite.Sequential([
        kerlite.Input((4,)), layers.Dense(5, "relu", name="a"),
        layers.BatchNormalization(name="b"), layers.Dense(4, "tanh", name="c"),
        layers.Dropout(0.3), layers.Dense(1, name="d"),
    ], name="model")  # fmt: skip
    averages = name.startswith("SwapEMA")
    optimizer = Adam(0.02) if name.startswith("Fine") else SGD(0.05, 0.9, use_ema=averages)
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


def train(name, folder, *others, model=None):
    """Return all that a training leaves."""
    folder.mkdir(exist_ok=True)
    model, callback = model or make(name), CASES[name](folder)
    backup = callbacks.BackupAndRestore(folder / "backup", save_freq=2)
    history = model.fit(
        X, Y, batch_size=8, epochs=4, validation_split=0.1, verbose=0,
        callbacks=[callback, *others, backup],
    ).history  # fmt: skip
    return {
        "weights": [*model.parameters(), *model.buffers()],
        "trainable": [layer.trainable for layer in model.layers],
        "optimizer": model.optimizer.state_dict(),
        "rates": [group["lr"] for group in model.optimizer.torch_optimizer.param_groups],
        "history": {k: v for k, v in history.items() if k not in NOT_THE_SAME},
        "memory": {k: v for k, v in callback.state_dict().items() if k not in NOT_THE_SAME},
        "found": [getattr(callback, key, None) for key in ("rates", "losses", "norms")],
        "files": files(folder),
        "record": RECORDS.get(getattr(callback, "run_id", None)),
    }


def files(folder):
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "events" not in path.name and path.suffix not in (".json", ".h5")
    }
    for part in ("train", "validation"):
        if (folder / "logs" / part).exists():
            found[part] = summaries(folder / "logs" / part)
    return {**found, "h5": sorted(path.name for path in folder.glob("*.h5"))}


def summaries(folder):
    """Return the last value of every step, as TensorBoard shows them."""
    events = EventAccumulator(str(folder)).Reload()
    return {
        tag: {one.step: one.value for one in events.Scalars(tag)}
        for tag in sorted(events.Tags()["scalars"])
    }


def assert_equal(one, other, place=""):
    if isinstance(one, dict):
        assert one.keys() == other.keys(), place
        for key in one:
            assert_equal(one[key], other[key], f"{place}/{key}")
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other), place
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_equal(a, b, f"{place}/{index}")
    elif isinstance(one, torch.Tensor):
        assert torch.equal(one, other), place
    else:
        np.testing.assert_equal(one, other, place)


def check(name, folder, anew):
    expected = train(name, folder / "whole")
    model = make(name)
    for stop in (3, 3, 6):  # within an epoch, and at its end
        with pytest.raises(Stop):
            train(name, folder / "parts", StopAt(stop), model=model)
        model = make(name) if anew else model
    assert_equal(train(name, folder / "parts", StopAt(100), model=model), expected)


@pytest.mark.parametrize("name", CASES)
def test_a_script_that_is_started_again(name, tmp_path):
    check(name, tmp_path, anew=True)


@pytest.mark.parametrize("name", IN_A_NOTEBOOK)
def test_a_cell_of_a_notebook_that_is_run_again(name, tmp_path):
    check(name, tmp_path, anew=False)


def test_the_best_weights_of_a_model_whose_layers_have_other_names(tmp_path):
    def fit(folder, *others):
        kerlite.utils.set_random_seed(1)
        model = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(3), layers.Dense(1)])
        model.compile("sgd", "mse")
        best = callbacks.EarlyStopping("loss", min_delta=1e9, restore_best_weights=True)
        backup = callbacks.BackupAndRestore(folder, save_freq=1)
        model.fit(X, Y, 8, 2, verbose=0, callbacks=[best, *others, backup])
        return model.get_weights()

    expected = fit(tmp_path / "whole")
    with pytest.raises(Stop):
        fit(tmp_path / "parts", StopAt(6))
    assert_equal(fit(tmp_path / "parts", StopAt(100)), expected)


def test_every_callback_with_a_memory_is_tried():
    classes = [one for one in vars(callbacks).values() if inspect.isclass(one)]
    with_memory = {
        one.__name__
        for one in classes
        if issubclass(one, callbacks.Callback)
        and (one.state_names or one.state_dict is not callbacks.Callback.state_dict)
    }
    assert with_memory <= {name.split(",")[0] for name in CASES} | WITHOUT_MEMORY_ITSELF
