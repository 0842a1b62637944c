"""The metrics that `compile` was given, as one object for all outputs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor

from kerlite.core import tree
from kerlite.core.tracing import untraced
from kerlite.metrics import Metric
from kerlite.training.outputs import Outputs, Path, follow, form_of
from kerlite.training.resolve import resolve_metric
from kerlite.training.spread import spread

__all__ = ["CompileMetrics"]


class OutputMetric(NamedTuple):
    """A metric, the output it is for, and whether it takes sample weights into account."""

    output: int
    path: Path
    metric: Metric
    weighted: bool


class CompileMetrics:
    """The metrics of all outputs.

    Everything is resolved once, by `build` or the first update, into one flat list. Log names are
    those of Keras: the metric's own name, after the name of the output if there are several; a
    second one of the same name gets a number, a weighted one the prefix `weighted_`.

    Args:
        metrics: a list of metrics in any form that `metrics.get` takes ("accuracy", "acc",
            "crossentropy" and "ce" for the kind that the shapes ask for); for several outputs a
            list or dict of such lists.
        weighted_metrics: likewise; these are weighted by `sample_weight`.
        output_names: the names of the outputs, in order, or None.

    Raises:
        ValueError: for unknown metrics and outputs, and numbers of entries that differ.

    Example:
        >>> import torch
        >>> compiled = CompileMetrics(["accuracy", "mae"])
        >>> compiled.update_state(torch.tensor([[1.0], [0.0]]), torch.tensor([[0.9], [0.9]]))
        >>> compiled.results()
        {'accuracy': tensor(0.5000), 'mae': tensor(0.5000)}

    Source: keras.src.trainers.compile_utils.CompileMetrics.
    """

    name = "compile_metrics"

    def __init__(self, metrics: Any, weighted_metrics: Any = None, output_names: Any = None):
        for argument, given in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if given is not None and not isinstance(given, (list, tuple, dict)):
                raise ValueError(
                    f"{argument} must be a list, a tuple or a dict; received {given!r}. For one "
                    f"metric write {argument}=[{given!r}]."
                )
            for leaf in tree.flatten(given):
                if leaf is not None:
                    resolve_metric(leaf, None, None)  # raises for what is unknown
        self._given, self._given_weighted = metrics, weighted_metrics
        self.output_names = output_names
        self.built = False
        self._outputs = Outputs(None)
        self._entries: list[OutputMetric] = []
        self._names: list[str] = []
        self._lazy: dict[str, Callable[[], Any]] | None = None
        self._routes: dict[tuple[Any, Any], tuple[list[Any], list[Any]]] = {}

    @property
    def metrics(self) -> list[Metric]:
        """The metrics, the unweighted ones first; empty before `build`."""
        return [entry.metric for entry in self._entries]

    @property
    def variables(self) -> list[Any]:
        """The state of all metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    @untraced
    def build(self, y_true: Any, y_pred: Any) -> None:
        """Match metrics and outputs.

        Args:
            y_true: targets, or anything with their structure and shapes.
            y_pred: predictions, or anything with their structure and shapes.
        """
        outputs = Outputs(y_pred, self.output_names)
        plain = _by_output(self._given, outputs, "metrics")
        weighted = _by_output(self._given_weighted, outputs, "weighted_metrics")
        wanted = [bool(a or b) for a, b in zip(plain, weighted, strict=True)]
        targets = outputs.routes(y_true, wanted, "y")
        self._entries = []
        for entries, takes_weights in ((plain, False), (weighted, True)):
            for index, identifiers in enumerate(entries):
                path = outputs.paths[index]
                for identifier in identifiers:
                    target = follow(targets[index] or (), y_true)
                    metric = resolve_metric(identifier, target, follow(path, y_pred))
                    self._entries.append(OutputMetric(index, path, metric, takes_weights))
        self._outputs, self._routes, self._lazy = outputs, {}, None
        self._names = _log_names(self._entries, _prefixes(outputs))
        self.built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch of targets and predictions of all outputs into account."""
        if not self.built:
            self.build(y_true, y_pred)
        if not (isinstance(y_pred, Tensor) and isinstance(y_true, Tensor)):
            self._update_each(y_true, y_pred, sample_weight)
            return
        if isinstance(sample_weight, (list, tuple, dict)):
            (sample_weight,) = tree.flatten(sample_weight)
        for _, _, metric, weighted in self._entries:
            if weighted:
                metric.update_state(y_true, y_pred, sample_weight)
            else:
                metric.update_state(y_true, y_pred)

    def results(self) -> dict[str, Any]:
        """Return the value of each metric by log name; a metric with a dict gives its entries."""
        return {name: value() for name, value in self.lazy_results().items()}

    result = results

    def lazy_results(self) -> dict[str, Callable[[], Any]]:
        """Return for each log name a function that gives the value; nothing is computed yet.

        The dict is made once, when the metrics have seen data, and must not be changed.
        """
        if self._lazy is None:
            self._lazy = {}
            for name, metric in zip(self._names, self.metrics, strict=True):
                self._lazy.update(self._values_of(name, metric))
        return self._lazy

    def reset_state(self) -> None:
        """Start all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def _values_of(self, name: str, metric: Metric) -> dict[str, Callable[[], Any]]:
        value = metric.result()
        if not isinstance(value, dict):
            return {name: metric.result}
        prefix = name.removesuffix(metric.name) if len(self._outputs) > 1 else ""
        return {f"{prefix}{key}": partial(_item, metric, key) for key in value}

    def _update_each(self, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        form = (form_of(y_true), form_of(sample_weight))
        targets, weights = self._routes.get(form) or self._find_routes(y_true, sample_weight)
        for index, path, metric, weighted in self._entries:
            target, prediction = follow(targets[index] or (), y_true), follow(path, y_pred)
            if weighted and weights[index] is not None:
                metric.update_state(target, prediction, follow(weights[index], sample_weight))
            else:
                metric.update_state(target, prediction)

    @untraced
    def _find_routes(self, y_true: Any, sample_weight: Any) -> tuple[list[Any], list[Any]]:
        wanted = [False] * len(self._outputs)
        for entry in self._entries:
            wanted[entry.output] = True
        targets = self._outputs.routes(y_true, wanted, "y")
        weights = self._outputs.routes(sample_weight, None, "sample_weight")
        self._routes[form_of(y_true), form_of(sample_weight)] = targets, weights
        return targets, weights


def _by_output(given: Any, outputs: Outputs, argument: str) -> list[list[Any]]:
    """Return the list of metrics of each output."""
    if not given:
        return [[] for _ in outputs.paths]
    entries = [given] if len(outputs) == 1 else spread(given, outputs, argument, False)
    return [[leaf for leaf in tree.flatten(entry) if leaf is not None] for entry in entries]


def _prefixes(outputs: Outputs) -> list[str]:
    """Return what stands before the names of each output's metrics."""
    if len(outputs) == 1:
        return [""]
    by_key = isinstance(outputs.y_pred, dict) and all(len(path) == 1 for path in outputs.paths)
    names = [path[0] for path in outputs.paths] if by_key else outputs.names
    return ["" if name is None else f"{name}_" for name in names]


def _log_names(entries: list[OutputMetric], prefixes: list[str]) -> list[str]:
    names: list[str] = []
    counts: dict[str, int] = {}
    for index, _, metric, weighted in entries:
        name = f"{prefixes[index]}{metric.name}"
        if weighted and name in counts:
            name = f"{prefixes[index]}weighted_{metric.name}"
        number = counts.get(name, 0)
        counts[name] = number + 1
        names.append(f"{name}_{number}" if number else name)
    return names


def _item(metric: Metric, key: str) -> Any:
    return metric.result()[key]
