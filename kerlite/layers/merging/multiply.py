"""Multiply: the product of several inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.layers.merging.base import Merge

__all__ = ["Multiply", "multiply"]


class Multiply(Merge):
    """The product of several inputs, element by element.

    Elements that a mask hides count as 1; where all inputs have masks, those hidden in all give 0.

    Shape:
        a list of (batch, ...), equal sizes or 1 -> (batch, ...).

    Raises:
        ValueError: if the inputs' shapes do not match.

    Example:
        >>> import torch
        >>> Multiply()([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[ 4., 10.]])

    Source: keras.layers.Multiply.
    """

    pointwise = True  # for inputs of one rank; the graph sees to that

    def combine(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Return the product."""
        kept = [None if m is None else m.unsqueeze(-1) for m in masks]
        product = None
        for x, mask in zip(inputs, kept, strict=True):
            shown = x if mask is None else x.masked_fill(~mask, 1)
            product = shown if product is None else product * shown
        if any(mask is None for mask in kept):
            return product  # type: ignore[return-value]
        return product * torch.stack(torch.broadcast_tensors(*kept)).any(0)  # type: ignore[operator]


def multiply(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return Multiply(**kwargs)(inputs).

    Args:
        inputs: the tensors to combine.
        **kwargs: arguments of the layer, such as `name`.

    Example:
        >>> import torch
        >>> multiply([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[ 4., 10.]])

    Source: keras.layers.multiply.
    """
    return Multiply(**kwargs)(inputs)
