"""Metrics of the torchmetrics package, as they are."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core.names import to_snake_case
from kerlite.losses.shapes import as_tensors, lifted
from kerlite.losses.torch_loss import torch_targets
from kerlite.metrics.base import Metric

__all__ = ["TorchMetric", "is_torch_metric"]


class TorchMetric(Metric):
    """A torchmetrics metric or collection: update(preds, target), compute(), reset().

    It is logged under its class name in snake case; the metrics of a collection under their own.
    torchmetrics checks its arguments on every update, which waits for the device: pass
    `validate_args=False` to spare that.

    Targets and predictions come in the shapes that Keras code gives them, and reach the metric as
    it wants them: targets (n, 1) of predictions (n,) or of class scores (n, c) lose their last
    dimension; a metric of classes takes targets of any number type as integers, class scores
    (n, ..., c) with the classes last, and one-hot targets if it is for several classes; a retrieval
    metric takes every row as one query; an aggregation metric takes the predictions alone.

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
        self._queries = 0
        members = _members(metric)
        self._takes = set(inspect.signature(_unwrapped(members[0]).update).parameters)
        self._is_of_classes = all(map(_is_of_classes, members))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets and predictions into account."""
        if sample_weight is not None:
            raise ValueError(
                f"The torchmetrics metric {self.name} takes no sample weights. Pass it in "
                "`metrics`, not in `weighted_metrics`."
            )
        y_true, y_pred = self._in_its_form(as_tensors(y_true), as_tensors(y_pred))
        if y_pred.device != self._device:
            self._device = y_pred.device
            self.metric.to(y_pred.device)
        with torch.inference_mode(False):  # its state must stay usable outside inference mode
            self._update(y_true.to(y_pred.device), y_pred)

    def merge_state(self, metrics: Sequence[Metric]) -> None:
        """Take in the state of other metrics, of the kinds that torchmetrics can merge.

        Raises:
            ValueError: if a metric is of another class.
            RuntimeError: by torchmetrics, for metrics whose states cannot be merged.
        """
        for other in metrics:
            self._check_mergeable(other)
            assert isinstance(other, TorchMetric)
            for own, incoming in zip(_members(self.metric), _members(other.metric), strict=True):
                state = dict(incoming.metric_state)
                if "indexes" in state:  # queries are numbered from 0 in each
                    state["indexes"] = [rows + self._queries for rows in state["indexes"]]
                own._update_count += incoming._update_count
                own.merge_state(state)
            self._queries += other._queries

    def result(self) -> Any:
        """Return what the metric computes; for a collection, a dict by log name."""
        value = self.metric.compute()
        if not isinstance(self.metric, nn.ModuleDict) or not isinstance(value, dict):
            return value
        return {self._log_name(key): item for key, item in value.items()}

    def reset_state(self) -> None:
        """Start again."""
        self._queries = 0
        with torch.inference_mode(False):
            self.metric.reset()

    def _in_its_form(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        if y_pred.is_floating_point():
            y_pred = lifted(y_pred)
        if self._is_of_classes and y_true.is_floating_point():
            y_true = y_true.long()
        y_true, y_pred = torch_targets(y_true, y_pred)
        if not self._is_of_classes:
            return _as_numbers(y_true, y_pred, _members(self.metric))
        several = y_pred.ndim > 1 and y_pred.is_floating_point()
        if several and y_true.shape == y_pred.shape and _is_multiclass(self.metric):
            y_true = y_true.argmax(-1)
        if y_pred.ndim > 2 and y_pred.shape[:-1] == y_true.shape:
            y_pred = y_pred.movedim(-1, 1)
        return y_true, y_pred

    def _update(self, y_true: Tensor, y_pred: Tensor) -> None:
        if "indexes" in self._takes:
            rows = torch.arange(len(y_pred), device=y_pred.device) + self._queries
            self._queries += len(y_pred)
            shape = (-1,) + (1,) * (y_pred.ndim - 1)
            self.metric.update(y_pred, y_true, rows.view(shape).expand(y_pred.shape))
        elif "value" in self._takes:
            self.metric.update(y_pred)
        else:
            self.metric.update(y_pred, y_true)

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


def _as_numbers(y_true: Tensor, y_pred: Tensor, members: list[Any]) -> tuple[Tensor, Tensor]:
    if y_true.shape != y_pred.shape:
        return y_true, y_pred
    single = all(getattr(member, "num_outputs", None) == 1 for member in members)
    if single and y_pred.ndim == 2 and y_pred.shape[1] == 1:
        y_true, y_pred = y_true.squeeze(1), y_pred.squeeze(1)
    return y_true.to(y_pred.dtype), y_pred


def _members(metric: nn.Module) -> list[Any]:
    """Return the metrics of a collection, or the one metric."""
    if isinstance(metric, nn.ModuleDict):
        return list(metric.values(copy_state=False)) or [metric]  # type: ignore[call-arg]
    return [metric]


def _unwrapped(metric: Any) -> Any:
    """Return the metric that a wrapper of torchmetrics was made with."""
    for name in ("base_metric", "_base_metric", "metric"):
        metric = getattr(metric, name, metric)
    return metric


def _is_of_classes(metric: Any) -> bool:
    inner = _unwrapped(metric)
    return any(
        cls.__module__.startswith(("torchmetrics.classification", "torchmetrics.retrieval"))
        for cls in type(inner).__mro__
    ) and not getattr(inner, "allow_non_binary_target", False)


def _is_multiclass(metric: nn.Module) -> bool:
    names = [type(_unwrapped(member)).__name__ for member in _members(metric)]
    return all(name.startswith("Multiclass") for name in names)
