"""What metrics have accumulated in the midst of an epoch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from kerlite.metrics import Metric
from kerlite.training.compile_metrics import CompileMetrics

__all__ = ["load_metric_states", "metric_states"]

_NOT_STATE = {"training", "_parameters", "_buffers", "_modules", "_variables"}


def metric_states(metrics: Iterable[Any]) -> list[dict[str, Any]]:
    """Return for each metric its variables, its numbers, and what torchmetrics has inside it."""
    return [_state(metric) for metric in _flat(metrics)]


def load_metric_states(metrics: Iterable[Any], states: list[dict[str, Any]]) -> None:
    """Put back what `metric_states` returned.

    Raises:
        ValueError: if there are more metrics, or fewer, or they have other variables.
    """
    for metric, state in zip(_flat(metrics), states, strict=True):
        variables = getattr(metric, "variables", ())
        for variable, value in zip(variables, state["variables"], strict=True):
            variable.move(value.to(variable.device))
        vars(metric).update(state["numbers"])
        for inner, saved in zip(_foreign(metric), state["foreign"], strict=True):
            _load_foreign(inner, saved)


def _flat(metrics: Iterable[Any]) -> list[Any]:
    held = [one.metrics if isinstance(one, CompileMetrics) else [one] for one in metrics]
    return [metric for some in held for metric in some]


def _state(metric: Any) -> dict[str, Any]:
    numbers = {
        name: value
        for name, value in vars(metric).items()
        if name not in _NOT_STATE and _is_plain(value)
    }
    return {
        "variables": list(getattr(metric, "variables", ())),
        "numbers": {k: list(v) if isinstance(v, list) else v for k, v in numbers.items()},
        "foreign": [_foreign_state(inner) for inner in _foreign(metric)],
    }


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(item) or type(item) is Tensor for item in value)
    return type(value) in (bool, int, float)


def _foreign(metric: Any) -> list[Any]:
    """Return the metrics of torchmetrics in a metric; they keep their state in their own way."""
    if not isinstance(metric, nn.Module) or not isinstance(metric, Metric):
        return []
    parts = list(metric.modules())
    for part in parts:
        if hasattr(part, "compute_groups"):  # a collection, whose members share their states
            list(part.values(copy_state=False))  # type: ignore[operator]
    return [p for p in parts if hasattr(p, "_defaults") and hasattr(p, "_update_count")]


def _foreign_state(metric: Any) -> dict[str, Any]:
    states = {name: getattr(metric, name) for name in metric._defaults}
    return {"count": metric._update_count, "states": states}


def _load_foreign(metric: Any, saved: dict[str, Any]) -> None:
    for name, value in saved["states"].items():
        many = isinstance(value, list)
        setattr(metric, name, [t.to(metric.device) for t in value] if many
                else value.to(metric.device))  # fmt: skip
    metric._update_count, metric._computed = saved["count"], None
