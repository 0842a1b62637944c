"""Permute: the axes of each sample in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec

__all__ = ["Permute"]


class Permute(Layer):
    """The axes of each sample in another order; the batch stays first.

    Args:
        dims: the axes in their new order, the first after the batch being 1: (2, 1) swaps two.

    Shape:
        (batch, s1, s2, ...) -> (batch, s of dims[0], s of dims[1], ...).

    Raises:
        ValueError: if `dims` is not 1, 2, ..., n in some order.

    Example:
        >>> import torch
        >>> Permute((2, 1))(torch.ones(5, 10, 64)).shape
        torch.Size([5, 64, 10])

    Source: keras.layers.Permute.
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"{self.described} needs dims to be 1, 2, ..., n in some order (0, the batch, is "
                f"not among them); received {dims!r}."
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)
        self._order = (0, *self.dims)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return a view with the axes in the new order."""
        return inputs.permute(self._order)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the sizes in the new order."""
        return tuple(input_shape[axis] for axis in self._order)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; the number type stays."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)
