"""Softmax: numbers along an axis as probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite import activations
from kerlite.layers.base import Layer

__all__ = ["Softmax"]


class Softmax(Layer):
    """Numbers along an axis as probabilities: exp(x) / sum(exp(x)).

    Call:
        inputs: a tensor.
        mask: which elements count, a tensor that broadcasts to the inputs: True, or more than 0.5.
            The others get probability 0.

    Args:
        axis: the axis, or several that are normalised together.

    Shape:
        any -> the same.

    Raises:
        ValueError: if a mask does not broadcast to the inputs.

    Example:
        >>> import torch
        >>> Softmax()(torch.zeros(1, 3), mask=torch.tensor([[True, True, False]]))
        tensor([[0.5000, 0.5000, 0.0000]])

    Source: keras.layers.Softmax.
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis
        axes = [axis] if isinstance(axis, int) else list(axis)
        self._axes = axes[0] if len(axes) == 1 else tuple(axes)
        self.build_at_init()

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the probabilities."""
        if mask is None:
            return activations.softmax(inputs, self._axes)
        self._check_mask(tuple(mask.shape), tuple(inputs.shape))
        hidden = ~mask if mask.dtype is torch.bool else mask <= 0.5
        kept = inputs.masked_fill(hidden, torch.finfo(inputs.dtype).min)
        return activations.softmax(kept, self._axes).masked_fill(hidden, 0.0)

    def _check_mask(self, mask: tuple[int, ...], inputs: tuple[int, ...]) -> None:
        pairs = zip(reversed(mask), reversed(inputs), strict=False)
        if len(mask) > len(inputs) or any(m not in (1, size) for m, size in pairs):
            raise ValueError(
                f"{self.described} needs a mask that broadcasts to its inputs of shape {inputs}; "
                f"received one of shape {mask}. Add axes of size 1 where it is to be repeated."
            )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
