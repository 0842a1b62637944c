"""Attributes of a layer that hold other modules: lists, dicts and tuples of them."""

from __future__ import annotations

import functools
from typing import Any

from torch import nn

from kerlite.core import tree
from kerlite.layers.containers import Tracked, tracked
from kerlite.layers.new_weight import free_name

__all__ = ["SetByInit", "adopt_all", "find", "forget_holder", "hold", "stored", "take_in"]


class SetByInit:
    """Stands for an attribute that `Layer.__init__` sets, and says so if it has not."""

    def __get__(self, layer: Any, owner: Any = None) -> Any:
        if layer is None:
            return self
        raise RuntimeError(
            f"{owner.__name__}.__init__() must call super().__init__() before anything else."
        )


def find(layer: Any, name: str) -> Any:
    """Return a weight, buffer or child module by name, as `nn.Module.__getattr__` does.

    A property that has no value yet ends here too: its own error says why, so it is raised again.
    """
    own = layer.__dict__
    if "_modules" in own:
        if name in own["_parameters"]:
            return own["_parameters"][name]
        if name in own["_modules"]:
            return own["_modules"][name]
        if name in own["_buffers"]:
            return own["_buffers"][name]
    for cls in type(layer).__mro__:
        if hasattr(vars(cls).get(name), "__get__"):
            return vars(cls)[name].__get__(layer, type(layer))
    kind = type(layer).__name__
    raise AttributeError(f"{kind!r} object has no attribute {name!r}", name=name, obj=layer)


def stored(layer: Any, name: str) -> Any:
    """Return a weight or buffer, several times faster than `getattr`, which looks elsewhere first.

    One that a tool computes from others (pruning, parametrizations) is an attribute, and found too.
    """
    weights = layer._parameters
    if name in weights:
        return weights[name]
    buffers = layer._buffers
    return buffers[name] if name in buffers else getattr(layer, name)


def hold(layer: Any, name: str, value: Any) -> bool:
    """Set a list, dict or tuple that may hold modules; return whether the value is one.

    The modules in it become children of the layer, now and whenever it changes.
    """
    if "_modules" not in layer.__dict__ or name in layer._internal or name.startswith("__"):
        return False
    held = tracked(value, functools.partial(_adopt, layer, name))
    if not isinstance(held, Tracked):
        return False
    if hasattr(
        value, "_fields"
    ):  # a named tuple stays one, and its modules are children all the same
        object.__setattr__(layer, name, value)
        layer._modules[name] = held
        return True
    object.__setattr__(layer, name, held)
    _adopt(layer, name)
    return True


def take_in(layer: Any, module: nn.Module) -> None:
    """Let a torch module begin in the layer's mode: torch's start in training mode, layers do not.

    A layer keeps the mode it is in.
    """
    if isinstance(module, Tracked):
        for child in module.children():
            take_in(layer, child)
    elif not hasattr(module, "keras_buffers") and module.training != layer.training:
        module.train(layer.training)


def forget_holder(layer: Any, name: str) -> None:
    """Let go of the modules of a list, dict or tuple that is about to be replaced or deleted."""
    modules = layer.__dict__.get("_modules", {})
    if isinstance(modules.get(name), Tracked):
        del modules[name]


def adopt_all(layer: Any) -> None:
    """Connect the lists and dicts of a copied or unpickled layer to it."""
    for name, value in list(layer.__dict__.items()):
        if isinstance(value, Tracked):
            value.on_change = functools.partial(_adopt, layer, name)
            _adopt(layer, name)


def _adopt(layer: Any, name: str) -> None:
    """Make the modules of a list or dict attribute children, if there are any by now."""
    value = layer.__dict__.get(name)
    if not isinstance(value, Tracked):
        return
    if value._modules:
        layer._modules[name] = value
        take_in(layer, value)
    else:
        layer._modules.pop(name, None)
    for index, leaf in enumerate(tree.flatten(value)):
        if isinstance(leaf, nn.Parameter) and not _is_known(layer, leaf):
            layer._parameters[free_name(layer, f"{name}_{index}")] = leaf
    layer._settle()


def _is_known(layer: Any, parameter: nn.Parameter) -> bool:
    return any(known is parameter for known in layer._parameters.values())
