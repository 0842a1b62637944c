"""From a user's argument to a loss, and from a loss to a config."""

from __future__ import annotations

import inspect
from typing import Any

from kerlite.core import serialize as core
from kerlite.core.lookup import lookup
from kerlite.core.names import to_snake_case
from kerlite.losses import (
    classification,
    focal,
    margin,
    noise_robust,
    probabilistic,
    regression,
    segmentation,
    sequence,
    similarity,
)
from kerlite.losses.base import Loss
from kerlite.losses.torch_loss import TorchLoss, is_torch_loss
from kerlite.losses.wrapper import LossFunctionWrapper

__all__ = ["as_loss", "deserialize", "get", "serialize"]

_MODULES = (
    regression, probabilistic, classification, focal, noise_robust, margin, similarity,
    segmentation, sequence,
)  # fmt: skip
_PUBLIC = {name: getattr(module, name) for module in _MODULES for name in module.__all__}
_ALIASES = {
    "bce": classification.binary_crossentropy,
    "kld": probabilistic.kl_divergence,
    "mae": regression.mean_absolute_error,
    "mape": regression.mean_absolute_percentage_error,
    "mse": regression.mean_squared_error,
    "msle": regression.mean_squared_logarithmic_error,
}
_NAMES = {
    **_PUBLIC,
    "Loss": Loss,
    "LossFunctionWrapper": LossFunctionWrapper,
    **_ALIASES,
    **{alias.upper(): function for alias, function in _ALIASES.items()},
}
# The class that computes what each function does, by a fused kernel where there is one.
_CLASS_OF: dict[Any, Any] = {
    _PUBLIC[to_snake_case(name)]: cls for name, cls in _PUBLIC.items() if inspect.isclass(cls)
}


def get(identifier: Any) -> Any:
    """Return the loss that an argument stands for.

    Args:
        identifier: None (gives None); a name ("mse", "mean_squared_error": the function;
            "MeanSquaredError": an object of the class); a config dictionary; a class; a `Loss`; a
            plain function of (y_true, y_pred); a torch module or torch.nn.functional function of
            (input, target), which becomes a `Loss`.

    Raises:
        ValueError: for an unknown name, or for something that cannot be a loss.

    Example:
        >>> get("mse").__name__
        'mean_squared_error'
        >>> get("Huber").delta
        1.0

    Source: keras.losses.get; torch's losses are kerlite's own addition.
    """
    found = lookup(identifier, "loss", _NAMES)
    return TorchLoss(found) if is_torch_loss(found) else found


def as_loss(identifier: Any, name: str | None = None) -> Loss | None:
    """Return a `Loss` object for anything that `get` understands, None for None.

    Args:
        identifier: see `get`.
        name: the name of a loss made of a function; by default that of the function.
    """
    found = get(identifier)
    if found is None or isinstance(found, Loss):
        return found
    if name is None:
        name = to_snake_case(getattr(found, "__name__", type(found).__name__))
    cls = _CLASS_OF.get(found) if inspect.isfunction(found) else None
    return LossFunctionWrapper(found, name=name) if cls is None else cls(name=name)


def serialize(loss: Any) -> Any:
    """Return a dictionary that stands for a loss object, the name of a built-in function.

    Example:
        >>> serialize(regression.MeanSquaredError())["class_name"]
        'MeanSquaredError'

    Source: keras.losses.serialize.
    """
    return core.serialize_keras_object(loss)


def deserialize(name: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the loss that a dictionary, or a name, stands for.

    Args:
        name: what `serialize` returned, or {"class_name": ..., "config": ...}.
        custom_objects: name to class or function, for what is not registered.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> deserialize({"class_name": "Huber", "config": {"delta": 2.0}}).delta
        2.0

    Source: keras.losses.deserialize.
    """
    return lookup(name, "loss", _NAMES, custom_objects)
