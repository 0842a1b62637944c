"""Average: the mean of several inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.layers.merging.base import Merge

__all__ = ["Average", "average"]


class Average(Merge):
    """The mean of several inputs, element by element.

    Shape:
        a list of (batch, ...), equal sizes or 1 -> (batch, ...).

    Raises:
        ValueError: if the inputs' shapes do not match.

    Example:
        >>> import torch
        >>> Average()([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[2.5000, 3.5000]])

    Source: keras.layers.Average.
    """

    pointwise = True  # for inputs of one rank; the graph sees to that

    def combine(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Return the mean."""
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total / len(inputs)


def average(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return Average(**kwargs)(inputs).

    Args:
        inputs: the tensors to combine.
        **kwargs: arguments of the layer, such as `name`.

    Example:
        >>> import torch
        >>> average([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[2.5000, 3.5000]])

    Source: keras.layers.average.
    """
    return Average(**kwargs)(inputs)
