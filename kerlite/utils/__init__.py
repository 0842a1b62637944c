"""Helpers for data, labels, objects in files, and the session."""

from kerlite.core.config import disable_interactive_logging as disable_interactive_logging
from kerlite.core.config import enable_interactive_logging as enable_interactive_logging
from kerlite.core.config import is_interactive_logging_enabled as is_interactive_logging_enabled
from kerlite.core.dtypes import standardize_dtype as standardize_dtype
from kerlite.core.random import set_random_seed as set_random_seed
from kerlite.core.registry import CustomObjectScope as CustomObjectScope
from kerlite.core.registry import custom_object_scope as custom_object_scope
from kerlite.core.registry import get_custom_objects as get_custom_objects
from kerlite.core.registry import get_registered_name as get_registered_name
from kerlite.core.registry import get_registered_object as get_registered_object
from kerlite.core.registry import register_keras_serializable as register_keras_serializable
from kerlite.core.serialize import deserialize_keras_object as deserialize_keras_object
from kerlite.core.serialize import serialize_keras_object as serialize_keras_object
from kerlite.core.tensor import is_keras_tensor as is_keras_tensor
from kerlite.utils.get_file import get_file as get_file
from kerlite.utils.numerical import normalize as normalize
from kerlite.utils.numerical import to_categorical as to_categorical
from kerlite.utils.pack import pack_x_y_sample_weight as pack_x_y_sample_weight
from kerlite.utils.pack import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from kerlite.utils.py_dataset import PyDataset as PyDataset
from kerlite.utils.py_dataset import Sequence as Sequence
from kerlite.utils.sequences import pad_sequences as pad_sequences
from kerlite.utils.session import clear_session as clear_session

__all__ = [
    "CustomObjectScope",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "standardize_dtype",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
