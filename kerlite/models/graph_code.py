"""The code that runs a model's graph, for inputs with masks and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from kerlite.core import tree
from kerlite.core.graph import Graph, Modules
from kerlite.core.tensor import KerasTensor
from kerlite.layers.calls import state
from kerlite.layers.masks import set_masks
from kerlite.models.function import replayed

__all__ = ["GraphCode"]


class GraphCode:
    """Runs a graph on a model's modules, by the code that torch.fx generates from it.

    Args:
        owner: the model.
        graph: its graph.
        names: the owner's attributes that are the graph's modules, in order.
    """

    def __init__(self, owner: nn.Module, graph: Graph, names: list[str]):
        self.graph, self.names = graph, dict(zip(graph.modules, names, strict=True))
        self.modules = Modules(owner)
        self._run: Callable[..., Any] = graph.function(self.names)
        self._gives_masks = _has_masks(graph)
        self._masked: dict[tuple[bool, ...], tuple[Callable[..., Any], bool]] = {}

    def __call__(self, flat: list[Any], mask: Any = None) -> Any:
        """Return the outputs for the flat inputs; outputs that have masks carry them.

        Args:
            flat: the inputs, in order.
            mask: the masks that they carry, in the same structure, or None.
        """
        run, gives_masks = self._run, self._gives_masks
        if mask is not None:
            run, gives_masks, flat = self._for_masks(flat, tree.flatten(mask))
        outer, state.explicit_masks = state.explicit_masks, True
        try:
            outputs = run(self.modules, *flat)
        finally:
            state.explicit_masks = outer
        if gives_masks:
            outputs, masks = outputs
            set_masks(outputs, masks)
            state.eager_masks = True
        return outputs

    def _for_masks(self, flat: list[Any], masks: list[Any]) -> Any:
        """Return the code for inputs of which some carry masks, and what to feed it."""
        present = tuple(one is not None for one in masks)
        if not any(present):
            return self._run, self._gives_masks, flat
        if present not in self._masked:
            graph = _with_masks(self.graph, present)
            self._masked[present] = graph.function(self.names), _has_masks(graph)
        return *self._masked[present], [*flat, *(one for one in masks if one is not None)]


def _has_masks(graph: Graph) -> bool:
    return any(mask is not None for mask in graph.output_masks)


def _with_masks(graph: Graph, present: tuple[bool, ...]) -> Graph:
    """Return the graph for inputs that carry masks, which become inputs behind the others."""
    fed, masks = [], []
    for tensor, masked in zip(graph.flat_inputs, present, strict=True):
        new = KerasTensor(tensor.shape, tensor.dtype, name=tensor.name)
        if masked:
            new._keras_mask = KerasTensor(tensor.shape[:2], "bool", name=f"{tensor.name}_mask")
            masks.append(new._keras_mask)
        fed.append(new)
    return Graph([*fed, *masks], replayed(graph, fed))
