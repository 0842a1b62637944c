"""End a trial of an Optuna study that does worse than the others."""

from __future__ import annotations

from typing import Any

from kerlite.callbacks.monitor import MonitorCallback
from kerlite.callbacks.optional import required

__all__ = ["OptunaPruning"]


class OptunaPruning(MonitorCallback):
    """Report a quantity of every epoch to an Optuna trial, and end training if it is pruned.

    Training ends with `optuna.TrialPruned`, which `study.optimize` understands. What is better,
    less or more, is the study's to say.

    Args:
        trial: the trial that Optuna gave to the objective function.
        monitor: the key of the quantity in the logs of an epoch.

    Raises:
        ImportError: when training begins, if optuna is not installed.
        optuna.TrialPruned: after an epoch, if the study's pruner says so.

    Example:
        >>> import optuna
        >>> optuna.logging.set_verbosity(optuna.logging.WARNING)
        >>> study = optuna.create_study(pruner=optuna.pruners.ThresholdPruner(upper=1.0))
        >>> def objective(trial):
        ...     pruning = OptunaPruning(trial, "loss")
        ...     pruning.on_train_begin()
        ...     pruning.on_epoch_end(0, {"loss": 2.0})
        >>> study.optimize(objective, n_trials=1)
        >>> study.trials[0].state.name
        'PRUNED'

    Source: kerlite's own, after optuna_integration.KerasPruningCallback.
    """

    def __init__(self, trial: Any, monitor: str = "val_loss") -> None:
        super().__init__(monitor, mode="min")  # not asked what is better: the study knows
        self.trial = trial

    def on_train_begin(self, logs: Any = None) -> None:
        """Make sure that optuna is there."""
        required("optuna", "optuna", "OptunaPruning")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Report the quantity; end training if the trial is hopeless."""
        value = self.get_monitor_value(logs)
        if value is None:
            return
        self.trial.report(float(value), step=epoch)
        if self.trial.should_prune():
            optuna = required("optuna", "optuna", "OptunaPruning")
            raise optuna.TrialPruned(f"Pruned after epoch {epoch + 1}: {self.monitor} is {value}.")
