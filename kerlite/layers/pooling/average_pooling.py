"""AveragePooling2D: the mean under a sliding window."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.layers.pooling.base import BasePooling

__all__ = ["AveragePooling2D"]


class AveragePooling2D(BasePooling):
    """The mean under a window that slides over two dimensions of space.

    Args:
        pool_size: height and width of the window; one number for both.
        strides: how far the window moves in each direction; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border; what lies outside does not
            count.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        name: a name.

    Shape:
        (batch, height, width, channels) -> (batch, new height, new width, channels), the channels
        second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> x = torch.arange(16.0).reshape(1, 4, 4, 1)
        >>> AveragePooling2D(2)(x).flatten()
        tensor([ 2.5000,  4.5000, 10.5000, 12.5000])

    Source: keras.layers.AveragePooling2D. Keras's torch backend counts border elements twice where
    the padding is uneven; this layer counts as Keras does on TensorFlow.
    """

    rank = 2

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)

    @staticmethod
    def _pool(x: Tensor, size: Any, strides: Any, frame: Any, ceil_mode: bool) -> Tensor:
        return F.avg_pool2d(x, size, strides, frame, ceil_mode, count_include_pad=False)
