"""AdaptiveAveragePooling1D, 2D and 3D: the means of parts, as many as are asked for."""

from __future__ import annotations

from torch.nn import functional as F

from kerlite.layers.pooling.base_adaptive import BaseAdaptivePooling

__all__ = ["AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"]


class AdaptiveAveragePooling1D(BaseAdaptivePooling):
    """The means of nearly equal parts of a sequence, as many as are asked for.

    Part i of n reaches from floor(i * size / n) to ceil((i + 1) * size / n); parts may overlap.

    Args:
        output_size: how many parts.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, steps, channels) -> (batch, output_size, channels), the channels second with
        "channels_first".

    Raises:
        ValueError: for sizes < 1, or inputs of another rank.

    Example:
        >>> import torch
        >>> AdaptiveAveragePooling1D(2)(torch.arange(5.0).reshape(1, 5, 1)).flatten()
        tensor([1., 3.])

    Source: keras.layers.AdaptiveAveragePooling1D.
    """

    rank = 1
    _pool = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAveragePooling2D(BaseAdaptivePooling):
    """The means of nearly equal parts of an image, as many as are asked for.

    Part i of n reaches from floor(i * size / n) to ceil((i + 1) * size / n); parts may overlap.

    Args:
        output_size: height and width; one number for both.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, height, width, channels) -> (batch, new height, new width, channels), the channels
        second with "channels_first".

    Raises:
        ValueError: for sizes < 1, or inputs of another rank.

    Example:
        >>> import torch
        >>> AdaptiveAveragePooling2D(2)(torch.arange(9.0).reshape(1, 3, 3, 1)).flatten()
        tensor([2., 3., 5., 6.])

    Source: keras.layers.AdaptiveAveragePooling2D.
    """

    rank = 2
    _pool = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAveragePooling3D(BaseAdaptivePooling):
    """The means of nearly equal parts of a volume, as many as are asked for.

    Part i of n reaches from floor(i * size / n) to ceil((i + 1) * size / n); parts may overlap.

    Args:
        output_size: the three sizes; one number for all.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, d1, d2, d3, channels) -> (batch, new d1, new d2, new d3, channels), the
        channels second with "channels_first".

    Raises:
        ValueError: for sizes < 1, or inputs of another rank.

    Example:
        >>> import torch
        >>> AdaptiveAveragePooling3D((1, 1, 3))(torch.arange(27.0).reshape(1, 3, 3, 3, 1)).flatten()
        tensor([12., 13., 14.])

    Source: keras.layers.AdaptiveAveragePooling3D.
    """

    rank = 3
    _pool = staticmethod(F.adaptive_avg_pool3d)
