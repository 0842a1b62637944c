"""Subtract: the difference of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.layers.merging.base import Merge

__all__ = ["Subtract", "subtract"]


class Subtract(Merge):
    """The first of two inputs minus the second, element by element.

    Shape:
        a list of (batch, ...), equal sizes or 1 -> (batch, ...).

    Raises:
        ValueError: if the inputs' shapes do not match, or there are not two.

    Example:
        >>> import torch
        >>> Subtract()([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[-3.,  3.]])

    Source: keras.layers.Subtract.
    """

    pointwise = True  # for inputs of one rank; the graph sees to that

    def combine(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Return the difference."""
        return inputs[0] - inputs[1]

    def checked_list(self, shapes: Any) -> Any:
        """Return the shapes of the two inputs."""
        if len(super().checked_list(shapes)) != 2:
            raise ValueError(
                f"{self.described} takes two tensors; received {len(shapes)}, of shapes {shapes}."
            )
        return shapes


def subtract(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return Subtract(**kwargs)(inputs).

    Args:
        inputs: the tensors to combine.
        **kwargs: arguments of the layer, such as `name`.

    Example:
        >>> import torch
        >>> subtract([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[-3.,  3.]])

    Source: keras.layers.subtract.
    """
    return Subtract(**kwargs)(inputs)
