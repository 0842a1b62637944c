"""A layer as plain values: the arguments it was made with, and the shapes it was built for."""

from __future__ import annotations

import inspect
from typing import Any

from kerlite.core.init_arguments import init_parameters
from kerlite.core.serialize import Configurable, serialize_keras_object
from kerlite.layers.shapes import shape_tuple

__all__ = ["build_config", "build_from_config", "layer_config", "layer_from_config"]


def layer_config(layer: Any, own: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a layer: what all layers have, then its own arguments."""
    config = {
        "name": layer.name,
        "trainable": layer.trainable,
        "dtype": serialize_keras_object(layer.dtype_policy),
    }
    common = {*config, "activity_regularizer", "autocast"}
    config.update((key, value) for key, value in own.items() if key not in common)
    if layer.activity_regularizer is not None:
        config["activity_regularizer"] = serialize_keras_object(layer.activity_regularizer)
    if not layer.autocast:
        config["autocast"] = False
    return config


def layer_from_config(cls: Any, config: dict[str, Any]) -> Any:
    """Make a layer from its configuration.

    A class whose `__init__` takes neither `name` nor `trainable` is given them afterwards.
    """
    accepted = init_parameters(cls, Configurable)
    late = {
        key: config[key]
        for key in ("name", "trainable", "dtype")
        if key in config and key not in accepted
    }
    given = {key: value for key, value in config.items() if key not in late}
    layer = Configurable.from_config.__func__(cls, given)  # type: ignore[attr-defined]
    if "name" in late:
        layer.name = layer._path = late["name"]
    if not late.get("trainable", True):
        layer.trainable = False
    return layer


def build_config(layer: Any) -> dict[str, Any] | None:
    """Return what `build` was called with; None before."""
    if layer._build_shapes is None:
        return None
    args, kwargs = layer._build_shapes
    if len(args) == 1 and not kwargs:
        return {"input_shape": args[0]}
    named = dict(zip(inspect.signature(layer.build).parameters, args, strict=False))
    return {"shapes_dict": {**named, **kwargs}} if args or kwargs else {}


def build_from_config(layer: Any, config: dict[str, Any] | None) -> None:
    """Build a layer from what `build_config` returned."""
    if not config or layer.built:
        return
    shapes = {key: shape_tuple(value) for key, value in config.items()}
    if set(shapes) == {"input_shape"}:
        layer.build(shapes["input_shape"])
    elif "shapes_dict" in shapes:
        layer.build(**shapes["shapes_dict"])
    else:
        layer.build(**shapes)
