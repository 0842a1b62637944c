"""GlobalMaxPooling2D: the largest number of each channel."""

from __future__ import annotations

from torch import Tensor

from kerlite.layers.pooling.base import BaseGlobalPooling

__all__ = ["GlobalMaxPooling2D"]


class GlobalMaxPooling2D(BaseGlobalPooling):
    """The largest number of each channel over both dimensions of space.

    Args:
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        keepdims: whether the dimensions of space stay, with size 1.

    Shape:
        (batch, height, width, channels) -> (batch, channels), or (batch, 1, 1, channels) with
        `keepdims`; the channels come second with "channels_first".

    Example:
        >>> import torch
        >>> GlobalMaxPooling2D()(torch.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[6., 7.]])

    Source: keras.layers.GlobalMaxPooling2D.
    """

    rank = 2

    def reduce(self, inputs: Tensor, axes: tuple[int, ...], keepdims: bool) -> Tensor:
        """Return the maximum over the axes."""
        return inputs.amax(axes, keepdim=keepdims)
