"""From a user's argument to an activation function, and from a function to its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerlite.activations.gates import gelu, glu, hard_silu, mish, silu
from kerlite.activations.rectifiers import celu, elu, leaky_relu, relu, relu6, selu, threshold
from kerlite.activations.shrinkage import hard_shrink, soft_shrink, tanh_shrink
from kerlite.activations.simplex import log_softmax, softmax, sparsemax
from kerlite.activations.smooth import exponential, linear, softplus, sparse_plus, squareplus
from kerlite.activations.squashing import (
    hard_sigmoid,
    hard_tanh,
    log_sigmoid,
    sigmoid,
    softsign,
    sparse_sigmoid,
    tanh,
)
from kerlite.core import registry
from kerlite.core import serialize as core
from kerlite.core.lookup import lookup

__all__ = ["deserialize", "get", "serialize"]

_NAMES: dict[str, Callable[..., Any]] = {
    "celu": celu,
    "elu": elu,
    "exponential": exponential,
    "gelu": gelu,
    "glu": glu,
    "hard_shrink": hard_shrink,
    "hard_sigmoid": hard_sigmoid,
    "hard_silu": hard_silu,
    "hard_tanh": hard_tanh,
    "leaky_relu": leaky_relu,
    "linear": linear,
    "log_sigmoid": log_sigmoid,
    "log_softmax": log_softmax,
    "mish": mish,
    "relu": relu,
    "relu6": relu6,
    "selu": selu,
    "sigmoid": sigmoid,
    "silu": silu,
    "soft_shrink": soft_shrink,
    "softmax": softmax,
    "softplus": softplus,
    "softsign": softsign,
    "sparse_plus": sparse_plus,
    "sparse_sigmoid": sparse_sigmoid,
    "sparsemax": sparsemax,
    "squareplus": squareplus,
    "tanh": tanh,
    "tanh_shrink": tanh_shrink,
    "threshold": threshold,
    "hard_swish": hard_silu,
    "swish": silu,
}
for _name, _function in _NAMES.items():
    registry.register_public(_function, _name, module="keras.activations")


def get(identifier: Any) -> Any:
    """Return the activation that an argument stands for.

    Args:
        identifier: None (gives `linear`), a name, a config dictionary, or any function or module
            that takes a tensor.

    Raises:
        ValueError: for an unknown name, or for something that cannot be an activation.

    Example:
        >>> get("swish").__name__, get(None).__name__
        ('silu', 'linear')

    Source: keras.activations.get; registered custom functions are found by name here as well.
    """
    return linear if identifier is None else lookup(identifier, "activation", _NAMES)


def serialize(activation: Any) -> Any:
    """Return the name of a built-in activation, a dictionary for any other.

    Raises:
        TypeError: for a function without a name, such as a lambda.

    Example:
        >>> serialize(get("relu"))
        'relu'

    Source: keras.activations.serialize.
    """
    return core.serialize_keras_object(activation)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the activation that a name, or a dictionary, stands for.

    Args:
        config: what `serialize` returned.
        custom_objects: name to function or class, for what is not registered.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> deserialize("tanh").__name__
        'tanh'

    Source: keras.activations.deserialize.
    """
    return lookup(config, "activation", _NAMES, custom_objects)
