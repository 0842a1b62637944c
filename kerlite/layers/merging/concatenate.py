"""Concatenate: several inputs one after the other along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.layers.merging.base import Merge

__all__ = ["Concatenate", "concatenate"]


class Concatenate(Merge):
    """Several inputs one after the other along an axis.

    If any input has a mask, the output has one, in which inputs without are kept whole.

    Args:
        axis: the axis along which sizes add up.

    Shape:
        a list of (batch, ...), equal but for the axis -> the same, with the sum of its sizes there.

    Raises:
        ValueError: if the inputs' shapes do not match, or they have no such axis.

    Example:
        >>> import torch
        >>> Concatenate()([torch.ones(2, 3), torch.ones(2, 4)]).shape
        torch.Size([2, 7])

    Source: keras.layers.Concatenate.
    """

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Sequence[Tensor]) -> Tensor:  # type: ignore[override]
        """Return the inputs in one tensor."""
        return torch.cat(list(inputs), self.axis)

    def compute_output_shape(
        self, input_shape: Sequence[tuple[int | None, ...]]
    ) -> tuple[int | None, ...]:
        """Return the common shape, with the sum of the sizes at the axis."""
        shapes = self.checked_list(input_shape)
        rank = len(shapes[0])
        if len({len(shape) for shape in shapes}) > 1 or not -rank <= self.axis < rank:
            raise self._mismatch(shapes)
        columns = [set(column) for column in zip(*shapes, strict=True)]
        sizes = [next(iter(column - {None}), None) for column in columns]
        axis = self.axis % rank
        if any(len(column - {None}) > 1 for i, column in enumerate(columns) if i != axis):
            raise self._mismatch(shapes)
        along = [shape[axis] for shape in shapes]
        sizes[axis] = None if None in along else sum(along)  # type: ignore[arg-type]
        return tuple(sizes)

    def _mismatch(self, shapes: Any) -> ValueError:
        return ValueError(
            f"{self.described} cannot join inputs of shapes {list(shapes)} along axis={self.axis}: "
            "they must have that axis, and equal sizes at all others. Reshape the inputs, or "
            "choose another axis."
        )

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the masks in one, all true for inputs without, if any input has one."""
        if mask is None or all(one is None for one in mask):
            return None
        wide = [_mask_of_elements(x, one) for x, one in zip(inputs, mask, strict=True)]
        return torch.cat(wide, self.axis).any(-1)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """Return Concatenate(axis, **kwargs)(inputs).

    Args:
        inputs: the tensors to join.
        axis: the axis along which sizes add up.
        **kwargs: arguments of the layer, such as `name`.

    Example:
        >>> import torch
        >>> concatenate([torch.zeros(1, 2), torch.ones(1, 1)])
        tensor([[0., 0., 1.]])

    Source: keras.layers.concatenate.
    """
    return Concatenate(axis, **kwargs)(inputs)


def _mask_of_elements(x: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return torch.ones_like(x, dtype=torch.bool)
    while mask.ndim < x.ndim:
        mask = mask.unsqueeze(-1)
    return mask.expand(x.shape)
