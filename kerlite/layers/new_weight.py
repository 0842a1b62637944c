"""How a layer gets a new weight, and the name it has in `state_dict`."""

from __future__ import annotations

from typing import Any

from kerlite import constraints, initializers, regularizers
from kerlite.core import dtypes
from kerlite.core.names import auto_name
from kerlite.core.variable import Layout, Variable

__all__ = ["forget_elsewhere", "free_name", "new_weight"]


def new_weight(
    layer: Any,
    shape: Any,
    initializer: Any,
    dtype: Any,
    trainable: bool,
    regularizer: Any,
    constraint: Any,
    aggregation: str,
    overwrite_with_gradient: bool,
    name: str | None,
    layout: Layout | None,
) -> Variable:
    """Make a weight of a layer; see `Layer.add_weight`."""
    shape = tuple(shape) if shape is not None else ()
    if overwrite_with_gradient or None in shape:
        raise ValueError(
            f"{layer.name!r} cannot make the weight {name!r} of shape {shape} with "
            f"overwrite_with_gradient={overwrite_with_gradient}: every size must be known, and "
            "overwriting with the gradient is not supported."
        )
    chosen = dtypes.standardize_dtype(dtype or layer.dtype_policy.variable_dtype)
    default = "glorot_uniform" if dtypes.is_float(chosen) else "zeros"
    variable = Variable(
        initializers.get(default if initializer is None else initializer),
        shape=shape, dtype=chosen, trainable=trainable, aggregation=aggregation,
        name=name or auto_name("variable"), layout=layout,
        regularizer=regularizers.get(regularizer), constraint=constraints.get(constraint),
    )  # fmt: skip
    variable._path = f"{layer._path}/{variable.name}"
    variable.requires_grad_(variable._created_trainable and layer._trainable)
    layer._parameters[free_name(layer, variable.name)] = variable
    return variable


def forget_elsewhere(layer: Any, variable: Variable, name: str) -> None:
    """Take a weight from the provisional name `add_weight` gave it: it has its attribute's now."""
    for other, stored in list(layer._parameters.items()):
        if stored is variable and other != name:
            del layer._parameters[other]


def free_name(layer: Any, name: str) -> str:
    """Return an attribute name for a new weight that the layer does not use yet."""
    base = name.replace(".", "_").replace("/", "_")
    free, count = base, 0
    while free in layer._parameters or free in layer._modules or hasattr(type(layer), free):
        count += 1
        free = f"{base}_{count}"
    return free
