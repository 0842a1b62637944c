"""UnitNormalization: each sample with length 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.norm.axes import checked_axis
from kerlite.ops.nn.normalization import scaled_to_length

__all__ = ["UnitNormalization"]


class UnitNormalization(Layer):
    """Each sample divided by its length (the root of the sum of squares) along some axes.

    Args:
        axis: the axis, or several, along which the length is measured.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the input has no such axis.
        TypeError: if `axis` is neither a whole number nor several.

    Example:
        >>> import torch
        >>> UnitNormalization()(torch.tensor([[3.0, 4.0], [0.0, -2.0]]))
        tensor([[ 0.6000,  0.8000],
                [ 0.0000, -1.0000]])

    Source: keras.layers.UnitNormalization. The gradient is finite for samples of zeros, too, and
    squares that half precision cannot hold are summed in float32.
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis: Any = checked_axis(axis, self.described)
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        self._axes = tuple(axes)
        self._fewest = max((axis + 1 if axis >= 0 else -axis for axis in axes), default=0)
        self.input_spec = InputSpec(min_ndim=self._fewest)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs with length 1."""
        if inputs.ndim < self._fewest:
            self._check_inputs((inputs,))
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        return scaled_to_length(x, self._axes, 2, 1e-12)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
