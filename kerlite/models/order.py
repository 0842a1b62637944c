"""The order in which a functional model lists its layers: Keras's, since people index by it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from torch import nn

from kerlite.core.graph import Graph
from kerlite.core.tensor import KerasTensor, Node
from kerlite.models.op_nodes import is_mask

__all__ = ["layers_in_order"]


def layers_in_order(graph: Graph, origin: dict[int, Any]) -> list[Any]:
    """Return what the graph calls, deepest first, as Keras does.

    The depth of a call is its longest distance from an output; calls of one depth come in the
    order in which a walk from the outputs, first inputs first, meets them.

    Args:
        graph: the graph.
        origin: for the id of each input tensor, the layer that stands for it.
    """
    met, finished = _walk(graph, origin)
    depths: dict[Any, int] = {}
    node_depths: dict[Any, int] = {}
    for key, target, sources in reversed(finished):
        depth = max(node_depths.get(key, 0), depths.get(target, 0))
        depths[target] = node_depths[key] = depth
        for source in sources:
            node_depths[source] = max(node_depths.get(source, 0), depth + 1)
    for layer in origin.values():
        if layer not in depths:  # an input that no output needs
            depths[layer], met[layer] = 0, -1
    by_depth = defaultdict(list)
    for target, depth in depths.items():
        by_depth[depth].append(target)
    return [
        target for depth in sorted(by_depth, reverse=True)
        for target in sorted(by_depth[depth], key=met.__getitem__)
    ]  # fmt: skip


def _walk(graph: Graph, origin: dict[int, Any]) -> tuple[dict[Any, int], list[Any]]:
    """Return when each target was first met, and the calls in the order they were finished."""
    met: dict[Any, int] = {}
    finished: list[Any] = []
    done: set[Any] = set()
    waiting: list[tuple[KerasTensor, bool]] = [(t, False) for t in reversed(graph.flat_outputs)]
    while waiting:
        tensor, leaving = waiting.pop()
        key, target, sources = _call_of(tensor, origin)
        if leaving:
            if key not in done:
                done.add(key)
                finished.append((key, target, [_call_of(s, origin)[0] for s in sources]))
            continue
        if key in done:
            continue
        met.setdefault(target, len(met))
        waiting.append((tensor, True))
        waiting += [(source, False) for source in reversed(sources)]
    return met, finished


def _call_of(tensor: KerasTensor, origin: dict[int, Any]) -> tuple[Any, Any, list[KerasTensor]]:
    """Return a key, the target and the inputs of the call that made a tensor."""
    if id(tensor) in origin:
        return id(tensor), origin[id(tensor)], []
    node: Any = tensor.producer
    return node.index, _identity(node), [s for s in node.inputs if not is_mask(s)]


def _identity(node: Node) -> Any:
    """A layer is one thing however often it is called; a function is another at every call."""
    return node.target if isinstance(node.target, nn.Module) else node
