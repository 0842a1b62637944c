"""Add: the sum of several inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.layers.in_graph import call_over_in_graph
from kerlite.layers.merging.base import Merge

__all__ = ["Add", "add"]


class Add(Merge):
    """The sum of several inputs, element by element.

    Shape:
        a list of (batch, ...), equal sizes or 1 -> (batch, ...).

    Raises:
        ValueError: if the inputs' shapes do not match.

    Example:
        >>> import torch
        >>> Add()([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[5., 7.]])

    Source: keras.layers.Add.
    """

    pointwise = True  # for inputs of one rank; the graph sees to that
    makes_new = overwrites = True  # as `Overwritable` means it
    in_graph_over = staticmethod(call_over_in_graph)

    def combine(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Return the sum."""
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total

    def overwrite(self, inputs: Sequence[Tensor], index: int) -> Tensor:
        """Return the sum of two in the place of one of them."""
        return inputs[index].add_(inputs[1 - index])


def add(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return Add(**kwargs)(inputs).

    Args:
        inputs: the tensors to combine.
        **kwargs: arguments of the layer, such as `name`.

    Example:
        >>> import torch
        >>> add([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[5., 7.]])

    Source: keras.layers.add.
    """
    return Add(**kwargs)(inputs)
