"""Recorded nodes as torch.fx code: a graph for tools to read, and the code that runs each step.

The two differ where a layer offers more than being called. Layers know more than torch modules do:
what a graph feeds them fits, so its code may enter them behind their checks; and layers over images
with the channels last compute in torch's order, so between two of them the axes need not be
permuted there and back.
"""

from __future__ import annotations

import keyword
import operator
import re
import sys
import types
from typing import Any

import torch
from torch import fx, nn

from kerlite.core import tree
from kerlite.core.dry_run import describe
from kerlite.core.fx_overwrite import Overwritable
from kerlite.core.tensor import KerasTensor, Node
from kerlite.core.variable import VariableView

__all__ = ["FxBuilder", "constants_name", "module_of"]

constants_name = "_constants"
_FX_TYPES = (
    str, int, float, bool, complex, type(None), type(Ellipsis), slice,
    torch.dtype, torch.device, torch.memory_format, torch.layout,
)  # fmt: skip


class FxBuilder:
    """Translates recorded nodes to a torch.fx graph, one by one.

    Args:
        names: module to attribute name, as the code shall spell it.
        direct: whether modules are entered the short way where they have one; otherwise each is an
            fx node of its own kind, as tools expect. A short way is an attribute of the module:
            `in_graph(module, inputs)` for inputs known to fit, and, with `knows_order` and one of
            `takes_channels_first` and `pointwise` set, `in_graph_channels_first(module, inputs)`
            for channels at axis 1. `in_graph_over(module, inputs, channels_first, index, maker)`
            is either of them that may write over the input that the module `maker` has made.
    """

    def __init__(self, names: dict[nn.Module, str], direct: bool = False):
        self.names, self.direct = names, direct
        self.graph = fx.Graph()
        self.values: dict[int, fx.Node] = {}
        self.channels_first: dict[int, fx.Node] = {}
        self.returned: set[int] = set()
        self.overwritable = Overwritable([], set())
        self.constants: list[torch.Tensor] = []

    def build(
        self, inputs: list[KerasTensor], nodes: list[Node], outputs: Any, masks: list[Any]
    ) -> tuple[fx.Graph, list[torch.Tensor]]:
        """Return the graph, and the constant tensors it reads."""
        self.returned = {id(tensor) for tensor in tree.flatten(outputs)}
        self.overwritable = Overwritable(nodes, self.returned)
        taken: set[str] = set()
        for tensor in inputs:
            name = _argument_name(tensor.name, taken)
            self.values[id(tensor)] = self.graph.placeholder(name)
        for node in nodes:
            if not (self.direct and self._enter(node)):
                self._define_outputs(node, self._call(node))
        outputs, masks = self._arguments(outputs), self._arguments(masks)
        has_masks = any(mask is not None for mask in masks)
        self.graph.output((outputs, masks) if has_masks else outputs)
        return self.graph, self.constants

    # ---- the short way into a module

    def _enter(self, node: Node) -> bool:
        """Call a module the short way, if it has one for such arguments; return whether it has."""
        target, result = node.target, node.outputs
        given: Any = node.args[0] if len(node.args) == 1 and not node.kwargs else None
        tensors = given if isinstance(given, list) else [given]
        if not hasattr(target, "in_graph") or not all(isinstance(t, KerasTensor) for t in tensors):
            return False
        permuted = isinstance(result, KerasTensor) and self._in_torch_order(target, tensors)
        value = self._short_call(target, given, tensors, permuted)
        if not permuted:
            self._define_outputs(node, value)
            return True
        as_image = len(result.shape) == len(tensors[0].shape)
        (self.channels_first if as_image else self.values)[id(result)] = value
        if as_image and id(result) in self.returned:
            # what follows is to depend on the tensor returned: its gradient may be asked for
            self._value(result)
            del self.channels_first[id(result)]
        return True

    def _short_call(self, target: Any, given: Any, tensors: list[Any], permuted: bool) -> fx.Node:
        module = self.graph.get_attr(self.names[target])
        values = [(self._with_channels_first if permuted else self._argument)(t) for t in tensors]
        inputs = values if isinstance(given, list) else values[0]
        index = self.overwritable.place(target, tensors, values)
        if index is None:
            enter = target.in_graph_channels_first if permuted else target.in_graph
            value = self.graph.call_function(enter, (module, inputs))
        else:
            maker = self.graph.get_attr(self.names[self.overwritable.makers[values[index]]])
            arguments = (module, inputs, permuted, index, maker)
            value = self.graph.call_function(target.in_graph_over, arguments)
        self.overwritable.note(value, target)
        return value

    def _in_torch_order(self, target: Any, tensors: list[Any]) -> bool:
        """Return whether a module is to be fed with the channels at axis 1."""
        if target.takes_channels_first or not target.knows_order:
            return target.knows_order
        same_rank = len({len(tensor.shape) for tensor in tensors}) == 1
        return target.pointwise and same_rank and all(id(t) in self.channels_first for t in tensors)

    def _with_channels_first(self, tensor: KerasTensor) -> fx.Node:
        if id(tensor) not in self.channels_first:
            order = (0, len(tensor.shape) - 1, *range(1, len(tensor.shape) - 1))
            value = self.graph.call_method("permute", (self.values[id(tensor)], order))
            self.channels_first[id(tensor)] = value
        return self.channels_first[id(tensor)]

    def _value(self, tensor: KerasTensor) -> fx.Node:
        if id(tensor) not in self.values:
            order = (0, *range(2, len(tensor.shape)), 1)
            value = self.graph.call_method("permute", (self.channels_first[id(tensor)], order))
            self.values[id(tensor)] = value
        return self.values[id(tensor)]

    # ---- any call

    def _call(self, node: Node) -> fx.Node:
        target = node.target
        if not all(map(_is_fx_argument, tree.flatten((node.args, node.kwargs)))):
            return self._opaque_call(node)
        args, kwargs = self._arguments((node.args, node.kwargs))
        if isinstance(target, nn.Module):
            return self.graph.call_module(self.names[target], args, kwargs)
        if isinstance(target, str):
            return self.graph.call_method(target, args, kwargs)
        owner = module_of(target)
        if owner is not None:  # a bound method: compute_mask
            module = self.graph.get_attr(self.names[owner])
            return self.graph.call_method(target.__name__, (module, *args), kwargs)
        if not _has_plain_name(target):
            return self._opaque_call(node)
        return self.graph.call_function(target, args, kwargs)

    def _opaque_call(self, node: Node) -> fx.Node:
        values = tuple(self._value(tensor) for tensor in node.inputs)
        if isinstance(node.target, nn.Module):
            raise TypeError(
                f"{describe(node.target)} was called with an argument that is neither a tensor nor "
                f"a plain value: {node.args} {node.kwargs}."
            )
        return self.graph.call_function(_Call(node.target, node.args, node.kwargs), values)

    def _arguments(self, structure: Any) -> Any:
        return tree.map_structure(self._argument, structure)

    def _argument(self, leaf: Any) -> Any:
        if isinstance(leaf, KerasTensor):
            return self._value(leaf)
        if isinstance(leaf, VariableView) and leaf._layout is not None:
            return self.graph.call_function(
                _Call(leaf._layout.to_keras, (KerasTensor(()),), {}), (self._constant(leaf.owner),)
            )
        return self._constant(leaf) if isinstance(leaf, torch.Tensor) else leaf

    def _constant(self, tensor: torch.Tensor) -> fx.Node:
        self.constants.append(tensor)
        return self.graph.get_attr(f"{constants_name}.c{len(self.constants) - 1}")

    def _define_outputs(self, node: Node, value: fx.Node) -> None:
        for path, tensor in tree.flatten_with_path(node.outputs):
            if isinstance(tensor, KerasTensor):
                part = value
                for key in path:
                    part = self.graph.call_function(operator.getitem, (part, key))
                self.values[id(tensor)] = part


class _Call:
    """A function under a name that generated code can spell, with its constant arguments bound."""

    __module__ = __name__

    def __init__(self, target: Any, args: Any, kwargs: Any):
        self.__name__ = "call"
        self.target, self.structure = target, (args, kwargs)

    def __call__(self, *values: Any) -> Any:
        remaining = iter(values)
        args, kwargs = tree.map_structure(
            lambda leaf: next(remaining) if isinstance(leaf, KerasTensor) else leaf, self.structure
        )
        if isinstance(self.target, str):
            return getattr(args[0], self.target)(*args[1:], **kwargs)
        return self.target(*args, **kwargs)


def module_of(target: Any) -> nn.Module | None:
    """Return the module that a node calls, itself or a method of it; None for a function."""
    if isinstance(target, types.MethodType):
        target = target.__self__
    return target if isinstance(target, nn.Module) else None


def _argument_name(name: str, taken: set[str]) -> str:
    """Return an input's name as Python takes it for an argument, another for each input."""
    plain = re.sub(r"\W", "_", name)
    if not plain.isidentifier() or keyword.iskeyword(plain) or plain == "self":
        plain = f"_{plain}"
    while plain in taken:
        plain += "_"
    taken.add(plain)
    return plain


def _is_fx_argument(leaf: Any) -> bool:
    return isinstance(leaf, (KerasTensor, torch.Tensor, *_FX_TYPES))


def _has_plain_name(function: Any) -> bool:
    """Return whether generated code can spell the function: torch's own go by their names."""
    name = getattr(function, "__name__", "<none>")
    if not name.isidentifier() or isinstance(function, types.MethodType):
        return False
    module = getattr(function, "__module__", None) or "torch"
    homes = (sys.modules.get(module), torch, torch.nn.functional, torch.Tensor)
    return not module.startswith("torch") or any(
        getattr(home, name, None) is function for home in homes
    )
