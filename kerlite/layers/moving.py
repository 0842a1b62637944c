"""What a layer does when torch moves or converts its weights: `to`, `half`, `to_empty`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from kerlite.core import dtypes
from kerlite.core.policy import DTypePolicy
from kerlite.core.variable import Variable, rebuild

__all__ = ["after_moving", "before_moving", "converted_dtype"]


def before_moving(layer: Any) -> dict[str, Any]:
    """Return, by name, what makes Variables of a layer's parameters."""
    return {
        name: (type(parameter), dict(parameter.__dict__))
        for name, parameter in layer._parameters.items()
        if isinstance(parameter, Variable)
    }


def after_moving(layer: Any, before: dict[str, Any], fn: Callable[..., torch.Tensor]) -> None:
    """Make Variables again of what torch made plain parameters, and take their number type.

    Args:
        layer: the layer, its weights moved.
        before: what `before_moving` returned.
        fn: what was done to each of them.
    """
    for name, (cls, state) in before.items():
        new: Any = layer._parameters.get(name)
        if type(new) is nn.Parameter:
            variable = rebuild(cls, new.data, new.requires_grad, state)
            if torch.__future__.get_swap_module_params_on_conversion():
                torch.utils.swap_tensors(new, variable)  # the object stays the one that it was
            else:
                layer._parameters[name] = variable
    dtype = converted_dtype(layer._torch_dtype, fn)
    if dtype is not layer._torch_dtype:
        layer._torch_dtype = dtype
        layer.dtype_policy = DTypePolicy(dtypes.standardize_dtype(dtype))
        layer._settle()


def converted_dtype(dtype: torch.dtype, fn: Callable[..., torch.Tensor]) -> torch.dtype:
    """Return the number type that values of a type have after a conversion.

    Layers without weights (Dropout, Flatten) are asked to follow too, so weights cannot tell.
    """
    return fn(torch.empty(1, dtype=dtype)).dtype
