"""Metrics of the torchmetrics package, as they are."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from kerlite.core.names import to_snake_case
from kerlite.losses.shapes import as_tensors
from kerlite.losses.torch_loss import torch_targets
from kerlite.metrics.base import Metric

__all__ = ["TorchMetric", "is_torch_metric"]


class TorchMetric(Metric):
    """A torchmetrics metric or collection: update(preds, target), compute(), reset().

    It is logged under its class name in snake case; the metrics of a collection under their own.
    Targets (n, 1) of predictions (n,) or of class scores (n, c) lose their last dimension; all else
    is up to the metric. torchmetrics checks its arguments on every update, which waits for the
    device: pass `validate_args=False` to spare that.

    Args:
        metric: the torchmetrics object.
        name: its name in logs.

    Raises:
        ValueError: for sample weights, which torchmetrics knows nothing of.

    Example:
        >>> from torchmetrics.classification import MulticlassAccuracy
        >>> metric = TorchMetric(MulticlassAccuracy(num_classes=2, average="micro"))
        >>> metric.name
        'multiclass_accuracy'
        >>> metric(torch.tensor([1, 0]), torch.tensor([[0.2, 0.8], [0.3, 0.7]]))
        tensor(0.5000)
    """

    def __init__(self, metric: nn.Module, name: str | None = None):
        super().__init__(name=name or to_snake_case(type(metric).__name__))
        self.metric: Any = metric
        self._device: torch.device | None = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets and predictions into account."""
        if sample_weight is not None:
            raise ValueError(
                f"The torchmetrics metric {self.name} takes no sample weights. Pass it in "
                "`metrics`, not in `weighted_metrics`."
            )
        y_true, y_pred = torch_targets(as_tensors(y_true), as_tensors(y_pred))
        if y_pred.device != self._device:
            self._device = y_pred.device
            self.metric.to(y_pred.device)
        with torch.inference_mode(False):  # its state must stay usable outside inference mode
            self.metric.update(y_pred, y_true.to(y_pred.device))

    def result(self) -> Any:
        """Return what the metric computes; for a collection, a dict by log name."""
        value = self.metric.compute()
        if not isinstance(self.metric, nn.ModuleDict) or not isinstance(value, dict):
            return value
        return {self._log_name(key): item for key, item in value.items()}

    def reset_state(self) -> None:
        """Start again."""
        with torch.inference_mode(False):
            self.metric.reset()

    def _log_name(self, key: str) -> str:
        """Return a collection's key in snake case if it is a class name, else as it is."""
        classes = sorted({type(metric).__name__ for metric in self.metric.values()}, key=len)
        found = [name for name in classes if name in key]
        return key.replace(found[-1], to_snake_case(found[-1])) if found else key


def is_torch_metric(candidate: Any) -> bool:
    """Return whether it is a torchmetrics object, by what it can do."""
    return (
        isinstance(candidate, nn.Module)
        and not isinstance(candidate, Metric)
        and all(callable(getattr(candidate, name, None)) for name in ("update", "compute", "reset"))
    )
