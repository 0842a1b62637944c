"""model_from_json: a model, without weights, from its description as text."""

from __future__ import annotations

import json
from typing import Any

from kerlite.core.registry import CustomObjectScope
from kerlite.core.serialize import deserialize_keras_object
from kerlite.models.model import Model
from kerlite.saving.keras_format import config_errors
from kerlite.saving.legacy_config import is_legacy, modern_config

__all__ = ["model_from_json"]


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Model:
    """Return the model that `model.to_json()` described; its weights are new.

    Args:
        json_string: what `to_json` of kerlite or of Keras returned, Keras 2 included.
        custom_objects: name to class or function, for what is not registered.

    Raises:
        ValueError: if the text is no description of a model, or names what is not registered.

    Example:
        >>> import kerlite
        >>> model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2)])
        >>> model_from_json(model.to_json()).output_shape
        (None, 2)

    Source: keras.models.model_from_json.
    """
    try:
        config = json.loads(json_string)
    except (RecursionError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"The text given to model_from_json is no JSON: {error}.") from error
    with CustomObjectScope(custom_objects), config_errors("The text given to model_from_json"):
        if is_legacy(config):
            config = modern_config(config)
        model = deserialize_keras_object(config)
    if not isinstance(model, Model):
        raise ValueError(
            f"The text given to model_from_json describes a {type(model).__name__}, no model."
        )
    return model
