"""The graph between some KerasTensors and others, and the code that runs it.

The nodes were recorded one by one (`kerlite.core.tensor`); sorted by the order in which they were
made they are ready to run, so no depth is too deep. `torch.fx` turns them into one plain Python
function, which is what runs at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import fx, nn

from kerlite.core import tree
from kerlite.core.fx_code import FxBuilder, module_of
from kerlite.core.tensor import KerasTensor, Node

__all__ = ["Graph", "Modules"]


class Modules:
    """The modules a graph's code reads, as attributes; it shares the owner's `_modules` dict.

    So a module that a tool replaces in the owner is replaced here, and looking one up costs a plain
    attribute access.
    """

    def __init__(self, owner: nn.Module):
        self.__dict__ = owner._modules


class Graph:
    """The calls that lead from `inputs` to `outputs`, in an order in which they can run.

    Args:
        inputs: a KerasTensor or a structure of them.
        outputs: likewise; what the graph computes.

    Raises:
        ValueError: if an output depends on a tensor that is not among the inputs, or something is
            no KerasTensor.

    Example:
        >>> x = KerasTensor((None, 3), name="x")
        >>> graph = Graph(x, torch.relu(x) * 2)
        >>> len(graph.nodes)
        2
        >>> graph.function({})(None, torch.tensor([-1.0, 4.0]))
        tensor([0., 8.])
    """

    def __init__(self, inputs: Any, outputs: Any):
        self.inputs, self.outputs = inputs, outputs
        self.flat_inputs = _checked_tensors(inputs, "inputs")
        self.flat_outputs = _checked_tensors(outputs, "outputs")
        self.output_masks = [tensor._keras_mask for tensor in self.flat_outputs]
        wanted = [mask for mask in self.output_masks if mask is not None]
        self.nodes = _nodes_between(self.flat_inputs, self.flat_outputs + wanted)

    @property
    def modules(self) -> list[nn.Module]:
        """The modules that the graph calls, each once, in order."""
        found = (module_of(node.target) for node in self.nodes)
        return list(dict.fromkeys(module for module in found if module is not None))

    def fx_graph(self, names: dict[nn.Module, str]) -> tuple[fx.Graph, list[torch.Tensor]]:
        """Return the graph in torch.fx's form, and the constant tensors it reads.

        Args:
            names: module to attribute name, as the code shall spell it.
        """
        return self._built(FxBuilder(names))

    def function(self, names: dict[nn.Module, str]) -> Callable[..., Any]:
        """Return the generated function: (modules, *flat inputs) -> outputs as structured.

        If an output carries a mask, it returns a pair: the outputs, and the list of their masks.
        """
        graph, _ = self._built(FxBuilder(names, direct=True))
        code = graph.python_code("self")
        namespace = dict(code.globals)
        exec(compile(code.src, "<kerlite graph>", "exec"), namespace)
        return namespace["forward"]

    def _built(self, builder: FxBuilder) -> tuple[fx.Graph, list[torch.Tensor]]:
        return builder.build(self.flat_inputs, self.nodes, self.outputs, self.output_masks)

    def __getstate__(self) -> dict[str, Any]:
        """Flatten to lists: a linked chain of nodes would exceed the recursion limit."""
        tensors: dict[int, int] = {}
        specs: list[tuple[Any, ...]] = []

        def refer(leaf: Any) -> Any:
            if not isinstance(leaf, KerasTensor):
                return leaf
            if id(leaf) not in tensors:
                tensors[id(leaf)] = len(specs)
                specs.append((leaf.shape, leaf.dtype, leaf.name))
            return _Reference(tensors[id(leaf)])

        inputs = tree.map_structure(refer, self.inputs)
        nodes = [
            (node.target, *tree.map_structure(refer, (node.args, node.kwargs, node.outputs)))
            for node in self.nodes
        ]
        outputs = tree.map_structure(refer, self.outputs)
        masks = [refer(mask) for mask in self.output_masks]
        origins = [_origin(tensor) for tensor in self.flat_inputs]
        return {
            "specs": specs, "inputs": inputs, "nodes": nodes, "outputs": outputs, "masks": masks,
            "origins": origins,
        }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        tensors = [KerasTensor(shape, dtype, name=name) for shape, dtype, name in state["specs"]]

        def resolve(leaf: Any) -> Any:
            return tensors[leaf.index] if isinstance(leaf, _Reference) else leaf

        self.inputs = tree.map_structure(resolve, state["inputs"])
        self.flat_inputs = tree.flatten(self.inputs)
        for tensor, origin in zip(self.flat_inputs, state["origins"], strict=True):
            if origin is not None:
                _remember(Node(origin, (), {}, tensor))
        self.nodes = []
        for target, *parts in state["nodes"]:
            node = Node(target, *tree.map_structure(resolve, tuple(parts)))
            _remember(node)
            self.nodes.append(node)
        self.outputs = tree.map_structure(resolve, state["outputs"])
        self.flat_outputs = tree.flatten(self.outputs)
        self.output_masks = [resolve(mask) for mask in state["masks"]]
        for tensor, mask in zip(self.flat_outputs, self.output_masks, strict=True):
            tensor._keras_mask = mask


class _Reference:
    """Stands for a KerasTensor in a flattened graph (no tuple: it must stay one leaf)."""

    __slots__ = ("index",)

    def __init__(self, index: int):
        self.index = index


def is_input(tensor: KerasTensor) -> bool:
    """Return whether the tensor is what an InputLayer gives: a node without inputs made it."""
    return tensor.producer is not None and not tensor.producer.inputs


def _origin(tensor: KerasTensor) -> Any:
    node = tensor.producer
    return node.target if node is not None and is_input(tensor) else None


def _checked_tensors(structure: Any, role: str) -> list[KerasTensor]:
    tensors = tree.flatten(structure)
    for tensor in tensors:
        if not isinstance(tensor, KerasTensor):
            raise ValueError(
                f"The {role} of a functional model are KerasTensors, made by kerlite.Input() and "
                f"by calling layers on it; received {tensor!r} of type {type(tensor).__name__}."
            )
    if not tensors:
        raise ValueError(f"A functional model needs {role}; received {structure!r}.")
    if role == "inputs" and len({id(tensor) for tensor in tensors}) < len(tensors):
        raise ValueError("The same tensor is listed twice among the inputs; list each one once.")
    return tensors


def _nodes_between(inputs: list[KerasTensor], outputs: list[KerasTensor]) -> list[Node]:
    given = {id(tensor) for tensor in inputs}
    found: dict[int, Node] = {}
    waiting = [tensor for tensor in outputs if id(tensor) not in given]
    while waiting:
        tensor = waiting.pop()
        node = tensor.producer
        if node is None or is_input(tensor):
            raise _disconnected(tensor, inputs)
        if node.index not in found:
            found[node.index] = node
            waiting += [source for source in node.inputs if id(source) not in given]
    return [found[index] for index in sorted(found)]


def _disconnected(tensor: KerasTensor, inputs: Iterable[KerasTensor]) -> ValueError:
    names = [given.name for given in inputs]
    return ValueError(
        f"Graph disconnected: the outputs depend on {tensor.name!r} (shape {tensor.shape}), which "
        f"is not among the model's inputs {names}. Add it to the inputs, or compute the outputs "
        "from those inputs only."
    )


def _remember(node: Node) -> None:
    if isinstance(node.target, nn.Module):
        node.target.__dict__.setdefault("_inbound_nodes", []).append(node)
