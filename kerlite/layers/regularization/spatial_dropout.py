"""SpatialDropout1D, SpatialDropout2D, SpatialDropout3D: whole channels dropped while training."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.layers.regularization.base_spatial_dropout import BaseSpatialDropout

__all__ = ["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"]


class SpatialDropout1D(BaseSpatialDropout, nn.Dropout1d):
    """While training, whole features of sequences set to zero, the rest scaled.

    Each feature of each sample is dropped with probability `rate`, at all steps together:
    neighbouring steps are so alike that dropping single elements would do little.

    Call:
        inputs: a tensor.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        rate: the share of the features that is dropped, in [0, 1].
        seed: a whole number, for random numbers that do not depend on anything else.
        name: a name.
        dtype: number type or policy.

    Shape:
        (batch, steps, features) -> the same.

    Raises:
        ValueError: if the rate lies outside [0, 1].

    Example:
        >>> import torch
        >>> SpatialDropout1D(0.5, seed=1)(torch.ones(1, 3, 4), training=True).sum(1).unique()
        tensor([0., 6.])

    Source: Tompson et al. 2014, arXiv:1411.4280; keras.layers.SpatialDropout1D.
    """

    rank = 1

    def __init__(
        self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None
    ):
        super().__init__(rate, "channels_last", seed, name, dtype)


class SpatialDropout2D(BaseSpatialDropout, nn.Dropout2d):
    """While training, whole channels of images set to zero, the rest scaled.

    Call:
        inputs: a tensor.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        rate: the share of the channels that is dropped, in [0, 1].
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        seed: a whole number, for random numbers that do not depend on anything else.
        name: a name.
        dtype: number type or policy.

    Shape:
        (batch, height, width, channels), or the channels second with "channels_first" -> the same.

    Raises:
        ValueError: if the rate lies outside [0, 1].

    Example:
        >>> import torch
        >>> images = SpatialDropout2D(0.5, seed=1)(torch.ones(1, 2, 2, 9), training=True)
        >>> images.sum((1, 2)).unique()
        tensor([0., 8.])

    Source: Tompson et al. 2014, arXiv:1411.4280; keras.layers.SpatialDropout2D.
    """

    rank = 2

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(rate, data_format, seed, name, dtype)


class SpatialDropout3D(BaseSpatialDropout, nn.Dropout3d):
    """While training, whole channels of volumes or films set to zero, the rest scaled.

    Call:
        inputs: a tensor.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        rate: the share of the channels that is dropped, in [0, 1].
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        seed: a whole number, for random numbers that do not depend on anything else.
        name: a name.
        dtype: number type or policy.

    Shape:
        (batch, d1, d2, d3, channels), or the channels second with "channels_first" -> the same.

    Raises:
        ValueError: if the rate lies outside [0, 1].

    Example:
        >>> import torch
        >>> SpatialDropout3D(1.0)(torch.ones(1, 2, 2, 2, 3), training=True).sum()
        tensor(0.)

    Source: Tompson et al. 2014, arXiv:1411.4280; keras.layers.SpatialDropout3D.
    """

    rank = 3

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(rate, data_format, seed, name, dtype)
