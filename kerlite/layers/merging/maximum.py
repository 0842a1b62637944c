"""Maximum: the largest of several inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.layers.merging.base import Merge, fold_where_kept

__all__ = ["Maximum", "maximum"]


class Maximum(Merge):
    """The largest of several inputs, element by element.

    Elements that a mask hides are left out wherever the other input's are not.

    Shape:
        a list of (batch, ...), equal sizes or 1 -> (batch, ...).

    Raises:
        ValueError: if the inputs' shapes do not match.

    Example:
        >>> import torch
        >>> Maximum()([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[4., 5.]])

    Source: keras.layers.Maximum.
    """

    pointwise = True  # for inputs of one rank; the graph sees to that

    def combine(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Return the maximum."""
        return fold_where_kept(torch.maximum, inputs, masks)


def maximum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return Maximum(**kwargs)(inputs).

    Args:
        inputs: the tensors to combine.
        **kwargs: arguments of the layer, such as `name`.

    Example:
        >>> import torch
        >>> maximum([torch.tensor([[1.0, 5.0]]), torch.tensor([[4.0, 2.0]])])
        tensor([[4., 5.]])

    Source: keras.layers.maximum.
    """
    return Maximum(**kwargs)(inputs)
