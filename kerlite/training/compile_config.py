"""What `compile` was given, as plain values for a file, and back."""

from __future__ import annotations

from typing import Any

from kerlite import losses, metrics, optimizers
from kerlite.core import tree
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.user_warning import warn

__all__ = ["compile_config", "read_compile_config"]


def compile_config(arguments: dict[str, Any], optimizer: Any) -> dict[str, Any] | None:
    """Return the arguments of `compile` as plain values; None, with a warning, if one has no form.

    Args:
        arguments: what `compile` was given.
        optimizer: the optimizer made from it.
    """
    config = {}
    for name, value in {**arguments, "optimizer": optimizer}.items():
        try:
            config[name] = serialize_keras_object(value)
        except TypeError as error:
            warn(
                f"The compile argument {name} cannot be stored, so the model is saved without its "
                f"training configuration: {error} Call compile() again after loading."
            )
            return None
    return config


def read_compile_config(config: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments for `compile` from what `compile_config` or Keras made.

    Raises:
        ValueError: if something is named that is neither built in nor registered.
    """
    readers = {
        "optimizer": optimizers.deserialize,
        "loss": losses.deserialize,
        "metrics": metrics.deserialize,
        "weighted_metrics": metrics.deserialize,
    }
    return {name: _read(value, readers.get(name)) for name, value in config.items()}


def _read(value: Any, reader: Any) -> Any:
    if isinstance(value, dict) and "class_name" in value:
        return reader(value) if reader else deserialize_keras_object(value)
    if isinstance(value, dict):
        return {key: _read(item, reader) for key, item in value.items()}
    if tree.is_nested(value):
        return [_read(item, reader) for item in value]
    return value
