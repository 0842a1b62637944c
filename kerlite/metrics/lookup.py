"""From a user's argument to a metric, and from a metric to a config."""

from __future__ import annotations

from typing import Any

from kerlite.core import serialize as core
from kerlite.core.lookup import lookup
from kerlite.core.names import to_snake_case
from kerlite.losses import focal
from kerlite.losses import lookup as losses
from kerlite.losses import regression as errors
from kerlite.metrics import (
    accuracy,
    auc,
    confusion,
    correlation,
    f_score,
    iou,
    margin,
    probabilistic,
    reduction,
    regression,
    thresholds,
)
from kerlite.metrics.base import Metric
from kerlite.metrics.reduction import MeanMetricWrapper
from kerlite.metrics.torchmetrics import TorchMetric, is_torch_metric

__all__ = ["as_metric", "deserialize", "get", "serialize"]

_MODULES = (
    reduction, accuracy, auc, confusion, correlation, f_score, iou, margin, probabilistic,
    regression, thresholds,
)  # fmt: skip
_PUBLIC = {name: getattr(module, name) for module in _MODULES for name in module.__all__}
_CLASSES = {"Metric": Metric} | {n: obj for n, obj in _PUBLIC.items() if isinstance(obj, type)}
_ALIASES = {
    "bce": probabilistic.BinaryCrossentropy,
    "mae": regression.MeanAbsoluteError,
    "mape": regression.MeanAbsolutePercentageError,
    "mse": regression.MeanSquaredError,
    "msle": regression.MeanSquaredLogarithmicError,
}
# Functions of which there is no class.
_FUNCTIONS: tuple[Any, ...] = (
    errors.huber,
    errors.log_cosh,
    focal.binary_focal_crossentropy,
    focal.categorical_focal_crossentropy,
)
_NAMES: dict[str, Any] = {
    **{function.__name__: function for function in _FUNCTIONS},
    **_CLASSES,
    **{to_snake_case(name): cls for name, cls in _CLASSES.items()},
    **_ALIASES,
    **{alias.upper(): cls for alias, cls in _ALIASES.items()},
}


def get(identifier: Any) -> Any:
    """Return the metric that an argument stands for.

    Args:
        identifier: None (gives None); a name ("auc", "MeanSquaredError", "mean_squared_error"); a
            config dictionary; a class; a `Metric`; a plain function of (y_true, y_pred); a
            torchmetrics metric or collection, which becomes a `Metric`; a loss.

    Raises:
        ValueError: for an unknown name, or for something that cannot be a metric.

    Example:
        >>> get("mse")
        <MeanSquaredError name=mean_squared_error>

    Source: keras.metrics.get; torchmetrics are kerlite's own addition.
    """
    found = lookup(identifier, "metric", _NAMES)
    if found is None or isinstance(found, Metric):
        return found
    return TorchMetric(found) if is_torch_metric(found) else losses.get(found)


def as_metric(identifier: Any, name: str | None = None) -> Metric | None:
    """Return a `Metric` object for anything that `get` understands, None for None.

    Args:
        identifier: see `get`.
        name: its name in logs; by default its own, or that of the function in snake case.
    """
    found = get(identifier)
    if found is None:
        return None
    if name is None and not isinstance(found, Metric):
        own = getattr(found, "__name__", type(found).__name__)
        name = getattr(found, "name", None) or to_snake_case(own)
    metric = found if isinstance(found, Metric) else MeanMetricWrapper(found, name=name)
    metric.name = name or metric.name
    return metric


def serialize(metric: Any) -> Any:
    """Return a dictionary that stands for a metric object, the name of a built-in function.

    Example:
        >>> serialize(regression.MeanSquaredError())["class_name"]
        'MeanSquaredError'

    Source: keras.metrics.serialize.
    """
    return core.serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the metric that a dictionary, or a name, stands for.

    Args:
        config: what `serialize` returned, or {"class_name": ..., "config": ...}.
        custom_objects: name to class or function, for what is not registered.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> deserialize({"class_name": "BinaryAccuracy", "config": {"threshold": 0.2}}).threshold
        0.2

    Source: keras.metrics.deserialize.
    """
    return lookup(config, "metric", _NAMES, custom_objects)
