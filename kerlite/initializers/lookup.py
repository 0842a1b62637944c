"""From a user's argument to an initializer, and from an initializer to a config."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kerlite.core import serialize as core
from kerlite.core.lookup import lookup
from kerlite.initializers.base import Initializer
from kerlite.initializers.constants import Constant, Identity, Ones, Zeros
from kerlite.initializers.fourier import STFT
from kerlite.initializers.random import Orthogonal, RandomNormal, RandomUniform, TruncatedNormal
from kerlite.initializers.scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

__all__ = ["deserialize", "get", "serialize"]

_SNAKE_CASE = {
    "initializer": Initializer,
    "constant": Constant,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "identity": Identity,
    "lecun_normal": LecunNormal,
    "lecun_uniform": LecunUniform,
    "ones": Ones,
    "orthogonal": Orthogonal,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "stft": STFT,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "zeros": Zeros,
}
_NAMES = {
    **_SNAKE_CASE,
    **{cls.__name__: cls for cls in _SNAKE_CASE.values()},
    "IdentityInitializer": Identity,
    "OrthogonalInitializer": Orthogonal,
    "STFTInitializer": STFT,
    "normal": RandomNormal,
    "one": Ones,
    "uniform": RandomUniform,
    "zero": Zeros,
}


def get(identifier: Any) -> Any:
    """Return the initializer that an argument stands for.

    Args:
        identifier: None (gives None), a name ("he_normal", "HeNormal"), a config dictionary, a
            class, an initializer or any function of (shape, dtype), or an array or tensor that
            holds the values.

    Raises:
        ValueError: for an unknown name, or for something that cannot be an initializer.

    Example:
        >>> get("glorot_uniform").get_config()
        {'seed': None, 'input_axes': None, 'output_axes': None}

    Source: keras.initializers.get.
    """
    if isinstance(identifier, (np.ndarray, np.generic, torch.Tensor)):
        return Constant(identifier)
    return lookup(identifier, "initializer", _NAMES)


def serialize(initializer: Any) -> Any:
    """Return a dictionary that stands for the initializer.

    Example:
        >>> serialize(Zeros())["class_name"]
        'Zeros'

    Source: keras.initializers.serialize.
    """
    return core.serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the initializer that a dictionary, or a name, stands for.

    Args:
        config: what `serialize` returned, or {"class_name": ..., "config": ...}.
        custom_objects: name to class or function, for what is not registered.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> deserialize({"class_name": "Constant", "config": {"value": 2.0}}).value
        2.0

    Source: keras.initializers.deserialize.
    """
    return lookup(config, "initializer", _NAMES, custom_objects)
