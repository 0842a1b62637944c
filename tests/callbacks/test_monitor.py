from types import SimpleNamespace

import numpy as np
import pytest

from kerlite.callbacks import EarlyStopping, ModelCheckpoint, MonitorCallback
from tests.callbacks.fakes import FakeModel, fit, losses


def _metric(name, **attributes):
    return SimpleNamespace(name=name, **attributes)


def _group(*metrics):
    return SimpleNamespace(name="compile_metrics", metrics=list(metrics))


UP, DOWN = {"_direction": "up"}, {"_direction": "down"}


@pytest.mark.parametrize(
    ("monitor", "metrics", "more_is_better"),
    [
        ("loss", [], False),
        ("val_loss", [], False),
        ("decoder_loss", [], False),
        ("accuracy", [_group(_metric("accuracy", **UP))], True),
        ("val_accuracy", [_group(_metric("accuracy", **UP))], True),
        ("val_accuracy", [_metric("accuracy", **UP)], True),
        ("mse", [_group(_metric("mse", **DOWN))], False),
        ("val_head_accuracy", [_group(_metric("accuracy", **UP))], True),
        ("top_accuracy", [_metric("accuracy", **DOWN), _metric("top_accuracy", **UP)], True),
        ("psnr", [_metric("psnr", higher_is_better=True)], True),
        ("fid", [_metric("fid", higher_is_better=False)], False),
        ("f1", [_metric("f1", metric=SimpleNamespace(higher_is_better=True))], True),
        ("my_loss", [_metric("my_loss", **UP)], True),
    ],
)
def test_auto_finds_the_direction(monitor, metrics, more_is_better):
    watcher = MonitorCallback(monitor)
    watcher.set_model(FakeModel(metrics=metrics))
    assert watcher.is_improvement(2.0, 1.0) is more_is_better
    assert watcher.is_improvement(1.0, 2.0) is not more_is_better
    assert not watcher.is_improvement(1.0, 1.0)


@pytest.mark.parametrize(
    "metrics",
    [[], [_metric("accuracy", **UP)], [_metric("x")], [_metric("x", higher_is_better=None)]],
)
def test_auto_says_when_it_cannot_tell(metrics):
    callback = EarlyStopping("x")
    with pytest.raises(ValueError, match=r"mode='min' or mode='max'") as caught:
        fit(callback, losses(1.0, name="x"), FakeModel(metrics=metrics))
    assert all(metric.name in str(caught.value) for metric in metrics)


def test_auto_agrees_with_keras_on_its_own_metrics():
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=["accuracy", "mae", keras.metrics.AUC(name="auc")])
    model.evaluate(np.zeros((2, 3)), np.zeros((2, 1)), verbose=0)
    for monitor in ("loss", "val_loss", "accuracy", "val_mae", "auc"):
        theirs = keras.callbacks.EarlyStopping(monitor)
        theirs.set_model(model)
        theirs._set_monitor_op()
        ours = MonitorCallback(monitor)
        ours.set_model(model)
        assert ours.is_improvement(2.0, 1.0) == bool(theirs._is_improvement(2.0, 1.0))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("mode", "better"), [("min", 0.25), ("max", 1.75)])
def test_min_delta(mode, better, sign):
    watcher = MonitorCallback("x", mode, min_delta=0.5 * sign)
    assert watcher.is_improvement(better, 1.0)
    assert not watcher.is_improvement((better + 1) / 2, 1.0)
    assert not watcher.is_improvement(0.5 if mode == "min" else 1.5, 1.0)


def test_unknown_mode_falls_back_with_a_warning():
    with pytest.warns(UserWarning, match="mode='least'"):
        watcher = MonitorCallback(mode="least")
    assert watcher.mode == "auto"


def test_missing_quantity_is_named_with_what_there_is():
    with pytest.warns(UserWarning, match=r"`val_loss`.*have: accuracy, loss\. .*validation_data"):
        fit(EarlyStopping(), [{"loss": 1.0, "accuracy": 2.0}])
    with pytest.warns(UserWarning, match=r"have: nothing"):
        fit(EarlyStopping("loss"), [{}])


def test_quantity_that_is_no_number():
    logs = [{"loss": np.ones(3)}]
    with pytest.warns(UserWarning, match=r"not a number but array\(\[1"):
        fit(EarlyStopping("loss"), logs)
    checkpoint = ModelCheckpoint("a.keras", "loss", save_best_only=True)
    with pytest.warns(UserWarning, match="not a number"):
        model = fit(checkpoint, logs)
    assert model.saved == [("model", "a.keras")]


def test_direction_is_found_anew_for_another_model():
    watcher = MonitorCallback("x")
    watcher.set_model(FakeModel(metrics=[_metric("x", **UP)]))
    assert watcher.is_improvement(2.0, 1.0)
    watcher.set_model(FakeModel(metrics=[_metric("x", **DOWN)]))
    assert not watcher.is_improvement(2.0, 1.0)
