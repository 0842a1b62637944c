"""The weights of a layer and of the layers inside it, as Keras sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor, nn

from kerlite.core.variable import Variable, VariableView, storage_of
from kerlite.metrics.base import Metric

__all__ = [
    "WeightAlias",
    "collect_weights",
    "keras_view",
    "own_weights",
    "penalty",
    "penalty_of",
    "regularized_weights",
    "set_trainable",
]


def keras_view(layer: Any, attribute: str) -> Variable | VariableView:
    """Return a layer's stored weight or buffer in Keras's layout and under Keras's name."""
    stored = getattr(layer, attribute)
    layout = layer._layouts.get(attribute)
    if layout is None and isinstance(stored, Variable):
        return stored
    name = layer.keras_names.get(attribute, attribute)
    path = stored.path if isinstance(stored, Variable) else f"{layer._path}/{name}"
    return VariableView.of(stored, layout, name, path)


def own_weights(layer: Any) -> list[Any]:
    """Return the weights a layer holds itself: the trainable ones, the others, the buffers.

    Those of a layer inside that Keras counts as its own (`borrowed_weights`) come first.
    """
    parameters = [name for name, value in layer._parameters.items() if value is not None]
    stored = layer._parameters
    parameters.sort(key=lambda name: not getattr(stored[name], "_created_trainable", True))
    buffers = [name for name in layer.keras_buffers if layer._buffers.get(name) is not None]
    own = [keras_view(layer, name) for name in parameters + buffers]
    return [*getattr(layer, "borrowed_weights", ()), *own]


def collect_weights(module: nn.Module) -> list[Any]:
    """Return all weights below a module, each once; metrics' state is not among them."""
    found: dict[int, Any] = {}
    for weight in _walk(module, ""):
        found.setdefault(id(storage_of(weight)), weight)
    return list(found.values())


def _walk(module: nn.Module, path: str) -> Iterator[Any]:
    waiting = [(module, path)]
    while waiting:  # no recursion: models may be deep
        current, prefix = waiting.pop()
        if isinstance(current, Metric):
            continue
        if hasattr(current, "keras_buffers"):
            yield from own_weights(current)
            prefix = current._path  # type: ignore[assignment]
        else:
            yield from _plain_weights(current, prefix)
        children = [
            (child, f"{prefix}/{name}")
            for name, child in current._modules.items()
            if child is not None
        ]
        waiting.extend(reversed(children))


def _plain_weights(module: nn.Module, path: str) -> Iterator[Any]:
    """Yield the parameters and the saved floating buffers of a module that is no layer."""
    for name, parameter in module._parameters.items():
        if parameter is not None:
            named = isinstance(parameter, Variable)
            yield parameter if named else VariableView.of(parameter, None, name, f"{path}/{name}")
    for name, buffer in module._buffers.items():
        saved = name not in module._non_persistent_buffers_set
        if buffer is not None and saved and buffer.is_floating_point():
            yield VariableView.of(buffer, None, name, f"{path}/{name}")


def set_trainable(layer: Any, value: bool) -> None:
    """Set whether a layer, and everything inside it, is to be trained."""
    for module in layer.modules():
        if isinstance(module, Metric):
            continue
        if hasattr(module, "keras_buffers"):
            module._trainable = value
        for parameter in module._parameters.values():
            if parameter is not None:
                wanted = getattr(parameter, "_created_trainable", parameter.is_floating_point())
                wanted = wanted and not hasattr(parameter, "frozen")  # by LoRA, until it is merged
                parameter.requires_grad_(value and wanted)


def regularized_weights(module: nn.Module) -> list[Any]:
    """Return the trainable weights that have a regularizer."""
    return [
        weight
        for weight in collect_weights(module)
        if weight.trainable and getattr(weight, "regularizer", None) is not None
    ]


def penalty(weight: Any) -> Tensor:
    """Return what a weight's regularizer adds to the loss."""
    return penalty_of(weight)()


def penalty_of(weight: Any) -> Callable[[], Tensor]:
    """Return the function that computes a weight's penalty, at every step anew."""
    regularizer, stored, layout = weight.regularizer, storage_of(weight), None
    if isinstance(weight, VariableView):
        layout = weight._layout
    if layout is None:
        return lambda: regularizer(stored)
    return lambda: regularizer(layout.to_keras(stored))


class WeightAlias:
    """Keras's name of a stored weight, as an attribute: `layer.kernel` sees `layer.weight`."""

    def __init__(self, stored: str, seen: str):
        self.stored, self.seen = stored, seen

    def __get__(self, layer: Any, owner: Any = None) -> Any:
        if layer is None:
            return self
        if self.seen in layer._parameters:  # a subclass made a weight of this very name
            return layer._parameters[self.seen]
        stored = getattr(layer, self.stored, None)
        if stored is None and not layer.built:
            raise AttributeError(
                f"The layer {layer.name!r} has no {self.seen!r} yet: it is made when the layer is "
                "first called, or by build(input_shape)."
            )
        return None if stored is None else keras_view(layer, self.stored)
