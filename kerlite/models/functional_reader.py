"""Makes the graph of a functional model again from its description."""

from __future__ import annotations

import heapq
from typing import Any

from kerlite.core import tree
from kerlite.core.base_operation import Operation
from kerlite.core.op_forms import OpForm, form_named
from kerlite.core.serialize import deserialize_keras_object
from kerlite.core.tensor import KerasTensor
from kerlite.models.legacy_graph import is_legacy_graph, modern_graph
from kerlite.models.op_nodes import name_call

__all__ = ["is_functional", "read_graph"]

_Call = tuple[str, int]  # the name of an entry, and the number of the call among its calls


def read_graph(entries: Any, input_layers: Any, output_layers: Any) -> tuple[Any, Any]:
    """Return the symbolic inputs and outputs that a description of a graph stands for.

    Args:
        entries: what the model calls: layers and functions, with their calls.
        input_layers: [name, call, output] of each input, structured as the model takes them.
        output_layers: likewise for the outputs.

    Raises:
        ValueError: if calls refer to what is not there, or to each other in a circle.
    """
    if is_legacy_graph(entries):
        entries, input_layers, output_layers = modern_graph(entries, input_layers, output_layers)
    reader = _Reader(entries)
    reader.make_calls()
    return reader.ends(input_layers), reader.ends(output_layers)


def is_functional(layer: Any) -> bool:
    """Return whether a layer is a functional model (a Sequential keeps a chain instead)."""
    return getattr(layer, "_graph", None) is not None and not hasattr(layer, "_chain")


class _Reader:
    def __init__(self, entries: Any):
        self.entries: dict[str, dict[str, Any]] = {}
        self.things: dict[str, Operation | OpForm] = {}
        self.outputs: dict[_Call, list[Any]] = {}
        for entry in entries:
            name = entry["name"]
            if name in self.entries:
                raise ValueError(f"The config has two layers named {name!r}.")
            self.entries[name] = entry
            self.things[name] = thing = _thing_of(entry)
            if not entry["inbound_nodes"] and isinstance(thing, Operation) and thing._inbound_nodes:
                self.outputs[name, 0] = tree.flatten(thing._inbound_nodes[0].outputs)
        self.order = {name: position for position, name in enumerate(self.entries)}

    def make_calls(self) -> None:
        """Make every call once all it depends on has been made, in the order of the entries."""
        needs = self._needs()
        needed_by: dict[_Call, list[_Call]] = {}
        for call, sources in needs.items():
            for source in sources:
                needed_by.setdefault(source, []).append(call)
        ready = [(self.order[call[0]], call) for call, sources in needs.items() if not sources]
        heapq.heapify(ready)
        while ready:
            _, call = heapq.heappop(ready)
            self._make(call)
            del needs[call]
            for waiting in needed_by.get(call, ()):
                needs[waiting].discard(call)
                if not needs[waiting]:
                    heapq.heappush(ready, (self.order[waiting[0]], waiting))
        if needs:
            raise ValueError(
                "The config's graph has calls whose inputs never come to be: "
                f"{sorted({name for name, _ in needs})[:10]}. It is damaged, or goes in a circle."
            )

    def _needs(self) -> dict[_Call, set[_Call]]:
        """Return, for every call, those that come before it."""
        needs = {}
        for name, entry in self.entries.items():
            for number, data in enumerate(entry["inbound_nodes"]):
                earlier = {(name, number - 1)} if number else set()
                sources = self._sources(data)
                if not sources:  # it would compute something now, which may be of any size
                    raise ValueError(
                        f"The config calls {name!r} on nothing that the model is given."
                    )
                needs[name, number] = (sources | earlier) - self.outputs.keys()
        return needs

    def ends(self, structure: Any) -> Any:
        """Return the tensors for a structure of [name, call, output]."""
        if isinstance(structure, dict):
            return {key: self.ends(value) for key, value in structure.items()}
        if len(structure) == 3 and isinstance(structure[0], str):
            name, number, index = structure
            shift = is_functional(self.things.get(name))  # Keras counts such a model's from 1
            return self._tensor([name, number - shift, index])
        return type(structure)(self.ends(value) for value in structure)

    def _make(self, call: _Call) -> None:
        name, number = call
        entry = self.entries[name]
        data = entry["inbound_nodes"][number]
        args = [self._value(value) for value in data["args"]]
        kwargs = {key: self._value(value) for key, value in data["kwargs"].items()}
        thing = self.things[name]
        if isinstance(thing, OpForm):
            options = deserialize_keras_object(entry["config"])
            outputs = thing.call(args, kwargs, options)
            produced = [one for one in tree.flatten(outputs) if isinstance(one, KerasTensor)]
            if produced and produced[0].producer is not None:
                name_call(produced[0].producer, name)
        else:
            outputs = thing(*args, **_call_arguments(kwargs, data))
        self.outputs[call] = tree.flatten(outputs)

    def _value(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(map(self._value, value))
        if not isinstance(value, dict):
            return value
        if value.get("class_name") == "__keras_tensor__":
            return self._tensor(value["config"]["keras_history"])
        if "class_name" in value:
            return deserialize_keras_object(value)
        return {key: self._value(item) for key, item in value.items()}

    def _tensor(self, history: Any) -> KerasTensor:
        name, number, index = history
        outputs = self.outputs.get((name, number), [])
        if not 0 <= index < len(outputs):
            raise ValueError(
                f"The config refers to output {index} of call {number} of {name!r}, which it does "
                "not have."
            )
        return outputs[index]

    def _sources(self, data: Any) -> set[_Call]:
        """Return the calls whose outputs a call uses."""
        found = set()
        waiting = [data["args"], data["kwargs"]]
        while waiting:
            value = waiting.pop()
            if isinstance(value, (list, tuple)):
                waiting += value
            elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
                name, number, _ = value["config"]["keras_history"]
                if name not in self.entries:
                    raise ValueError(f"The config refers to {name!r}, which it does not have.")
                found.add((name, number))
            elif isinstance(value, dict):
                waiting += value.values()
        return found


def _thing_of(entry: dict[str, Any]) -> Operation | OpForm:
    form = form_named(entry.get("module"), entry["class_name"])
    if form is not None:
        return form
    layer = deserialize_keras_object(entry)
    if not isinstance(layer, Operation):
        raise ValueError(
            f"The config's entry {entry['name']!r} is no layer or operation: "
            f"{entry['class_name']!r} of "
            f"{entry.get('module')!r}."
        )
    return layer


def _call_arguments(kwargs: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what Keras writes without having been told, and keep an explicit training=False."""
    kept = {
        key: value for key, value in kwargs.items()
        if not (key == "training" and not value) and not (key.endswith("mask") and value is None)
    }  # fmt: skip
    return {**kept, "training": False} if data.get("training") is False else kept
