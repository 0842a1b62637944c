"""What a script asks of `fit`, in words that can be compared with an earlier run's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torch import nn

from kerlite.callbacks.freezing import Groups
from kerlite.layers.base import Layer
from kerlite.optimizers import Optimizer

__all__ = ["describe_model", "describe_script", "differences"]

_PLAIN = (str, int, float, bool, type(None))
_MOST_LINES = 8


def describe_script(trainer: Any, batches: Any, validation: Any, **arguments: Any) -> Any:
    """Return what must be the same for a training to go on: all but the model's layers.

    Args:
        trainer: a compiled trainer.
        batches: the data.
        validation: the validation data, or None.
        **arguments: those of `fit` that change the result.
    """
    compiled = trainer._compile_config or {}
    described = {
        "optimizer": _described(trainer.optimizer),
        **{name: _described(compiled.get(name)) for name in ("loss", "loss_weights", "metrics")},
        "weighted_metrics": _described(compiled.get("weighted_metrics")),
        "steps_per_execution": trainer.steps_per_execution,
        **{name: _described(value) for name, value in arguments.items()},
        "data": _described_data(batches),
        "validation data": None if validation is None else _described_data(validation),
    }
    return {key: value for key, value in described.items() if value is not None}


def describe_model(module: nn.Module) -> dict[str, Any]:
    """Return the class, arguments and weights of every part of a built module, in their order."""
    lines = {"class": type(module).__name__}
    for index, part in enumerate(module.modules()):
        own = [list(p.shape) for p in part._parameters.values() if p is not None]
        shapes = f" with weights {own}" if own else ""
        lines[f"part {index}"] = f"{type(part).__name__}({_arguments(part)}){shapes}"
    return lines


def differences(then: Any, now: Any, place: str = "") -> list[str]:
    """Return a line for each thing that was other when a checkpoint was written.

    Example:
        >>> differences({"epochs": 3, "data": {"samples": 8}}, {"epochs": 3, "data": {}})
        ['data, samples: 8 in the checkpoint, None now']
    """
    if isinstance(then, dict) and isinstance(now, dict):
        keys = [*then, *(key for key in now if key not in then)]
        found = [
            line
            for key in keys
            for line in differences(
                then.get(key), now.get(key), f"{place}, {key}" if place else key
            )
        ]
        more = len(found) - _MOST_LINES
        return found if more <= 0 else [*found[:_MOST_LINES], f"... and {more} more"]
    if then == now:
        return []
    return [f"{place}: {then!r} in the checkpoint, {now!r} now"]


def _described_data(batches: Any) -> dict[str, Any]:
    options = batches.options
    return {
        "kind": type(batches).__name__,
        "batches in an epoch": batches.num_batches,
        "batch_size": batches.batch_size,
        "samples": getattr(batches, "samples", None),
        "shuffle": None if options is None else options.shuffle,
        "class_weight": None if options is None else options.weigh is not None,
    }


def _described(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, dict):
        return {str(key): _described(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [_described(item) for item in value]
    config = _config(value)
    if isinstance(value, Optimizer):
        first = value._ratio_base  # NaN where a schedule, or torch's optimizer, has it
        rate = {"first learning rate": first} if math.isfinite(first) else {}
        config = {**rate, **_without(config, _set_in_training(value))}
    name = getattr(value, "__name__", None) or type(value).__name__
    return {"class": name, **config} if config else name


def _set_in_training(optimizer: Any) -> tuple[str, ...]:
    """Return what in an optimizer's configuration its first step, or a callback, sets."""
    groups = getattr(getattr(optimizer, "inner_optimizer", optimizer), "groups", None)
    return ("lr", "options", *(["groups"] if isinstance(groups, Groups) else []))


def _without(config: Any, names: tuple[str, ...]) -> Any:
    """Return an optimizer's configuration without some things, and without rates."""
    if not isinstance(config, dict):
        return config
    return {
        key: _without(item, names)
        for key, item in config.items()
        if key not in names and not (key == "learning_rate" and isinstance(item, (int, float)))
    }


def _arguments(part: nn.Module) -> str:
    if not isinstance(part, Layer):
        return part.extra_repr()
    if getattr(part, "_graph", None) is not None or hasattr(part, "fit"):
        return ""  # its layers come one by one
    return ", ".join(f"{key}={value!r}" for key, value in _config(part).items())


def _config(value: Any) -> dict[str, Any]:
    """Return the configuration of an object without names; {} if it has none."""
    get_config: Callable[[], dict[str, Any]] | None = getattr(value, "get_config", None)
    if get_config is None or isinstance(value, type):
        return {}
    try:
        config = get_config()
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return {}  # a class that cannot tell is compared by its name alone
    return _without_names(config)


def _without_names(config: Any) -> Any:
    if isinstance(config, dict):
        if "class_name" in config and "config" in config:
            return {config["class_name"]: _without_names(config["config"])}
        return {
            key: _without_names(item)
            for key, item in config.items()
            if key not in ("name", "trainable") and not str(key).endswith("initializer")
        }
    if isinstance(config, (list, tuple)):
        return [_without_names(item) for item in config]
    return config if isinstance(config, _PLAIN) else type(config).__name__
