"""MaxPooling2D: the largest number under a sliding window."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.layers.pooling.base import BasePooling

__all__ = ["MaxPooling2D"]


class MaxPooling2D(BasePooling):
    """The largest number under a window that slides over two dimensions of space.

    Args:
        pool_size: height and width of the window; one number for both.
        strides: how far the window moves in each direction; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border.
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
        >>> MaxPooling2D(2)(x).flatten()
        tensor([ 5.,  7., 13., 15.])

    Source: keras.layers.MaxPooling2D.
    """

    rank = 2

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)

    @staticmethod
    def _pool(x: Tensor, size: Any, strides: Any, frame: Any, ceil_mode: bool) -> Tensor:
        return F.max_pool2d(x, size, strides, frame, ceil_mode=ceil_mode)
