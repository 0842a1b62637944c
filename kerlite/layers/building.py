"""How a layer comes to be built: from the shapes of its first call's arguments."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes

from kerlite.core import dtypes, tree
from kerlite.core.tensor import any_symbolic
from kerlite.layers.calls import state
from kerlite.layers.shapes import is_tensor_like, shape_of, shape_tuple
from kerlite.layers.weights import set_trainable

__all__ = ["build_for", "once_built"]


def build_for(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Build a layer for the arguments of its first call.

    `build` is given the shapes it asks for by name ("query_shape"), or that of the first argument.
    """
    shapes = {
        name or f"arg{position}": tree.map_structure(shape_of, value)
        for position, (name, value) in enumerate(layer._signature.bind(args, kwargs))
        if is_tensor_like(value)
    }
    if not layer._trainable:
        set_trainable(layer, False)  # what is inside too, before it makes its weights
    if layer._built_by_call and not any_symbolic(args, kwargs):
        _take_place(layer)
        layer._build_shapes = (tuple(shapes.values())[:1], {})
        layer.built = True
        layer._settle()
        return
    parameters = [
        parameter
        for parameter in inspect.signature(layer.build).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.POSITIONAL_ONLY)
    ]
    wanted = [parameter.name for parameter in parameters]
    needed = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    by_name = {f"{name}_shape": shape for name, shape in shapes.items()}
    if len(wanted) > 1 and needed and all(name in by_name for name in needed):
        layer.build(**{name: by_name[name] for name in wanted if name in by_name})
    else:
        layer.build(*list(shapes.values())[: len(wanted)])
    if layer._build_shapes is None:  # a layer without a build() of its own
        layer._build_shapes = (tuple(shapes.values())[:1], {})


def once_built(build: Callable[..., None]) -> Callable[..., None]:
    """Wrap `build`: made for real even while shapes are worked out, and noted as done."""

    @functools.wraps(build)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        outermost = self.__dict__.get("_building") is not True
        self.__dict__["_building"] = True
        if outermost:
            _take_place(self)
        shapes = (tuple(map(shape_tuple, args)), {k: shape_tuple(v) for k, v in kwargs.items()})
        state.stack.append(self)
        try:
            with _disable_current_modes(), torch.inference_mode(False), torch.no_grad():
                build(self, *shapes[0], **shapes[1])
        finally:
            state.stack.pop()
            self.__dict__["_building"] = not outermost
        if outermost:
            self._build_shapes = shapes
        self.built = True
        self._settle()

    return wrapper


def _take_place(layer: Any) -> None:
    """Let a layer's path begin with that of the layer it is built in."""
    if state.stack and state.stack[-1] is not layer:
        layer._path = f"{state.stack[-1]._path}/{layer.name}"
        layer.dtype_policy = layer.dtype_policy.at(layer._path)
        layer._torch_dtype = dtypes.to_torch_dtype(layer.dtype_policy.compute_dtype)
