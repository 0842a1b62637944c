"""What a layer will give for inputs that are not there yet."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn

from kerlite.core import tree
from kerlite.core.tensor import Node, infer
from kerlite.layers.building import build_for
from kerlite.layers.losses import forget_losses
from kerlite.layers.shapes import is_tensor_like, shape_of, symbolic_of

__all__ = ["first_node", "inferred", "is_built", "output_shape", "output_spec"]


def output_shape(layer: Any, shapes: tuple[Any, ...], named_shapes: dict[str, Any]) -> Any:
    """Return the output shape for input shapes, found by running the layer's code."""
    names, dtype = layer._signature.names, layer.compute_dtype
    args = tuple(symbolic_of(shape, dtype) for shape in shapes)
    kwargs = {}
    for key, shape in named_shapes.items():
        name = key.removesuffix("_shape")
        kwargs[name if name in names else names[0]] = symbolic_of(shape, dtype)
    if not layer.built:
        build_for(layer, args, kwargs)
    return tree.map_structure(lambda tensor: tensor.shape, inferred(layer, args, kwargs))


def output_spec(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the outputs of a call as KerasTensors.

    A layer's own `compute_output_shape` is asked, unless there are layers inside that the first
    run of the code has yet to build.
    """
    if not layer.built:
        build_for(layer, args, kwargs)
    if not layer._own_output_shape or not all(map(is_built, layer.modules())):
        return inferred(layer, args, kwargs)
    values = [value for _, value in layer._signature.bind(args, kwargs)]
    shapes = [tree.map_structure(shape_of, value) for value in values if is_tensor_like(value)]
    wanted = inspect.signature(layer.compute_output_shape).parameters
    shape = layer.compute_output_shape(*shapes[: max(len(wanted), 1)])
    return symbolic_of(shape, layer.compute_dtype)


def first_node(layer: Any) -> Node:
    """Return the record of a layer's first symbolic call."""
    if not layer._inbound_nodes:
        raise AttributeError(
            f"The layer {layer.name!r} was not called in a functional model yet, so it has no "
            "input and no output. Call it on a kerlite.Input() first."
        )
    return layer._inbound_nodes[0]


def inferred(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a layer's code on stand-ins; what it adds to the loss on the way has no values."""
    try:
        return infer(layer, args, kwargs)
    finally:
        forget_losses(layer)


def is_built(module: nn.Module) -> bool:
    """Return whether a module has its weights: torch's always have."""
    return getattr(module, "built", True)
