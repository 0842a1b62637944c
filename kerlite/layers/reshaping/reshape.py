"""Reshape: each sample in another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer

__all__ = ["Reshape"]


class Reshape(Layer):
    """Each sample in another shape; the batch stays.

    Args:
        target_shape: the new shape of a sample; one size may be -1, which follows from the rest.

    Shape:
        (batch, ...) -> (batch, *target_shape).

    Raises:
        ValueError: for sizes below -1, more than one -1, or a shape that holds another number of
            elements than a sample has.

    Example:
        >>> import torch
        >>> Reshape((-1, 2, 2))(torch.ones(5, 12)).shape
        torch.Size([5, 3, 2, 2])

    Source: keras.layers.Reshape.
    """

    checks_input_shape = True

    def __init__(self, target_shape: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        if any(size < -1 for size in self.target_shape) or self.target_shape.count(-1) > 1:
            raise ValueError(
                f"{self.described} needs sizes >= 0 and at most one -1; received "
                f"target_shape={target_shape!r}."
            )
        self._known = math.prod(size for size in self.target_shape if size != -1)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs in the new shape, a view where that is possible."""
        sizes = self.target_shape
        if -1 in sizes:  # worked out here, since torch cannot for an empty batch
            sizes = self._filled(inputs.shape[1:])
        return inputs.reshape(inputs.shape[0], *sizes)

    def _filled(self, sizes: Sequence[int]) -> tuple[int, ...]:
        rest = math.prod(sizes) // max(self._known, 1)
        return tuple(rest if size == -1 else size for size in self.target_shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, *target_shape)."""
        sizes = input_shape[1:]
        if None in sizes:
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        filled = self._filled(sizes)  # type: ignore[arg-type]
        if math.prod(filled) != math.prod(sizes):  # type: ignore[arg-type]
            raise ValueError(
                f"{self.described} cannot give the shape target_shape={self.target_shape} to "
                f"samples of shape {sizes}, which have another number of elements. "
                "Choose sizes whose product is that number; one may be -1."
            )
        return (input_shape[0], *filled)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; the number type stays."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)
