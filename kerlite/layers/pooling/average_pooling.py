"""AveragePooling1D, AveragePooling2D, AveragePooling3D: the mean under a sliding window."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor
from torch.nn import functional as F

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

    @staticmethod
    def _pool(x: Tensor, size: Any, strides: Any, frame: Any, ceil_mode: bool) -> Tensor:
        # the CPU's kernel has no half precision
        x = x.float() if x.itemsize == 2 and x.is_cpu else x
        if not ceil_mode or all(n >= width for n, width in zip(x.shape[2:], size, strict=True)):
            return F.avg_pool3d(x, size, strides, frame, ceil_mode, count_include_pad=False)
        # torch refuses windows larger than the input; the mean of a box is a mean of means
        (first, *others), (step, *steps), (before, *border) = size, strides, frame
        planes = F.avg_pool2d(x.flatten(0, 1), others, steps, border, ceil_mode, False)
        lines = planes.flatten(2), (first, 1), (step, 1), (before, 0)
        return F.avg_pool2d(*lines, ceil_mode, False).reshape(*x.shape[:2], -1, *planes.shape[2:])
