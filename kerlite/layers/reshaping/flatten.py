"""Flatten: each sample as a vector."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from kerlite.core.config import standardize_data_format
from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec

__all__ = ["Flatten"]


class Flatten(Layer):
    """Each sample as a vector; the batch stays.

    Args:
        data_format: "channels_first" puts the channels last before flattening, so that a model
            gives the same vectors in either format; by default `image_data_format()`.

    Shape:
        (batch, ...) -> (batch, product of the other sizes); (batch,) -> (batch, 1).

    Example:
        >>> import torch
        >>> Flatten()(torch.ones(2, 3, 4)).shape
        torch.Size([2, 12])

    Source: keras.layers.Flatten.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self._first = self.data_format == "channels_first"
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return one vector a sample."""
        if inputs.ndim < 2:
            return inputs.unsqueeze(1)
        return (inputs.movedim(1, -1) if self._first else inputs).flatten(1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, size of a sample)."""
        sizes = input_shape[1:]
        return (input_shape[0], None if None in sizes else math.prod(sizes))  # type: ignore[arg-type]

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; the number type stays."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)
