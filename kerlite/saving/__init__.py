"""Saving: files of models and of weights, and what makes classes known to them.

Source: keras.saving.
"""

from __future__ import annotations

from kerlite.core.registry import CustomObjectScope as CustomObjectScope
from kerlite.core.registry import custom_object_scope as custom_object_scope
from kerlite.core.registry import get_custom_objects as get_custom_objects
from kerlite.core.registry import get_registered_name as get_registered_name
from kerlite.core.registry import get_registered_object as get_registered_object
from kerlite.core.registry import register_keras_serializable as register_keras_serializable
from kerlite.core.serialize import deserialize_keras_object as deserialize_keras_object
from kerlite.core.serialize import serialize_keras_object as serialize_keras_object
from kerlite.saving.file_editor import KerasFileEditor as KerasFileEditor
from kerlite.saving.files import load_model as load_model
from kerlite.saving.files import save_model as save_model
from kerlite.saving.from_state_dict import from_state_dict as from_state_dict
from kerlite.saving.weight_files import load_weights as load_weights
from kerlite.saving.weight_files import save_weights as save_weights

__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "custom_object_scope",
    "deserialize_keras_object",
    "from_state_dict",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
