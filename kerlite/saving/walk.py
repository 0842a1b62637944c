"""The objects of a model that hold weights, and the path under which files have each.

Source: Keras's order and naming: by attribute, sorted, private ones last; in lists by class and
number; the layers of a functional or sequential model first, under "layers".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn

from kerlite.core import registry
from kerlite.core.names import to_snake_case
from kerlite.layers.base import Layer
from kerlite.layers.core.torch_module_wrapper import TorchModuleWrapper
from kerlite.metrics.base import Metric
from kerlite.saving.torch_state import TorchState

__all__ = ["saved_objects"]

# the name of Keras's own class, where that is not the public one
_IN_FILES = {
    "FlattenedDense": "Dense",
    "GroupQueryAttention": "GroupedQueryAttention",
    "PaddedConv2D": "Conv2D",
    "TorchBatchNormalization": "BatchNormalization",
}


def saved_objects(model: Layer) -> Iterator[tuple[str, Any]]:
    """Yield (path, object) for the model, each layer inside it once, and the optimizer."""
    met: set[int] = set()
    waiting: list[tuple[str, Any]] = [("", model)]
    while waiting:
        path, thing = waiting.pop()
        if isinstance(thing, (list, tuple, dict)):
            children = _named_items(thing)
        elif id(thing) in met:
            continue
        else:
            met.add(id(thing))
            yield path, _saved_form(thing)
            children = _attributes(thing)
        found = [(f"{path}/{name}" if path else name, child) for name, child in children]
        waiting += reversed(found)


def _saved_form(thing: Any) -> Any:
    if isinstance(thing, TorchModuleWrapper):
        return TorchState(thing.module, thing.name)
    return TorchState(thing) if _is_plain_module(thing) else thing


def _attributes(thing: Any) -> list[tuple[str, Any]]:
    """Return the (name, value) of the attributes in which weights may be."""
    if not isinstance(thing, nn.Module):  # an optimizer; Keras writes one inside it once more
        inner = getattr(thing, "inner_optimizer", None)
        return [] if inner is None else [("inner_optimizer", inner)]
    if isinstance(thing, TorchModuleWrapper):
        thing = thing.module
    if _is_plain_module(thing):
        return [(name, child) for name, child in thing.named_children() if _has_layers(child)]
    values = {name: _value(thing, name) for name in thing._modules if _is_attribute(thing, name)}
    for name in getattr(thing, "keras_children", ()):  # what shows the layer's own weights
        values[name] = getattr(thing, name)
    found = []
    if isinstance(getattr(type(thing), "layers", None), property):
        if getattr(thing, "_graph", None) is not None or hasattr(thing, "_chain"):
            found.append(("layers", list(thing.layers)))
        else:
            values["layers"] = list(thing.layers)
    values["optimizer"] = getattr(thing, "optimizer", None)
    found += sorted(values.items(), key=lambda item: item[0].replace("_", "~", 1)
                    if item[0].startswith("_") else item[0])  # fmt: skip
    return [(name, value) for name, value in found if _may_hold_weights(value)]


def _named_items(container: Any) -> list[tuple[str, Any]]:
    """Return what is in a list or dict, named by class and number: "dense", "dense_1"."""
    counts: Counter[str] = Counter()
    named = []
    for value in container.values() if isinstance(container, Mapping) else container:
        if isinstance(value, (list, tuple, dict)):
            name = "container"
        elif _may_hold_weights(value):
            name = _class_name(value)
        else:
            continue
        counts[name] += 1
        named.append((name if counts[name] == 1 else f"{name}_{counts[name] - 1}", value))
    return named


def _class_name(value: Any) -> str:
    public = registry.public_name(type(value))
    name = public[1] if public else type(value).__name__
    return to_snake_case(_IN_FILES.get(name, name))


def _value(layer: Any, name: str) -> Any:
    """Return an attribute as it was set: a list of layers as a list."""
    child = layer._modules[name]
    value = layer.__dict__.get(name, child)
    return value if isinstance(value, (list, tuple, dict)) else child


def _is_attribute(layer: Any, name: str) -> bool:
    """Return whether it was set by the user, and is not there because a graph calls it."""
    return name not in layer.__dict__.get("_graph_names", ())


def _may_hold_weights(value: Any) -> bool:
    if isinstance(value, (list, tuple, dict)):
        return True
    if isinstance(value, nn.Module):
        return not isinstance(value, Metric)
    return hasattr(value, "save_own_variables") and not isinstance(value, type)


def _is_plain_module(thing: Any) -> bool:
    return isinstance(thing, nn.Module) and not isinstance(thing, Layer)


def _has_layers(module: nn.Module) -> bool:
    return any(isinstance(child, Layer) for child in module.modules())
