"""The graph of a functional model as Keras 2 describes it, rewritten as Keras 3 does.

Keras 2 writes a call as a list of [layer, call, output, keyword arguments], one for each tensor
of the first argument: `[["a", 0, 0, {}], ["b", 0, 0, {}]]`.
"""

from __future__ import annotations

from typing import Any

__all__ = ["is_legacy_graph", "modern_graph"]

_CONSTANT = "_CONSTANT_VALUE"


def is_legacy_graph(entries: Any) -> bool:
    """Return whether a model's entries are in the format of Keras 2.

    Example:
        >>> is_legacy_graph([{"name": "d", "inbound_nodes": [[["a", 0, 0, {}]]]}])
        True
    """
    return any(
        isinstance(node, list) for entry in entries for node in entry.get("inbound_nodes", ())
    )


def modern_graph(entries: Any, input_layers: Any, output_layers: Any) -> tuple[Any, Any, Any]:
    """Return entries, inputs and outputs in the format of Keras 3.

    Args:
        entries: what the model calls, each with its `inbound_nodes`.
        input_layers: [name, call, output] of each input.
        output_layers: likewise for the outputs.

    Example:
        >>> entries = [{"name": "a"}, {"name": "d", "inbound_nodes": [[["a", 0, 0, {}]]]}]
        >>> _, inputs, outputs = modern_graph(entries, [["a", 0, 0]], [["d", 0, 0]])
        >>> inputs, outputs
        (['a', 0, 0], ['d', 0, 0])
    """
    reader = _Graph(entries)
    calls = [
        {**entry, "inbound_nodes": [reader.call(node) for node in entry.get("inbound_nodes", ())]}
        for entry in entries
    ]
    return calls, _unwrapped(reader.ends(input_layers)), _unwrapped(reader.ends(output_layers))


class _Graph:
    def __init__(self, entries: Any):
        self.names = {entry["name"] for entry in entries}
        # Keras 2 counts the calls of a model that has an input of its own from 1.
        self.from_one = {entry["name"] for entry in entries if _has_input(entry)}
        self.graphs = {
            entry["name"] for entry in entries
            if "output_layers" in (entry.get("config") or {})
        }  # fmt: skip

    def call(self, node: Any) -> dict[str, Any]:
        """Return the arguments of a call."""
        keywords: dict[str, Any] = {}
        first = _unwrapped(self._first(node, keywords))
        kwargs = {key: self._keyword(value) for key, value in keywords.items()}
        return {"args": [first], "kwargs": kwargs}

    def ends(self, structure: Any) -> Any:
        """Return the inputs or outputs; Keras 3 counts a functional model's calls from 1 there."""
        if isinstance(structure, dict):
            return {key: self.ends(value) for key, value in structure.items()}
        if self._is_reference(structure):
            name, number, index = structure[:3]
            shifted = name in self.from_one and name not in self.graphs
            return [name, number - shifted, index]
        return [self.ends(one) for one in _listed(structure)]

    def _first(self, node: Any, keywords: dict[str, Any]) -> Any:
        if isinstance(node, dict):
            return {key: self._first(value, keywords) for key, value in node.items()}
        if isinstance(node, list) and len(node) == 4 and node[0] == _CONSTANT:
            keywords.update(node[3])
            return node[2]
        if not self._is_reference(node):
            return [self._first(one, keywords) for one in _listed(node)]
        keywords.update(node[3] if len(node) > 3 else {})
        return self._tensor(node)

    def _keyword(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._keyword(one) for key, one in value.items()}
        if not isinstance(value, list):
            return value
        if self._is_reference(value) and len(value) == 3:
            return self._tensor(value)
        return [self._keyword(one) for one in value]

    def _is_reference(self, value: Any) -> bool:
        if not isinstance(value, (list, tuple)) or len(value) not in (3, 4):
            return False
        name, number, index = value[:3]
        return (
            isinstance(name, str)
            and name in self.names
            and isinstance(number, int)
            and isinstance(index, int)
        )

    def _tensor(self, reference: Any) -> dict[str, Any]:
        name, number, index = reference[:3]
        history = [name, number - (name in self.from_one), index]
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}


def _has_input(entry: dict[str, Any]) -> bool:
    config = entry.get("config")
    layers = config.get("layers") if isinstance(config, dict) else None
    first = layers[0] if isinstance(layers, list) and layers else None
    return isinstance(first, dict) and first.get("class_name") == "InputLayer"


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"The config refers to {value!r}, which is no layer of the model.")
    return value


def _unwrapped(value: Any) -> Any:
    """Return what an only list holds: Keras 2 gives it to the layer as it is."""
    single = isinstance(value, list) and len(value) == 1
    return value[0] if single else value
