"""Layers to dictionaries and back."""

from __future__ import annotations

from typing import Any

from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.layers.base import Layer

__all__ = ["deserialize", "serialize"]


def serialize(layer: Layer) -> dict[str, Any]:
    """Return the dictionary from which `deserialize` makes the layer again, without its weights.

    Args:
        layer: the layer.

    Example:
        >>> from kerlite.layers import Identity
        >>> serialize(Identity())["class_name"]
        'Identity'

    Source: keras.layers.serialize.
    """
    return serialize_keras_object(layer)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Layer:
    """Return a layer from what `serialize` returned.

    Args:
        config: the dictionary.
        custom_objects: name to class or function, for what is not registered.

    Raises:
        ValueError: if the dictionary names something unknown, or no layer.

    Example:
        >>> from kerlite.layers import Dense
        >>> deserialize(serialize(Dense(3))).units
        3

    Source: keras.layers.deserialize.
    """
    layer = deserialize_keras_object(config, custom_objects)
    if not isinstance(layer, Layer):
        raise ValueError(f"The config stands for {layer!r}, which is no layer: {config!r}.")
    return layer
