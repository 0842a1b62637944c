import sys
from types import SimpleNamespace

import pytest

from kerlite.callbacks import ExperimentLogger, LambdaCallback
from tests.callbacks import small

CONFIG = {"units": 8, "kind": "small"}


class _Run:
    """A run of a made-up library: notes what is called on it."""

    def __init__(self, calls, **given):
        self.calls, self.id, self.name = calls, "run-1", given.get("name") or "made-up"
        calls.append(("begin", given))

    def get_key(self):
        return self.id

    def __getattr__(self, name):
        return lambda *args, **kwargs: self.calls.append((name, *args, kwargs))


@pytest.fixture(params=["wandb", "trackio", "comet"])
def library(request, monkeypatch):
    """One of the libraries, as small as it can be: (name, what is called, set an open run)."""
    calls, open_runs = [], [None]

    def begin(**given):
        return _Run(calls, **given)

    if request.param == "comet":
        module = SimpleNamespace(start=begin, get_running_experiment=lambda: open_runs[0])
    else:
        module = SimpleNamespace(init=begin, run=None)
    if request.param == "trackio":
        module.log = lambda values, step: calls.append(("log", values, {"step": step}))
        module.finish = lambda: calls.append(("finish", {}))
    monkeypatch.setitem(
        sys.modules, {"comet": "comet_ml"}.get(request.param, request.param), module
    )
    return SimpleNamespace(name=request.param, calls=calls, module=module, open_runs=open_runs)


def _logged(calls):
    return [(call[1], call[-1]["step"]) for call in calls if call[0] in ("log", "log_metrics")]


def test_values_of_every_epoch(library):
    logger = ExperimentLogger(library.name, "project", "name", CONFIG)
    history = small.model().fit(*small.data(), epochs=2, verbose=0, callbacks=logger).history
    expected = [({"loss": loss}, step) for step, loss in enumerate(history["loss"])]
    assert _logged(library.calls) == expected
    kind, given = library.calls[0]
    assert kind == "begin"
    if library.name == "comet":
        assert given == {"project_name": "project"}
        assert [call[0] for call in library.calls[1:3]] == ["set_name", "log_parameters"]
        assert library.calls[2][1] == CONFIG
    else:
        assert given == {"project": "project", "name": "name", "config": CONFIG}
    assert library.calls[-1][0] in ("finish", "end")


def test_an_error_ends_the_run_too(library):
    def fail(epoch, logs):
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        small.model().fit(
            *small.data(), verbose=0,
            callbacks=[ExperimentLogger(library.name), LambdaCallback(on_epoch_end=fail)],
        )  # fmt: skip
    end = library.calls[-1]
    assert end[0] in ("finish", "end")
    assert library.name != "wandb" or end[-1] == {"exit_code": 1}


def test_a_run_that_is_open_is_used_and_left_open(library):
    if library.name == "trackio":
        return  # it does not tell whether there is one
    library.module.run = library.open_runs[0] = _Run([])
    small.model().fit(*small.data(), verbose=0, callbacks=ExperimentLogger(library.name))
    assert library.calls == []
    calls = library.module.run.calls
    assert len(_logged(calls)) == 1
    assert calls[-1][0] in ("log", "log_metrics")


def test_a_resumed_training_goes_on_with_its_run(library):
    first, second = ExperimentLogger(library.name), ExperimentLogger(library.name)
    for logger in (first, second):
        logger.on_train_begin()
    first.on_epoch_begin(0)
    first.on_epoch_end(0, {"loss": 1.0})
    library.calls.clear()
    second.load_state_dict(first.state_dict())
    second.on_epoch_end(1, {"loss": 0.5})
    _, given = library.calls[0]
    known = {"id", "name", "experiment_key", "resume", "mode"}
    assert {key: value for key, value in given.items() if key in known and value is not None} in (
        {"id": "run-1", "resume": "allow"},
        {"name": "made-up", "resume": "allow"},
        {"experiment_key": "run-1", "mode": "get_or_create"},
    )


def test_values_of_batches(library):
    logger = ExperimentLogger(library.name, every=3)
    small.model().fit(*small.data(), batch_size=16, epochs=2, verbose=0, callbacks=logger)
    found = [(sorted(values), step) for values, step in _logged(library.calls)]
    batch, epoch = ["batch_loss"], ["epoch", "loss"]
    assert found == [(batch, 3), (epoch, 4), (batch, 6), (epoch, 8)]


def test_a_real_mlflow_file_store(tmp_path, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    logger = ExperimentLogger("mlflow", "experiment", "name", CONFIG)
    history = small.model().fit(
        *small.data(), epochs=2, verbose=0, validation_split=0.25, callbacks=logger
    ).history  # fmt: skip
    client = mlflow.MlflowClient()
    run = client.get_run(logger.run_id)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "name"
    assert run.data.params == {"units": "8", "kind": "small"}
    for key in ("loss", "val_loss"):
        written = client.get_metric_history(logger.run_id, key)
        assert [(one.step, one.value) for one in written] == list(enumerate(history[key]))
    again = ExperimentLogger("mlflow", "experiment")
    again.on_train_begin()
    again.load_state_dict(logger.state_dict())
    again.on_epoch_end(2, {"loss": 0.125})
    again.on_exception(KeyboardInterrupt())
    assert client.get_run(logger.run_id).info.status == "FAILED"
    assert client.get_metric_history(logger.run_id, "loss")[-1].value == 0.125


def test_without_the_package_and_unknown_trackers(monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(ImportError, match="pip install wandb"):
        small.model().fit(*small.data(), verbose=0, callbacks=ExperimentLogger("wandb"))
    with pytest.raises(ValueError, match="every"):
        ExperimentLogger("wandb", every=0)
