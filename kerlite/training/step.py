"""Steps: what training and evaluation do with one batch, each method open to be overridden."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from kerlite.callbacks import Logs
from kerlite.core import tree
from kerlite.metrics import Mean
from kerlite.training import checks
from kerlite.training.compile import CompileLoss, CompileMetrics
from kerlite.training.compile_report import Choice
from kerlite.training.inside import metrics_in
from kerlite.training.step_functions import StepFunctions
from kerlite.utils.pack import unpack_x_y_sample_weight

__all__ = ["STEPS", "Steps"]

# What a Model has of its own, and a trainer lends to a plain module.
STEPS = (
    "train_step", "test_step", "predict_step", "compute_loss", "compute_metrics", "metrics",
    "reset_metrics", "get_metrics_result",
)  # fmt: skip


class Steps:
    """What training and evaluation do with one batch.

    A subclass of `Model`, or of `Trainer`, overrides the methods it wants to be other: these are
    Keras's own names for them.
    """

    module: nn.Module
    owner: Any
    optimizer: Any
    compiled: bool
    auto_scale_loss: bool
    _compile_loss: CompileLoss | None
    _compile_metrics: CompileMetrics | None
    _loss_tracker: Mean
    _steps: StepFunctions

    def overrides(self, name: str) -> bool:
        """Return whether the owner has a method of its own in the place of one of these."""
        method = getattr(type(self.owner), name)
        return getattr(method, "__wrapped__", method) is not getattr(Steps, name)

    def has_default_steps(self) -> bool:
        """Return whether a batch is used as (x, y, sample_weight), by none but these methods."""
        return not any(map(self.overrides, ("train_step", "test_step", "compute_loss")))

    def train_step(self, data: Any) -> Any:
        """Make one training step; return the logs.

        Args:
            data: a batch as the data packs it: x, (x, y) or (x, y, sample_weight).
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred, loss = self._steps.forward(x, y, sample_weight, training=True)
        self.optimizer.zero_grad()
        self.optimizer.scale_loss(loss).backward()
        self.optimizer.step()
        return self._measured(x, y, y_pred, sample_weight, loss)

    def test_step(self, data: Any) -> Any:
        """Evaluate one batch; return the logs."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred, loss = self._steps.forward(x, y, sample_weight, training=False)
        return self._measured(x, y, y_pred, sample_weight, loss)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch."""
        return self._steps.call(unpack_x_y_sample_weight(data)[0])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Return the compiled loss plus what `add_loss` and the regularizers add.

        Raises:
            ValueError: if there is no loss of either kind.
        """
        loss = None
        if self._compile_loss is not None:
            if y is None:
                raise checks.no_targets()
            loss = self._compile_loss(y, y_pred, sample_weight)
        for extra in self._steps.extra_losses():
            loss = extra if loss is None else loss + extra
        if loss is None:
            raise ValueError(
                "There is no loss to minimize. Pass one to compile(loss=...), or call add_loss() "
                "in a layer's call()."
            )
        return loss

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Update the compiled metrics with a batch and return `get_metrics_result()`."""
        self.update_metrics(y, y_pred, sample_weight)
        return self.owner.get_metrics_result()

    def update_metrics(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Update the compiled metrics with a batch."""
        if self._compile_metrics is not None and y is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)

    def build_metrics(self, y: Any, y_pred: Any) -> None:
        """Match the compiled metrics with the outputs, before any weight is changed.

        Args:
            y: targets, or anything of their structure and shapes; None if there are none.
            y_pred: predictions, likewise.

        Raises:
            ValueError: if a metric is for an output that there is not.
        """
        compiled = self._compile_metrics
        if compiled is None or compiled.built or y is None or self.overrides("compute_metrics"):
            return
        compiled.build(y, y_pred)

    def _measured(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, loss: Tensor) -> Any:
        """Update all metrics, unless a compiled step has done so; return the logs."""
        if self._steps.has_measured:
            return self.owner.get_metrics_result()
        self._track(loss, x)
        return self.owner.compute_metrics(x, y, y_pred, sample_weight)

    def _track(self, loss: Tensor, x: Any) -> None:
        size = next(len(leaf) for leaf in tree.flatten(x) if leaf is not None)
        self._loss_tracker.update_state(loss.detach(), size)

    @property
    def metrics(self) -> list[Any]:
        """The loss's mean, the compiled metrics as one object, those of outputs and of layers."""
        found: list[Any] = [self._loss_tracker] if self.compiled else []
        if self._compile_metrics is not None:
            found.append(self._compile_metrics)
        if self._compile_loss is not None:
            found += self._compile_loss.metrics
        inside = self._steps.metrics_inside
        return found + (metrics_in(self.module) if inside is None else inside)

    @property
    def metrics_names(self) -> list[str]:
        """The names of `metrics`."""
        return [metric.name for metric in self.owner.metrics]

    def reset_metrics(self) -> None:
        """Start all metrics anew."""
        self._steps.close()
        for metric in self.owner.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> Logs:
        """Return the metrics' values by name; nothing is computed until one is read."""
        results: dict[str, Any] = {}
        for metric in self.owner.metrics:
            if isinstance(metric, CompileMetrics):
                results.update(metric.lazy_results())
            else:
                results[metric.name] = metric.result
        return Logs(results)

    def compile_report(self) -> dict[str, Choice]:
        """Return how the "train", "test" and "predict" steps run, compiled or not, and why."""
        return self._steps.compilation.report()
