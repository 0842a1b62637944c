"""The libraries that keep records of experiments, each behind the same four functions."""

from __future__ import annotations

from typing import Any

from kerlite.callbacks.optional import required

__all__ = ["TRACKERS", "Tracker"]


class Tracker:
    """A run of a library that records experiments; one that is open already is used, not closed.

    Args:
        project: the group of runs that the run belongs to; None: the library's default.
        name: the run's name; None: the library makes one.
        config: what to record of the run itself.
    """

    module_name = ""
    package = ""

    def __init__(self, project: str | None, name: str | None, config: dict[str, Any]) -> None:
        self.library = required(self.module_name, self.package, "ExperimentLogger")
        self.project, self.name, self.config = project, name, config
        self.run: Any = None
        self.is_own = False

    def open(self, run_id: str | None) -> str | None:
        """Use the run that is open, or begin one (again, if an id is given); return its id."""
        self.run = self._open_run()
        self.is_own = self.run is None
        if self.is_own:
            self.run = self._begin(run_id)
        return self._id()

    def close(self, failed: bool) -> None:
        """End the run, if it was begun here."""
        if self.is_own and self.run is not None:
            self._end(failed)
        self.run = None

    def log(self, values: dict[str, float], step: int) -> None:
        """Record values."""
        self.run.log(values, step=step)

    def _open_run(self) -> Any:
        return None

    def _begin(self, run_id: str | None) -> Any:
        raise NotImplementedError

    def _id(self) -> str | None:
        return getattr(self.run, "id", None)

    def _end(self, failed: bool) -> None:
        self.run.finish()


class _WandB(Tracker):
    module_name = package = "wandb"

    def _open_run(self) -> Any:
        return self.library.run

    def _begin(self, run_id: str | None) -> Any:
        again = {} if run_id is None else {"id": run_id, "resume": "allow"}
        return self.library.init(project=self.project, name=self.name, config=self.config, **again)

    def _end(self, failed: bool) -> None:
        self.run.finish(exit_code=int(failed))


class _Trackio(Tracker):
    module_name = package = "trackio"

    def _begin(self, run_id: str | None) -> Any:
        again = {} if run_id is None else {"resume": "allow"}
        name = self.name if run_id is None else run_id
        return self.library.init(
            project=self.project or "kerlite", name=name, config=self.config, **again
        )

    def _id(self) -> str | None:
        return getattr(self.run, "name", None)

    def log(self, values: dict[str, float], step: int) -> None:
        self.library.log(values, step=step)

    def _end(self, failed: bool) -> None:
        self.library.finish()


class _Comet(Tracker):
    module_name, package = "comet_ml", "comet-ml"

    def _open_run(self) -> Any:
        return self.library.get_running_experiment()

    def _begin(self, run_id: str | None) -> Any:
        again = {} if run_id is None else {"experiment_key": run_id, "mode": "get_or_create"}
        run = self.library.start(project_name=self.project, **again)
        if self.name is not None:
            run.set_name(self.name)
        run.log_parameters(self.config)
        return run

    def _id(self) -> str | None:
        return self.run.get_key()

    def log(self, values: dict[str, float], step: int) -> None:
        self.run.log_metrics(values, step=step)

    def _end(self, failed: bool) -> None:
        self.run.end()


class _MLflow(Tracker):
    module_name = package = "mlflow"

    def _open_run(self) -> Any:
        return self.library.active_run()

    def _begin(self, run_id: str | None) -> Any:
        if self.project is not None:
            self.library.set_experiment(self.project)
        run = self.library.start_run(run_id=run_id, run_name=self.name)
        if run_id is None:
            self.library.log_params(self.config)
        return run

    def _id(self) -> str | None:
        return self.run.info.run_id

    def log(self, values: dict[str, float], step: int) -> None:
        self.library.log_metrics(values, step=step, run_id=self.run.info.run_id)

    def _end(self, failed: bool) -> None:
        self.library.end_run("FAILED" if failed else "FINISHED")


TRACKERS: dict[str, type[Tracker]] = {
    "comet": _Comet,
    "mlflow": _MLflow,
    "trackio": _Trackio,
    "wandb": _WandB,
}
