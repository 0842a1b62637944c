"""AveragePooling1D, AveragePooling2D, AveragePooling3D: the mean under a sliding window."""

from __future__ import annotations

from functools import partial

from torch.nn import functional as F

from kerlite.core.pooling import means_in_boxes
from kerlite.layers.pooling.base import BasePooling

__all__ = ["AveragePooling1D", "AveragePooling2D", "AveragePooling3D"]


class AveragePooling1D(BasePooling):
    """The mean under a window that slides over sequences.

    Args:
        pool_size: size of the window.
        strides: how far the window moves; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border; what lies outside does not
            count.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        name: a name.

    Shape:
        (batch, steps, channels) -> (batch, new steps, channels), the channels second with
        "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> AveragePooling1D(2)(torch.arange(4.0).reshape(1, 4, 1)).flatten()
        tensor([0.5000, 2.5000])

    Source: keras.layers.AveragePooling1D. Keras's torch backend counts border elements twice
    where the padding is uneven; this layer counts as Keras does on TensorFlow.
    """

    rank = 1
    _pool = staticmethod(partial(F.avg_pool1d, count_include_pad=False))


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
        >>> AveragePooling2D(2)(torch.arange(16.0).reshape(1, 4, 4, 1)).flatten()
        tensor([ 2.5000,  4.5000, 10.5000, 12.5000])

    Source: keras.layers.AveragePooling2D. Keras's torch backend counts border elements twice
    where the padding is uneven; this layer counts as Keras does on TensorFlow.
    """

    rank = 2
    _pool = staticmethod(partial(F.avg_pool2d, count_include_pad=False))


class AveragePooling3D(BasePooling):
    """The mean under a window that slides over three dimensions of space.

    Args:
        pool_size: size of the window in each dimension; one number for all.
        strides: how far the window moves in each direction; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border; what lies outside does not
            count.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        name: a name.

    Shape:
        (batch, d1, d2, d3, channels) -> (batch, new d1, new d2, new d3, channels), the
        channels second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> AveragePooling3D(2)(torch.arange(16.0).reshape(1, 2, 2, 4, 1)).flatten()
        tensor([6.5000, 8.5000])

    Source: keras.layers.AveragePooling3D. Keras's torch backend counts border elements twice
    where the padding is uneven; this layer counts as Keras does on TensorFlow.
    """

    rank = 3

    _pool = staticmethod(means_in_boxes)
