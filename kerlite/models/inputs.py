"""What a functional model does with its input before its graph runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes, tree
from kerlite.core.graph import Graph
from kerlite.core.tensor import KerasTensor
from kerlite.layers.moving import converted_dtype

__all__ = ["InputAdapter"]


class InputAdapter:
    """Brings inputs into the order, the types and the ranks that a graph's inputs have.

    Args:
        graph: the graph to feed.
        names: the names of its inputs, by which a dict is matched.
        owner: the model's name, for errors.
    """

    def __init__(self, graph: Graph, names: list[str], owner: str):
        self.owner, self.names = owner, names
        self.structure = tree.map_structure(lambda tensor: None, graph.inputs)
        self.single = isinstance(graph.inputs, KerasTensor)
        self.shapes = [tensor.shape for tensor in graph.flat_inputs]
        self.dtypes = [dtypes.to_torch_dtype(tensor.dtype) for tensor in graph.flat_inputs]
        self.optional = [
            getattr(getattr(t.producer, "target", None), "optional", False)
            for t in graph.flat_inputs
        ]

    def __call__(self, inputs: Any, check: bool = True) -> list[Any]:
        """Return the flat list of tensors to feed.

        Raises:
            ValueError: if an input is missing, or has another shape than the model's input.
        """
        flat = [inputs] if self.single and isinstance(inputs, Tensor) else self._flatten(inputs)
        if not check:
            return flat
        if len(flat) == 1:
            return [self._fitted(0, flat[0])]
        return [self._fitted(index, tensor) for index, tensor in enumerate(flat)]

    def follow(self, fn: Callable[..., Tensor]) -> None:
        """Take the number types that the weights have after `to`, `double` and the like."""
        self.dtypes = [converted_dtype(dtype, fn) for dtype in self.dtypes]

    def _flatten(self, inputs: Any) -> list[Any]:
        if isinstance(inputs, dict) and not isinstance(self.structure, dict):
            missing = [name for name in self.names if name not in inputs]
            if missing:
                raise self._missing(missing, inputs)
            return [inputs[name] for name in self.names]
        if isinstance(inputs, dict):
            missing = [key for key in self.structure if key not in inputs]
            if missing:
                raise self._missing(missing, inputs)
            return tree.flatten({key: inputs[key] for key in self.structure})
        flat = tree.flatten(inputs)
        if len(flat) != len(self.shapes):
            raise ValueError(
                f"The model {self.owner!r} takes {len(self.shapes)} input(s) {self.names}, but "
                f"received {len(flat)}. Pass them in that order, or as a dict by name."
            )
        return flat

    def _missing(self, missing: list[Any], inputs: dict[Any, Any]) -> ValueError:
        return ValueError(
            f"The model {self.owner!r} misses the input(s) {missing}; the dict given has the keys "
            f"{list(inputs)}."
        )

    def _fitted(self, index: int, tensor: Any) -> Any:
        if tensor is None:
            if self.optional[index]:
                return None
            raise ValueError(
                f"The input {self.names[index]!r} of the model {self.owner!r} is None. Only an "
                "input made with optional=True may be left out."
            )
        if not isinstance(tensor, (Tensor, KerasTensor)):
            tensor = torch.as_tensor(tensor)
        if tensor.dtype is not self.dtypes[index] and isinstance(tensor, Tensor):
            tensor = tensor.to(self.dtypes[index])
        shape = self.shapes[index]
        if tensor.ndim != len(shape):
            tensor = self._with_rank_of(index, tensor)
        for size, wanted in zip(tensor.shape, shape, strict=True):
            if wanted is not None and size != wanted:
                raise self._misfit(index, tensor)
        return tensor

    def _with_rank_of(self, index: int, tensor: Tensor) -> Tensor:
        shape = self.shapes[index]
        if tensor.ndim == len(shape) + 1 and tensor.shape[-1] == 1:
            return tensor.squeeze(-1)
        if tensor.ndim == len(shape) - 1 and shape[-1] == 1:
            return tensor.unsqueeze(-1)
        raise self._misfit(index, tensor)

    def _misfit(self, index: int, tensor: Tensor) -> ValueError:
        return ValueError(
            f"The model {self.owner!r} expects its input {self.names[index]!r} to have the shape "
            f"{self.shapes[index]}, but received {tuple(tensor.shape)}. The first dimension is the "
            "batch: a single sample x goes in as x[None]."
        )
