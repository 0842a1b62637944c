"""MaxPooling1D, MaxPooling2D, MaxPooling3D: the largest number under a sliding window."""

from __future__ import annotations

from typing import Any

from torch.nn import functional as F

from kerlite.core.pooling import most_on_lines
from kerlite.layers.pooling.base import BasePooling

__all__ = ["MaxPooling1D", "MaxPooling2D", "MaxPooling3D"]


class MaxPooling1D(BasePooling):
    """The largest number under a window that slides over sequences.

    Args:
        pool_size: size of the window.
        strides: how far the window moves; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        name: a name.

    Shape:
        (batch, steps, channels) -> (batch, new steps, channels), the channels second with
        "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> MaxPooling1D(2)(torch.arange(4.0).reshape(1, 4, 1)).flatten()
        tensor([1., 3.])

    Source: keras.layers.MaxPooling1D.
    """

    rank = 1
    _pool = staticmethod(most_on_lines)

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)


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
        >>> MaxPooling2D(2)(torch.arange(16.0).reshape(1, 4, 4, 1)).flatten()
        tensor([ 5.,  7., 13., 15.])

    Source: keras.layers.MaxPooling2D.
    """

    rank = 2
    _pool = staticmethod(F.max_pool2d)

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


class MaxPooling3D(BasePooling):
    """The largest number under a window that slides over three dimensions of space.

    Args:
        pool_size: size of the window in each dimension; one number for all.
        strides: how far the window moves in each direction; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        name: a name.

    Shape:
        (batch, d1, d2, d3, channels) -> (batch, new d1, new d2, new d3, channels), the
        channels second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> MaxPooling3D(2)(torch.arange(16.0).reshape(1, 2, 2, 4, 1)).flatten()
        tensor([13., 15.])

    Source: keras.layers.MaxPooling3D.
    """

    rank = 3
    _pool = staticmethod(F.max_pool3d)

    def __init__(
        self,
        pool_size: Any = (2, 2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)
