"""Sequential: layers one after another."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.core import registry
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.tensor import KerasTensor
from kerlite.core.tracing import untraced
from kerlite.layers.base import Layer
from kerlite.layers.calls import state
from kerlite.layers.core.input_layer import Input, InputLayer
from kerlite.layers.core.torch_module_wrapper import TorchModuleWrapper
from kerlite.models.function import child_name
from kerlite.models.model import Model

__all__ = ["Sequential"]


class Sequential(Model):
    """Layers one after another, each with one input and one output.

    The graph is made as soon as the input's shape is known: from an `Input` in front, from the
    first layer's `input_shape` argument, from `build(input_shape)`, or from the first data.

    Args:
        layers: the layers; torch modules among them are wrapped.
        trainable: whether the weights are to be trained.
        name: a name.

    Raises:
        ValueError: if something is no layer, or two layers have one name.

    Example:
        >>> import torch
        >>> from kerlite.layers import Dense
        >>> model = Sequential([Dense(8, activation="relu"), torch.nn.Linear(8, 2)])
        >>> model(torch.ones(3, 4)).shape
        torch.Size([3, 2])

    Source: keras.Sequential.
    """

    _internal = Model._internal | {"_chain", "_tensors"}

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None):
        self._stale = False
        super().__init__(trainable=trainable, name=name)
        self._chain: list[Any] = []
        self._tensors: list[KerasTensor] = []
        if layers is None:
            layers = []
        elif isinstance(layers, (Layer, nn.Module)):
            layers = [layers]
        for layer in layers:
            self.add(layer)

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer at the end.

        Args:
            layer: a layer, a torch module, or what `Input` returned (first only).
            rebuild: accepted for Keras's sake; the graph is made when it is next needed.

        Raises:
            ValueError: if it is no layer, its name is taken, or an input comes after layers.
        """
        layer = self._as_layer(layer)
        if isinstance(layer, InputLayer):
            if self._chain or self._tensors:
                raise ValueError(
                    f"The Sequential {self.name!r} already has an input or layers; an Input goes "
                    "in front of all of them."
                )
            self._tensors = [layer.output]
            return
        if any(layer.name == other.name and layer is not other for other in self._chain):
            raise ValueError(
                f"The Sequential {self.name!r} already has a layer named {layer.name!r}. Names "
                "must be unique; pass name=... to one of them."
            )
        if not self._chain and not self._tensors:
            self._tensors = _input_for(layer)
        if self._tensors:
            self._tensors.append(self._extended(layer))
            self.built = True
        self._chain.append(layer)
        self._modules[child_name(type(self), layer.name)] = layer
        self._stale = True

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer away and return it.

        Raises:
            ValueError: if there is none.
        """
        if not self._chain:
            raise ValueError(f"The Sequential {self.name!r} has no layers to take away.")
        layer = self._chain.pop()
        if layer not in self._chain:
            self._modules.pop(child_name(type(self), layer.name), None)
        if len(self._tensors) > 1:
            node = self._tensors.pop().producer
            layer._inbound_nodes = [other for other in layer._inbound_nodes if other is not node]
        self._stale = True
        return layer

    @untraced
    def build(self, input_shape: Any = None) -> None:
        """Make the graph, and the weights, for an input shape (the batch included).

        Raises:
            ValueError: if there are no layers, or no input shape is known.
        """
        if not self._tensors and input_shape is not None:
            shape = tuple(input_shape)
            first = self._chain[0] if self._chain else None
            self._tensors = [Input(batch_shape=(None, *shape[1:]), dtype=_input_dtype(first))]
            for layer in self._chain:
                self._tensors.append(self._extended(layer))
        if not self._tensors or not self._chain:
            missing = (
                "an input shape: start it with kerlite.Input(shape), call build(input_shape), or "
                "call it on data."
                if self._chain
                else "layers: call add() or pass a list of them."
            )
            raise ValueError(f"The Sequential {self.name!r} cannot be built without {missing}")

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input layer."""
        names = [child_name(type(self), layer.name) for layer in self._chain]
        return [self._modules[name] for name in names]  # type: ignore[misc]

    @property
    def input_shape(self) -> Any:
        """The shape of the input."""
        return self.input.shape

    @property
    def can_be_called(self) -> bool:
        """Whether it can be called: always, it makes its graph then."""
        return True

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output shape for an input shape."""
        shape = input_shape
        for layer in self._chain:
            shape = layer.compute_output_shape(shape)
        return shape

    def get_config(self) -> dict[str, Any]:
        """Return a plain description from which the model can be made again."""
        base = {"name": self.name, "trainable": self.trainable}
        front = [self._tensors[0].producer.target] if self._tensors else []  # type: ignore[union-attr]
        config = {
            **base,
            "dtype": serialize_keras_object(self.dtype_policy),
            "layers": [serialize_keras_object(layer) for layer in [*front, *self._chain]],
        }
        if self._tensors:
            config["build_input_shape"] = self._tensors[0].shape
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Sequential:
        """Make a model from what `get_config` returned."""
        model = cls(name=config.get("name"), trainable=config.get("trainable", True))
        with registry.CustomObjectScope(custom_objects):
            for layer in config["layers"]:
                model.add(deserialize_keras_object(layer))
        if config.get("build_input_shape") and not model._tensors and model._chain:
            model.build(tuple(config["build_input_shape"]))
        return model

    def _as_layer(self, layer: Any) -> Layer:
        if isinstance(layer, KerasTensor) and layer.producer is not None:
            layer = layer.producer.target
        if isinstance(layer, Layer):
            return layer
        if isinstance(layer, nn.Module):
            return TorchModuleWrapper(layer)
        raise ValueError(
            f"A Sequential takes layers and torch modules; received {layer!r} of type "
            f"{type(layer).__name__}. A function goes in as kerlite.layers.Lambda(function)."
        )

    def _extended(self, layer: Layer) -> KerasTensor:
        state.stack.append(self)
        try:
            output = layer(self._tensors[-1])
        finally:
            state.stack.pop()
        if isinstance(output, (list, tuple)) and len(output) == 1:
            output = output[0]
        if not isinstance(output, KerasTensor):
            raise ValueError(
                f"Each layer of a Sequential has one output; {layer.name!r} gives {output!r}. Use "
                "a functional model, kerlite.Model(inputs, outputs)."
            )
        return output

    @property
    def _graph(self) -> Any:  # type: ignore[override]
        """The graph, made anew if layers came or went since it was last asked for."""
        if self._stale and self._tensors and self._chain:
            self._stale = False
            self._set_graph(self._tensors[0], self._tensors[-1])
        return self.__dict__.get("_current_graph")

    @_graph.setter
    def _graph(self, graph: Any) -> None:
        self.__dict__["_current_graph"] = graph


registry.register_public(Sequential, module="keras", preferred=True)


def _input_for(layer: Any) -> list[KerasTensor]:
    """Return, in a list, the input that a first layer is known to take; nothing if it is not."""
    if layer._legacy_input_shape is not None:
        return [Input(batch_shape=layer._legacy_input_shape, dtype=_input_dtype(layer))]
    graph = getattr(layer, "_graph", None)  # of a model
    if graph is not None and isinstance(graph.inputs, KerasTensor):
        return [Input(batch_shape=graph.inputs.shape, dtype=graph.inputs.dtype)]
    return []


def _input_dtype(layer: Any) -> str | None:
    """Return the number type of data for a first layer: what it computes in, unless it says."""
    return None if layer is None else layer.input_dtype
