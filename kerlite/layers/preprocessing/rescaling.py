"""Rescaling: numbers moved to another range."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core import config
from kerlite.layers.base import Layer

__all__ = ["Rescaling"]


class Rescaling(Layer):
    """Numbers moved to another range: inputs * scale + offset, as floating-point numbers.

    Images of bytes become floats here, on the device: 1 / 255 maps them to [0, 1], 1 / 127.5 with
    offset -1 to [-1, 1].

    Args:
        scale: factor; one number, or an array with one for each channel.
        offset: what is added after; likewise.

    Shape:
        any -> the same.

    Example:
        >>> import torch
        >>> Rescaling(1 / 127.5, offset=-1)(torch.tensor([0, 255], dtype=torch.uint8))
        tensor([-1.,  1.])

    Source: keras.layers.Rescaling.
    """

    supports_masking = True
    _scale: Tensor | None
    _offset: Tensor | None

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset
        self.register_buffer("_scale", self._for_channels(scale), persistent=False)
        self.register_buffer("_offset", self._for_channels(offset), persistent=False)
        self.pointwise = self._scale is None and self._offset is None
        self.build_at_init()

    def _for_channels(self, value: Any) -> Tensor | None:
        """Return an array as a tensor that broadcasts to inputs; None for a single number."""
        array = np.asarray(value)
        if not array.ndim:
            return None
        if config.image_data_format() == "channels_first" and array.ndim < 3:
            array = array.reshape(array.shape + (1,) * (3 - array.ndim))
        return torch.as_tensor(array, dtype=self._torch_dtype, device=config.device())

    def call(self, inputs: Tensor) -> Tensor:
        """Return inputs * scale + offset."""
        scale = self.scale if self._scale is None else self._scale
        offset = self.offset if self._offset is None else self._offset
        scaled = inputs.to(self._torch_dtype) * scale
        return scaled if offset is self.offset and not offset else scaled + offset

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
