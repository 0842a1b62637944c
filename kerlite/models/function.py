"""Function: the part of a recorded graph between some tensors and others, ready to run."""

from __future__ import annotations

import keyword
from typing import Any

from torch import nn

from kerlite.core import tree
from kerlite.core.fx_code import constants_name
from kerlite.core.graph import Graph, Modules
from kerlite.core.names import auto_name
from kerlite.core.tensor import KerasTensor, any_symbolic
from kerlite.layers.calls import state

__all__ = ["Function", "child_name", "constants_of", "module_names", "replayed"]


class Function(nn.Module):
    """Runs the recorded calls that lead from `inputs` to `outputs`.

    Args:
        inputs: a KerasTensor or a structure of them, anywhere in a recorded graph.
        outputs: likewise; what is computed from them.
        name: a name.

    Raises:
        ValueError: if an output depends on a tensor that is not among the inputs.

    Example:
        >>> import torch
        >>> x = KerasTensor((None, 3))
        >>> hidden = x + 1
        >>> Function(hidden, hidden * 10)(torch.ones(2))
        tensor([10., 10.])

    Source: keras.Function.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None):
        super().__init__()
        self.name = name or auto_name("function")
        self._graph = Graph(inputs, outputs)
        names = module_names(self._graph, Function)
        self._modules.update({attribute: module for module, attribute in names.items()})
        self._modules[constants_name] = constants_of(self._graph, names)
        self._run = self._graph.function(names)
        self.eval()

    @property
    def inputs(self) -> list[KerasTensor]:
        """The tensors fed, in order."""
        return self._graph.flat_inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The tensors computed, in order."""
        return self._graph.flat_outputs

    @property
    def operations(self) -> list[Any]:
        """What is called, each layer once, in order."""
        return list(dict.fromkeys(node.target for node in self._graph.nodes))

    def forward(self, inputs: Any) -> Any:
        """Compute the outputs from a structure like that of `inputs`."""
        flat = tree.flatten(inputs)
        if len(flat) != len(self.inputs):
            raise ValueError(
                f"{self.name!r} takes {len(self.inputs)} inputs, structured as "
                f"{self._graph.inputs}; received {len(flat)}."
            )
        if any_symbolic(flat):
            return replayed(self._graph, flat)
        outer, state.explicit_masks = state.explicit_masks, True
        try:
            outputs = self._run(Modules(self), *flat)
        finally:
            state.explicit_masks = outer
        has_masks = any(mask is not None for mask in self._graph.output_masks)
        return outputs[0] if has_masks else outputs

    call = forward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute, or record the calls again if an input is symbolic."""
        if any_symbolic(args, kwargs):
            return self.forward(*args, **kwargs)
        return super().__call__(*args, **kwargs)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_run": None}

    def __setstate__(self, state_dict: dict[str, Any]) -> None:
        super().__setstate__(state_dict)
        self._run = self._graph.function(module_names(self._graph, Function))

    def compute_output_spec(self, inputs: Any) -> Any:
        """Return the outputs for KerasTensors given."""
        return replayed(self._graph, tree.flatten(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs for the shapes of the inputs."""
        single = isinstance(self._graph.inputs, KerasTensor)
        shapes = [input_shape] if single else list(input_shape)
        fed = [KerasTensor(s, t.dtype) for s, t in zip(shapes, self.inputs, strict=True)]
        return tree.map_structure(lambda tensor: tensor.shape, self.compute_output_spec(fed))


def child_name(owner: type, name: str) -> str:
    """Return the attribute under which a module of this name is a child of its owner.

    A dot would separate levels in `state_dict`; and torch's tools read children as attributes, so
    a layer named like one of the owner's own ("output"), or like a word of Python ("lambda"), gets
    an underscore.
    """
    attribute = name.replace(".", "_")
    taken = keyword.iskeyword(attribute) or hasattr(owner, attribute)
    return f"{attribute}_" if taken else attribute


def module_names(graph: Graph, owner: type) -> dict[nn.Module, str]:
    """Return module -> attribute name in its owner for all modules of a graph.

    Raises:
        ValueError: if two layers have one name.
    """
    names: dict[nn.Module, str] = {}
    taken: dict[str, nn.Module] = {}
    for module in graph.modules:
        name = child_name(owner, str(module.name))
        if taken.setdefault(name, module) is not module:
            raise ValueError(
                f"Two layers of the model are named {name!r}: a {type(taken[name]).__name__} and a "
                f"{type(module).__name__}. Names must be unique; pass name=... to one of them."
            )
        names[module] = name
    return names


def constants_of(graph: Graph, names: dict[nn.Module, str]) -> nn.Module:
    """Return a module that holds the constant tensors a graph reads, so they move with it."""
    holder = nn.Module()
    for index, tensor in enumerate(graph.fx_graph(names)[1]):
        if isinstance(tensor, nn.Parameter):
            holder.register_parameter(f"c{index}", tensor)
        else:
            holder.register_buffer(f"c{index}", tensor, persistent=False)
    return holder


def replayed(graph: Graph, flat_inputs: list[Any]) -> Any:
    """Call everything in the graph again, on other KerasTensors; return the outputs.

    The layers do not note these calls among their own (`layer.output` stays what it was).
    """
    values = {id(t): new for t, new in zip(graph.flat_inputs, flat_inputs, strict=True)}
    noted = {module: len(getattr(module, "_inbound_nodes", ())) for module in graph.modules}

    def resolve(leaf: Any) -> Any:
        return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

    for node in graph.nodes:
        args, kwargs = tree.map_structure(resolve, (node.args, node.kwargs))
        results = tree.flatten(call_target(node.target, args, kwargs))
        for tensor, new in zip(tree.flatten(node.outputs), results, strict=True):
            if isinstance(tensor, KerasTensor):
                values[id(tensor)] = new
    for module, count in noted.items():
        nodes: Any = module._inbound_nodes
        del nodes[count:]
    return tree.map_structure(resolve, graph.outputs)


def call_target(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call what a node calls."""
    if isinstance(target, str):
        return getattr(args[0], target)(*args[1:], **kwargs)
    return target(*args, **kwargs)
