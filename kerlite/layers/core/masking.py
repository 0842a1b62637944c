"""Masking: steps that hold nothing but a given value count no more."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer

__all__ = ["Masking"]


class Masking(Layer):
    """Steps whose features all equal `mask_value` are masked, and set to zero.

    The output's mask is true where any feature differs from `mask_value`; layers that understand
    masks, LSTM for instance, skip the other steps. A mask of the inputs is not looked at.

    Args:
        mask_value: the number that fills steps without data.

    Shape:
        (batch, ..., features) -> the same; the mask is (batch, ...).

    Example:
        >>> import torch
        >>> x = Masking(mask_value=-1.0)(torch.tensor([[[1.0, 2.0], [-1.0, -1.0]]]))
        >>> x, x._keras_mask
        (tensor([[[1., 2.],
                 [0., 0.]]]), tensor([[ True, False]]))

    Source: keras.layers.Masking.
    """

    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs, masked steps set to zero."""
        empty = (inputs == self.mask_value).all(-1, keepdim=True)
        return inputs.masked_fill(empty, 0)

    def compute_mask(self, inputs: Tensor, mask: Any = None) -> Tensor:
        """Return which steps hold something else than the value."""
        return (inputs != self.mask_value).any(-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:  # type: ignore[override]
        """Return the input's shape and number type."""
        return KerasTensor(inputs.shape, inputs.dtype)
