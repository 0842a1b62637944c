"""A model's graph as TensorBoard shows it."""

from __future__ import annotations

from typing import Any

from torch import fx, nn

__all__ = ["graph_event"]


def graph_event(module: nn.Module) -> Any:
    """Return an event that holds the graph of a module, a node for each of its layers and calls.

    A functional model has a graph; of another module one is made by `torch.fx.symbolic_trace`.

    Returns:
        The event, or None if the module's code cannot be traced.
    """
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    graph = _graph(module)
    if graph is None:
        return None
    nodes = [
        NodeDef(name=_name(node), op=_kind(node, module), input=[_name(n) for n in _inputs(node)])
        for node in graph.nodes
    ]
    return Event(graph_def=GraphDef(node=nodes).SerializeToString())


def _graph(module: nn.Module) -> fx.Graph | None:
    try:
        graph = getattr(module, "graph", None)
        return graph if isinstance(graph, fx.Graph) else fx.symbolic_trace(module).graph
    except Exception:  # whatever the model's own code raises when it is traced
        return None


def _inputs(node: fx.Node) -> list[fx.Node]:
    return node.all_input_nodes


def _name(node: fx.Node) -> str:
    """The path of a layer, so that those of one block are shown as one; else the node's name."""
    if node.op == "call_module":
        return f"{str(node.target).replace('.', '/')}/{node.name}"
    return node.name


def _kind(node: fx.Node, module: nn.Module) -> str:
    if node.op == "call_module":
        return type(module.get_submodule(str(node.target))).__name__
    return str(getattr(node.target, "__name__", node.target)) if "call" in node.op else node.op
