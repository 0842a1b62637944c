"""From a user's argument to an optimizer, and from an optimizer to a config."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch.optim.lr_scheduler import LRScheduler

from kerlite.core.errors import unknown_name
from kerlite.core.registry import CustomObjectScope, get_registered_object, register_public
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.optimizers.adadelta import Adadelta
from kerlite.optimizers.adafactor import Adafactor
from kerlite.optimizers.adagrad import Adagrad
from kerlite.optimizers.adam import Adam
from kerlite.optimizers.adamax import Adamax
from kerlite.optimizers.adamw import AdamW
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.ftrl import Ftrl
from kerlite.optimizers.lamb import Lamb
from kerlite.optimizers.lion import Lion
from kerlite.optimizers.loss_scale_optimizer import LossScaleOptimizer
from kerlite.optimizers.multi_optimizer import MultiOptimizer
from kerlite.optimizers.muon import Muon
from kerlite.optimizers.nadam import Nadam
from kerlite.optimizers.rmsprop import RMSprop
from kerlite.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from kerlite.optimizers.sgd import SGD
from kerlite.optimizers.torch_optimizer import TorchOptimizer

__all__ = ["deserialize", "get", "serialize"]

_CLASSES = (
    SGD, Adam, AdamW, RMSprop, Adadelta, Adafactor, Adagrad, Adamax, Ftrl, Lamb, Lion, Muon, Nadam,
    LossScaleOptimizer, MultiOptimizer, ScheduleFreeAdamW,
)  # fmt: skip
_NAMES = {cls.__name__.lower(): cls for cls in _CLASSES}

for _cls in _NAMES.values():  # Keras's torch backend writes its own module into files
    register_public(_cls, module="keras.backend.torch.optimizers")


def get(identifier: Any) -> Any:
    """Return the optimizer that an argument stands for.

    Args:
        identifier: None; a name, in any case; a config dictionary; an `Optimizer` or its class; a
            torch optimizer, its class, a partial or function that makes it from parameters; a
            torch learning-rate scheduler (its optimizer trains, and it steps as
            `TorchOptimizer` describes).

    Raises:
        ValueError: for an unknown name, with the three nearest, or for anything else.

    Example:
        >>> get("SGD").learning_rate
        0.01
        >>> get("adan")
        Traceback (most recent call last):
        ...
        ValueError: Unknown optimizer: 'adan'. Did you mean 'adam', 'nadam' or 'adamw'?
    """
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, dict):
        return get(deserialize(identifier))
    if isinstance(identifier, str):
        found = get_registered_object(identifier) or _NAMES.get(identifier.lower())
        if found is None:
            raise unknown_name("optimizer", identifier, _NAMES)
        return get(found)
    if isinstance(identifier, LRScheduler):
        return TorchOptimizer(identifier.optimizer, identifier)
    if inspect.isclass(identifier) and issubclass(identifier, Optimizer):
        return identifier.from_config({})
    if isinstance(identifier, torch.optim.Optimizer) or callable(identifier):
        return TorchOptimizer(identifier)
    raise ValueError(
        f"Could not interpret optimizer identifier: {identifier!r}. Expected a name such as "
        "'adam', a config dictionary, an optimizer of kerlite's or torch's, or a torch scheduler."
    )


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer as a plain dictionary that JSON can hold.

    Example:
        >>> serialize(SGD(momentum=0.5))["config"]["momentum"]
        0.5
    """
    return serialize_keras_object(optimizer)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the optimizer that a dictionary stands for.

    Args:
        config: what `serialize` returned; the case of built-in names does not matter.
        custom_objects: name to class, for optimizers that are not registered.

    Raises:
        ValueError: if the dictionary names no class, or one that is not known.

    Example:
        >>> deserialize({"class_name": "sgd", "config": {"learning_rate": 0.5}}).learning_rate
        0.5
    """
    if not isinstance(config.get("class_name"), str):
        raise ValueError(
            f"The config of an optimizer needs a 'class_name' and a 'config'; received {config!r}."
        )
    name = config["class_name"]
    with CustomObjectScope(custom_objects):
        builtin = _NAMES.get(name.lower())
        if builtin is not None and get_registered_object(name) is None:
            return builtin.from_config(config.get("config", {}))
        if builtin is None and not config.get("module") and get_registered_object(name) is None:
            raise unknown_name("optimizer", name, _NAMES)
        return deserialize_keras_object(config)
