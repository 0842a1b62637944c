"""Minimum: the smallest of several inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.layers.merging.base import Merge, fold_where_kept

__all__ = ["Minimum", "minimum"]


class Minimum(Merge):
    """The smallest of several inputs, element by element.

    Elements that a mask hides are left out wherever the other input's are not.

    Shape:
        a list of (batch, ...), equal sizes or 1 -> (batch, ...).

    Raises:
        ValueError: if the inputs' shapes do not match.

    Example:
        >>> import torch
        >>> Minimum()([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[1., 2.]])

    Source: keras.layers.Minimum.
    """

    pointwise = True  # for inputs of one rank; the graph sees to that

    def combine(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Return the minimum."""
        return fold_where_kept(torch.minimum, inputs, masks)


def minimum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return Minimum(**kwargs)(inputs).

    Args:
        inputs: the tensors to combine.
        **kwargs: arguments of the layer, such as `name`.

    Example:
        >>> import torch
        >>> minimum([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[1., 2.]])

    Source: keras.layers.minimum.
    """
    return Minimum(**kwargs)(inputs)
