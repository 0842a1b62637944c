"""A functional model as a plain description: its layers, and which call feeds which.

Source: the configuration format of Keras 3's functional models, which either side can read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from kerlite.core import tree
from kerlite.core.graph import Graph
from kerlite.core.names import auto_name
from kerlite.core.serialize import serialize_keras_object
from kerlite.core.tensor import KerasTensor, Node
from kerlite.models.functional_reader import is_functional, read_graph
from kerlite.models.op_nodes import (
    is_mask,
    name_call,
    name_calls,
    op_entry,
    op_name,
    producer_name,
)
from kerlite.models.order import layers_in_order

__all__ = ["from_config", "get_config", "is_functional", "output_names", "producer_name"]


def get_config(model: Any) -> dict[str, Any]:
    """Return the description of a functional model.

    Raises:
        TypeError: if a layer or function of the model cannot be described.
    """
    return _Writer(model).config()


def from_config(cls: Any, config: dict[str, Any]) -> Any:
    """Make a model of class `cls` from a description; what it says beside the graph goes to `cls`.

    Raises:
        ValueError: if the description is damaged, or names what is not registered.
    """
    rest = dict(config)
    parts = [rest.pop(key, None) for key in ("layers", "input_layers", "output_layers")]
    if None in parts:
        raise ValueError(
            "The config describes no functional model: it needs layers, input_layers and "
            f"output_layers, and has {sorted(config)}."
        )
    inputs, outputs = read_graph(*parts)
    arguments = {"name": rest.pop("name", None), "trainable": rest.pop("trainable", True), **rest}
    return cls(inputs=inputs, outputs=outputs, **arguments)


def output_names(graph: Graph) -> list[str]:
    """Return the names of the layers or function calls that give a graph's outputs."""
    name_calls(graph.nodes)
    return [producer_name(tensor) for tensor in graph.flat_outputs]


class _Writer:
    """Describes one model; knows under which name and number each call of its graph goes."""

    def __init__(self, model: Any):
        self.model, self.graph = model, model._graph
        pairs = list(zip(self.graph.flat_inputs, model._input_layers, strict=True))
        self.origin = {id(tensor): layer for tensor, layer in pairs}
        self.calls: dict[Any, list[Node]] = {}
        self.numbers: dict[int, int] = {}
        for node in self.graph.nodes:
            if isinstance(node.target, nn.Module):
                calls = self.calls.setdefault(node.target, [])
                self.numbers[node.index] = len(calls)
                calls.append(node)
        name_calls(self.graph.nodes)
        self.things = layers_in_order(self.graph, self.origin)
        self.op_names = dict(self._unique_op_names())

    def config(self) -> dict[str, Any]:
        entries = [
            self._op(one) if isinstance(one, Node) else self._layer(one) for one in self.things
        ]
        return {
            "name": self.model.name,
            "trainable": self.model.trainable,
            "layers": entries,
            "input_layers": tree.map_structure(self._end, self.graph.inputs),
            "output_layers": tree.map_structure(self._end, self.graph.outputs),
        }

    def _unique_op_names(self) -> Iterable[tuple[int, str]]:
        taken = {layer.name for layer in self.things if not isinstance(layer, Node)}
        nodes = sorted((n for n in self.things if isinstance(n, Node)), key=lambda n: n.index)
        for node in nodes:
            name = op_name(node)
            while name in taken:
                name = auto_name(name)
            taken.add(name)
            name_call(node, name)
            yield node.index, name

    def _layer(self, layer: Any) -> dict[str, Any]:
        # The dictionary is added to, not copied: objects that come twice are marked in it later.
        entry = serialize_keras_object(layer)
        entry["name"] = layer.name
        entry["inbound_nodes"] = [
            self._call(node.args, node.kwargs) for node in self.calls.get(layer, ())
        ]
        return entry

    def _op(self, node: Node) -> dict[str, Any]:
        name = self.op_names[node.index]
        entry, args, kwargs = op_entry(node, name)
        return {**entry, "name": name, "inbound_nodes": [self._call(args, kwargs)]}

    def _call(self, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        # Keras writes training=False for every call that could be told; only here is it a choice.
        explicit = {"training": False} if kwargs.get("training") is False else {}
        kept = {
            key: value for key, value in kwargs.items()
            if not _is_handed_on(value) and not (key == "training" and not value)
        }  # fmt: skip
        args, kept = tree.map_structure(self._argument, (tuple(args), kept))
        return {
            "args": serialize_keras_object(list(args)),
            "kwargs": serialize_keras_object(kept),
            **explicit,
        }

    def _argument(self, leaf: Any) -> Any:
        if isinstance(leaf, KerasTensor):
            where = {"shape": leaf.shape, "dtype": leaf.dtype, "keras_history": self._origin(leaf)}
            return {"class_name": "__keras_tensor__", "config": where}
        if isinstance(leaf, (nn.Parameter, Tensor)) and leaf.requires_grad:
            raise TypeError(
                f"The model {self.model.name!r} uses a weight of shape {tuple(leaf.shape)} outside "
                "any layer, so its configuration cannot say where it belongs. Make the weight with "
                "add_weight() in a Layer, or save the weights alone (save_weights)."
            )
        return leaf

    def _origin(self, tensor: KerasTensor) -> list[Any]:
        if id(tensor) in self.origin:
            return [self.origin[id(tensor)].name, 0, 0]
        node: Any = tensor.producer
        if isinstance(node.target, nn.Module):
            return [node.target.name, self.numbers[node.index], tensor.output_index]
        return [self.op_names[node.index], 0, tensor.output_index]

    def _end(self, tensor: KerasTensor) -> list[Any]:
        """Return the origin of a model's end; Keras counts a functional model's calls from 1."""
        name, number, index = self._origin(tensor)
        inside = id(tensor) not in self.origin
        shift = inside and is_functional(tensor.producer.target)  # type: ignore[union-attr]
        return [name, number + bool(shift), index]


def _is_handed_on(value: Any) -> bool:
    """Return whether an argument holds masks that the layers will hand on again when read."""
    leaves = [leaf for leaf in tree.flatten(value) if leaf is not None]
    return bool(leaves) and all(map(is_mask, leaves))
