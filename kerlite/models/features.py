"""Model.features: the outputs of named layers, at any depth, as a model of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from torch import nn

from kerlite.core import tree
from kerlite.core.errors import unknown_name
from kerlite.core.graph import Graph
from kerlite.core.tensor import KerasTensor, Node
from kerlite.layers.core.input_layer import Input
from kerlite.models.function import call_target, replayed
from kerlite.models.op_nodes import is_mask, op_name

__all__ = ["features", "model_class", "split"]


def features(model: Any, names: str | Sequence[str], name: str | None = None) -> Any:
    """Return a model that gives the outputs of named layers; it shares the layers.

    A layer inside a nested model has a path ("resnet50/conv4_block6_out"). The nested model runs
    once, with more outputs, and in the mode it was called in: what is inside of
    `base(x, training=False)` does not train here either.

    Args:
        model: a functional model, or a Sequential one whose input shape is known.
        names: names of layers, or of recorded functions (as in `summary()`). Several give a list
            of outputs in their order, one gives its output alone.
        name: a name for the new model.

    Raises:
        AttributeError: if the model has no graph.
        ValueError: for unknown names (the three nearest are listed), and for a layer that the
            model calls more than once.

    Example:
        >>> import torch, kerlite
        >>> from kerlite.layers import Dense
        >>> base = kerlite.Sequential(
        ...     [kerlite.Input((4,)), Dense(8, name="low"), Dense(3, name="high")], name="base"
        ... )
        >>> model = kerlite.Sequential([base, Dense(1, name="head")])
        >>> low, head = model.features(["base/low", "head"])(torch.ones(2, 4))
        >>> low.shape, head.shape
        (torch.Size([2, 8]), torch.Size([2, 1]))

    Source: kerlite's own; in Keras
    `Model(model.input, [model.get_layer(name).output for name in names])`, not through nested
    models.
    """
    wanted = [names] if isinstance(names, str) else list(names)
    if not wanted:
        raise ValueError("features() needs the name of one layer at least; received none.")
    found, _ = _outputs(_Plan(model, wanted))
    outputs = [found[path] for path in wanted]
    return model_class(model)(model.input, outputs[0] if len(outputs) == 1 else outputs, name=name)


def split(model: Any, path: str) -> tuple[Any, Any]:
    """Return two models: up to a layer's output, and from there to the model's outputs.

    A nested model on the way is cut in two as well.

    Raises:
        AttributeError, ValueError: as `features`; a ValueError too if what lies above depends on
            something else.
    """
    plan, functional = _Plan(model, [path]), model_class(model)
    if not plan.inside:
        (tensor,) = _own(plan).values()
        return functional(model.input, tensor), functional(tensor, plan.graph.outputs)
    ((nested, (outer, _)),) = plan.inside.items()
    lower, upper = split(nested, path[len(outer) + 1 :])
    node = _calls(plan.graph)[outer][0]
    mode = {key: value for key, value in node.kwargs.items() if key == "training"}
    inputs = tree.map_structure(
        lambda tensor: Input(batch_shape=tensor.shape, dtype=tensor.dtype), upper.input
    )
    rest = Graph(node.outputs, plan.graph.outputs)
    above = replayed(rest, tree.flatten(upper(inputs, **mode)))
    return functional(model.input, lower(*node.args, **node.kwargs)), functional(inputs, above)


def model_class(model: Any) -> type:
    """Return the class `Model` itself, which this module cannot import, of a model."""
    return [cls for cls in type(model).__mro__ if "_set_graph" in vars(cls)][-1]


class _Plan:
    """Where the layers at some paths are: in a model's own graph, or inside which nested one.

    Args:
        model: the model.
        paths: what is looked for.
        prefix: the path of the model itself, for errors.
        root: the outermost model, whose paths are offered if one is unknown.
    """

    def __init__(self, model: Any, paths: Iterable[str], prefix: str = "", root: Any = None):
        self.model = model
        self.graph: Graph = model._required_graph("features")
        self.inputs: dict[str, KerasTensor] = {}
        self.here: dict[str, Node] = {}
        self.inside: dict[nn.Module, tuple[str, _Plan]] = {}
        root = root or model
        deeper: dict[str, list[str]] = {}
        calls, inputs = _calls(self.graph), dict(zip(model.input_names, model.inputs, strict=True))
        for path in paths:
            outer, _, rest = path.partition("/")
            if path in calls:
                self.here[path] = _only_call(calls[path], f"{prefix}{path}")
            elif path in inputs:
                self.inputs[path] = inputs[path]
            elif rest and outer in calls and getattr(calls[outer][0].target, "_graph", None):
                deeper.setdefault(outer, []).append(rest)
            else:
                raise unknown_name(f"layer of {root.name!r}", f"{prefix}{path}", _paths(root))
        for outer, rests in deeper.items():
            nested: Any = _only_call(calls[outer], f"{prefix}{outer}").target
            self.inside[nested] = outer, _Plan(nested, rests, f"{prefix}{outer}/", root)


def _own(plan: _Plan) -> dict[str, Any]:
    """Return the outputs of the layers that are in the model's own graph, by path."""
    return {path: node.outputs for path, node in plan.here.items()} | plan.inputs


def _outputs(plan: _Plan) -> tuple[dict[str, Any], Any]:
    """Return the outputs of the layers by path, and those of the model, in one graph.

    If some are inside nested models, everything is called again, with these giving more.
    """
    graph, found = plan.graph, _own(plan)
    if not plan.inside:
        return found, graph.outputs
    noted = {module: len(getattr(module, "_inbound_nodes", ())) for module in graph.modules}
    values = {id(tensor): tensor for tensor in graph.flat_inputs}

    def resolve(leaf: Any) -> Any:
        return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

    inner_found: dict[str, Any] = {}
    for node in graph.nodes:
        args, kwargs = tree.map_structure(resolve, (node.args, node.kwargs))
        if node.target in plan.inside:
            name, inner = plan.inside[node.target]
            results, more = _giving_more(inner)(*args, **kwargs)
            inner_found |= {f"{name}/{path}": tensor for path, tensor in more.items()}
        else:
            results = call_target(node.target, args, kwargs)
        for tensor, new in zip(tree.flatten(node.outputs), tree.flatten(results), strict=True):
            if isinstance(tensor, KerasTensor):
                values[id(tensor)] = new
    for module, count in noted.items():  # `layer.output` stays what it was
        del module._inbound_nodes[count:]  # type: ignore[attr-defined,operator,union-attr]
    found = {path: tree.map_structure(resolve, outputs) for path, outputs in found.items()}
    return found | inner_found, tree.map_structure(resolve, graph.outputs)


def _giving_more(plan: _Plan) -> Any:
    """Return a nested model that gives its outputs, and those of the layers wanted inside it."""
    nested: Any = plan.model
    found, outputs = _outputs(plan)
    made = model_class(nested)(nested.input, [outputs, found], name=nested.name)
    made._trainable = nested._trainable
    return made


def _calls(graph: Graph) -> dict[str, list[Node]]:
    """Return the calls of a graph by the names of what they call."""
    calls: dict[str, list[Node]] = {}
    for node in graph.nodes:
        if isinstance(node.target, nn.Module):
            calls.setdefault(str(node.target.name), []).append(node)
        elif not any(map(is_mask, tree.flatten(node.outputs))):
            calls.setdefault(op_name(node), []).append(node)
    return calls


def _only_call(calls: list[Node], path: str) -> Node:
    if len(calls) > 1:
        raise ValueError(
            f"The layer {path!r} is called {len(calls)} times, so it has {len(calls)} outputs. "
            "Keep the tensor you mean when you build the model, and use Model(model.input, tensor)."
        )
    return calls[0]


def _paths(model: Any) -> list[str]:
    """Return the paths of all layers, those in nested models included."""
    found: list[str] = []
    for name, calls in _calls(model._graph).items():
        found.append(name)
        if getattr(calls[0].target, "_graph", None) is not None:
            found += [f"{name}/{path}" for path in _paths(calls[0].target)]
    return found
