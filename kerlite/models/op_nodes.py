"""Recorded calls of functions, as entries of a functional model's configuration."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

import numpy as np
from torch import nn

import kerlite.models.op_table  # noqa: F401 - registers the functions that have a written form
from kerlite.core import tree
from kerlite.core.base_operation import Operation
from kerlite.core.dry_run import describe
from kerlite.core.names import auto_name, to_snake_case
from kerlite.core.op_forms import form_of
from kerlite.core.serialize import serialize_keras_object
from kerlite.core.tensor import KerasTensor, Node
from kerlite.layers.calls import mask_of

__all__ = [
    "is_mask",
    "name_call",
    "name_calls",
    "op_class_name",
    "op_entry",
    "op_name",
    "producer_name",
]

_UNNAMED = "keras_tensor_"


def producer_name(tensor: KerasTensor) -> str:
    """Return the name of the layer or function call that gives a tensor.

    Example:
        >>> import kerlite
        >>> x = kerlite.Input((3,), name="x")
        >>> producer_name(x), producer_name(kerlite.layers.Dense(2, name="head")(x))
        ('x', 'head')
    """
    node = tensor.producer
    if node is None:
        return tensor.name
    return str(node.target.name) if isinstance(node.target, nn.Module) else op_name(node)


def op_name(node: Node) -> str:
    """Return the name of a recorded function call, such as "add_1"; it gets one now if needed."""
    if _outputs(node)[0].name.startswith(_UNNAMED):
        own = node.target.name if isinstance(node.target, Operation) else None
        name_call(node, own or auto_name(to_snake_case(op_class_name(node))))
    return _outputs(node)[0].name


def name_calls(nodes: Iterable[Node]) -> None:
    """Give every function call among recorded calls a name, in the order they were made."""
    for node in nodes:
        if not isinstance(node.target, nn.Module) and not any(map(is_mask, _outputs(node))):
            op_name(node)


def name_call(node: Node, name: str) -> None:
    """Give a recorded function call a name: that of its outputs."""
    for tensor in _outputs(node):
        tensor.name = name


def op_entry(node: Node, name: str) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """Return a function call's entry without its inputs, and the arguments of the call.

    Raises:
        TypeError: if the function has no written form, or not with these arguments.
    """
    if isinstance(node.target, Operation):
        return serialize_keras_object(node.target), node.args, node.kwargs
    form = form_of(node.target)
    try:
        if form is None:
            raise TypeError("files have no name for it")
        args, kwargs, options = form.split(node.args, node.kwargs)
    except TypeError as error:
        raise TypeError(
            f"The model calls {describe(node.target)}, which cannot be saved: {error}. Put it into "
            "the call() of a Layer registered with @kerlite.saving.register_keras_serializable(), "
            "or save the weights alone (save_weights)."
        ) from None
    if len(args) > 1 and form.class_name == "GetItem" and isinstance(args[1], list):
        args = (args[0], np.asarray(args[1]))  # a list would be read as a tuple
    entry = {
        "module": form.module,
        "class_name": form.class_name,
        "config": {"name": name, **serialize_keras_object(options)},
        "registered_name": form.class_name,
    }
    return entry, args, kwargs


def is_mask(tensor: Any) -> bool:
    """Return whether a tensor is a mask that layers hand on by themselves."""
    target = getattr(getattr(tensor, "producer", None), "target", None)
    return isinstance(target, types.MethodType) or target is mask_of


def op_class_name(node: Node) -> str:
    """Return Keras's class for a recorded function call, else the function's own name."""
    form = form_of(node.target)
    if isinstance(node.target, Operation):
        return type(node.target).__name__
    fallback = (
        node.target
        if isinstance(node.target, str)
        else getattr(node.target, "__name__", "function")
    )
    return form.class_name if form is not None else fallback


def _outputs(node: Node) -> list[KerasTensor]:
    return [leaf for leaf in tree.flatten(node.outputs) if isinstance(leaf, KerasTensor)]
