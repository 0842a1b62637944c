"""clone_model: the same architecture with weights of its own."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from torch import nn

from kerlite.core import tree
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer
from kerlite.layers.core.input_layer import Input, InputLayer
from kerlite.layers.core.torch_module_wrapper import TorchModuleWrapper
from kerlite.models.function import call_target
from kerlite.models.functional_reader import is_functional
from kerlite.models.model import Model
from kerlite.models.op_nodes import is_mask
from kerlite.models.sequential import Sequential

__all__ = ["clone_model"]


def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[[Any], Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """Return a model of the same architecture, with layers and weights of its own.

    Args:
        model: a functional or sequential model, or a subclass that can be made from its config.
        input_tensors: KerasTensors to build on, structured like the model's inputs; new inputs by
            default.
        clone_function: layer -> layer to use in its place; by default one made from its config.
            Input layers are always made anew.
        call_function: (layer, *args, **kwargs) -> outputs, instead of calling the layer; for
            functional models. What it is given may also be a function that the model calls.
        recursive: whether the layers inside nested models are cloned one by one too.

    Raises:
        ValueError: if an argument does not apply to this kind of model.

    Example:
        >>> import kerlite
        >>> model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2)])
        >>> clone = clone_model(model)
        >>> clone.output_shape, clone.layers[0] is model.layers[0]
        ((None, 2), False)

    Source: keras.models.clone_model.
    """
    cloner = _Cloner(clone_function, call_function, recursive)
    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError(
                "call_function applies to functional models; a Sequential calls no layers while it "
                "is made. Leave it out, or make the model with kerlite.Model(inputs, outputs)."
            )
        cloned = cloner.sequential(model, input_tensors)
    elif is_functional(model) and _is_made_from_a_graph(model):
        cloned = cloner.functional(model, input_tensors)
    elif clone_function or call_function or input_tensors is not None:
        raise ValueError(
            f"clone_function, call_function and input_tensors apply to functional and sequential "
            f"models; {model.name!r} is a {type(model).__name__}, which is cloned by its config."
        )
    else:
        own = {type(model).__name__: type(model)}
        return deserialize_keras_object(serialize_keras_object(model), own)
    if model.compiled:
        cloned.compile_from_config(model.get_compile_config())
    return cloned


class _Cloner:
    """Clones layers, each once."""

    def __init__(self, clone_function: Any, call_function: Any, recursive: bool):
        self.clone_function = clone_function or _made_again
        self.call_function = call_function
        self.recursive = recursive
        self.clones: dict[int, Any] = {}

    def layer(self, layer: Any) -> Any:
        if id(layer) not in self.clones:
            self.clones[id(layer)] = self._clone(layer)
        return self.clones[id(layer)]

    def sequential(self, model: Sequential, input_tensors: Any = None) -> Sequential:
        layers = [self.layer(layer) for layer in model.layers]
        given = tree.flatten(input_tensors) if input_tensors is not None else []
        if len(given) > 1:
            raise ValueError(f"A Sequential has one input; received {len(given)} input_tensors.")
        front: Any = model._tensors[0] if model._tensors else None
        if given:
            layers.insert(0, Input(tensor=_checked(given[0])))
        elif front is not None:
            layers.insert(0, _input_like(front))
        return Sequential(layers, name=model.name, trainable=model.trainable)

    def functional(self, model: Any, input_tensors: Any = None) -> Any:
        graph = model._graph
        if input_tensors is None:
            input_tensors = tree.map_structure(_input_like, graph.inputs)
        given = [_checked(tensor) for tensor in tree.flatten(input_tensors)]
        if len(given) != len(graph.flat_inputs):
            raise ValueError(
                f"input_tensors must be structured like the inputs of {model.name!r}, which has "
                f"{len(graph.flat_inputs)}; received {len(given)}."
            )
        values = {id(old): new for old, new in zip(graph.flat_inputs, given, strict=True)}
        for node in graph.nodes:
            if any(is_mask(output) for output in tree.flatten(node.outputs)):
                continue  # the layers hand masks on by themselves
            self._call_again(node, values)
        outputs = tree.map_structure(lambda tensor: values[id(tensor)], graph.outputs)
        return type(model)(
            inputs=input_tensors, outputs=outputs, name=model.name, trainable=model.trainable
        )

    def _call_again(self, node: Any, values: dict[int, Any]) -> None:
        def renewed(leaf: Any) -> Any:
            return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

        given = {
            key: value for key, value in node.kwargs.items()
            if not any(is_mask(leaf) for leaf in tree.flatten(value))
        }  # fmt: skip
        args, kwargs = tree.map_structure(renewed, (node.args, given))
        target = node.target
        if isinstance(target, nn.Module):
            target = self.layer(target)
        elif isinstance(target, str):
            target = _method_caller(target)
        call = self.call_function
        results = target(*args, **kwargs) if call is None else call(target, *args, **kwargs)
        for old, new in zip(tree.flatten(node.outputs), tree.flatten(results), strict=True):
            values[id(old)] = new

    def _clone(self, layer: Any) -> Any:
        if self.recursive and isinstance(layer, Sequential):
            return self.sequential(layer)
        if self.recursive and is_functional(layer):
            return self.functional(layer)
        return self.clone_function(layer)


def _made_again(layer: Layer) -> Layer:
    if isinstance(layer, TorchModuleWrapper):
        return _wrapper_made_again(layer)
    return type(layer).from_config(layer.get_config())


def _wrapper_made_again(layer: TorchModuleWrapper) -> TorchModuleWrapper:
    """Return a copy of a wrapped torch module, its weights drawn anew where torch can."""
    copied = copy.deepcopy(layer)
    for module in copied.modules():
        reset = getattr(module, "reset_parameters", None)
        if callable(reset):
            reset()
    return copied


def _input_like(tensor: KerasTensor) -> KerasTensor:
    origin = getattr(tensor.producer, "target", None)
    named = origin.name if isinstance(origin, InputLayer) else tensor.name
    optional = getattr(origin, "optional", False)
    return Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=named, optional=optional)


def _checked(tensor: Any) -> KerasTensor:
    if not isinstance(tensor, KerasTensor):
        raise ValueError(
            f"input_tensors holds KerasTensors, as kerlite.Input() makes them; received {tensor!r}."
        )
    return tensor


def _method_caller(name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return call_target(name, args, kwargs)

    call.__name__ = name
    return call


def _is_made_from_a_graph(model: Model) -> bool:
    """Return whether the class is made as `Model(inputs, outputs)` is."""
    return type(model).__init__ is Model.__init__
