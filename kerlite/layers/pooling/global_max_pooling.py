"""GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D: each channel's largest number."""

from __future__ import annotations

import torch

from kerlite.layers.pooling.base_global import BaseGlobalPooling

__all__ = ["GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"]


class GlobalMaxPooling1D(BaseGlobalPooling):
    """The largest number of each channel over all steps.

    Args:
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        keepdims: whether the dimension of the steps stays, with size 1.

    Shape:
        (batch, steps, channels) -> (batch, channels), or (batch, 1, channels) with `keepdims`; the
        channels come second with "channels_first".

    Raises:
        ValueError: for inputs of another rank.

    Example:
        >>> import torch
        >>> GlobalMaxPooling1D()(torch.arange(4.0).reshape(1, 2, 2))
        tensor([[2., 3.]])

    Source: keras.layers.GlobalMaxPooling1D.
    """

    rank = 1
    _reduce = staticmethod(torch.amax)


class GlobalMaxPooling2D(BaseGlobalPooling):
    """The largest number of each channel over both dimensions of space.

    Args:
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        keepdims: whether the dimensions of space stay, with size 1.

    Shape:
        (batch, height, width, channels) -> (batch, channels), or (batch, 1, 1, channels) with
        `keepdims`; the channels come second with "channels_first".

    Raises:
        ValueError: for inputs of another rank.

    Example:
        >>> import torch
        >>> GlobalMaxPooling2D()(torch.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[6., 7.]])

    Source: keras.layers.GlobalMaxPooling2D.
    """

    rank = 2
    _reduce = staticmethod(torch.amax)


class GlobalMaxPooling3D(BaseGlobalPooling):
    """The largest number of each channel over all three dimensions of space.

    Args:
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        keepdims: whether the dimensions of space stay, with size 1.

    Shape:
        (batch, d1, d2, d3, channels) -> (batch, channels), or (batch, 1, 1, 1, channels) with
        `keepdims`; the channels come second with "channels_first".

    Raises:
        ValueError: for inputs of another rank.

    Example:
        >>> import torch
        >>> GlobalMaxPooling3D()(torch.arange(16.0).reshape(1, 2, 2, 2, 2))
        tensor([[14., 15.]])

    Source: keras.layers.GlobalMaxPooling3D.
    """

    rank = 3
    _reduce = staticmethod(torch.amax)
