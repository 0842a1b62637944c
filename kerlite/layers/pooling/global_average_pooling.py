"""GlobalAveragePooling2D: the mean of each channel."""

from __future__ import annotations

from torch import Tensor

from kerlite.layers.pooling.base import BaseGlobalPooling

__all__ = ["GlobalAveragePooling2D"]


class GlobalAveragePooling2D(BaseGlobalPooling):
    """The mean of each channel over both dimensions of space.

    Args:
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        keepdims: whether the dimensions of space stay, with size 1.

    Shape:
        (batch, height, width, channels) -> (batch, channels), or (batch, 1, 1, channels) with
        `keepdims`; the channels come second with "channels_first".

    Example:
        >>> import torch
        >>> GlobalAveragePooling2D()(torch.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[3., 4.]])

    Source: keras.layers.GlobalAveragePooling2D.
    """

    rank = 2

    def reduce(self, inputs: Tensor, axes: tuple[int, ...], keepdims: bool) -> Tensor:
        """Return the mean over the axes."""
        return inputs.mean(axes, keepdim=keepdims)
