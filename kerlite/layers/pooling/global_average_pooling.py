"""GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D: each channel's mean."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.layers.pooling.base_global import BaseGlobalPooling

__all__ = ["GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"]


class GlobalAveragePooling1D(BaseGlobalPooling):
    """The mean of each channel over all steps.

    Call:
        inputs: a tensor.
        mask: which steps count, (batch, steps); by default that of the inputs. A sequence of which
            no step counts has the mean NaN.

    Args:
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        keepdims: whether the dimension of the steps stays, with size 1.

    Shape:
        (batch, steps, channels) -> (batch, channels), or (batch, 1, channels) with `keepdims`; the
        channels come second with "channels_first".

    Raises:
        ValueError: for inputs of another rank, or a mask of another shape.

    Example:
        >>> import torch
        >>> GlobalAveragePooling1D()(torch.arange(4.0).reshape(1, 2, 2))
        tensor([[1., 2.]])

    Source: keras.layers.GlobalAveragePooling1D.
    """

    rank = 1
    _reduce = staticmethod(torch.mean)
    supports_masking = True
    makes_masks = False

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        """Return the mean of each channel, of the steps that count."""
        if mask is None:
            return super().call(inputs)
        (steps,) = self._space
        if mask.ndim != 2 or mask.shape[1] != inputs.shape[steps]:
            raise ValueError(
                f"{self.described} needs a mask of shape (batch, steps); received one of shape "
                f"{tuple(mask.shape)} for inputs of shape {tuple(inputs.shape)}."
            )
        kept = mask.bool().unsqueeze(3 - steps)
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        wide = torch.float32 if x.itemsize == 2 else x.dtype
        total = torch.where(kept, x, 0).sum(steps, self.keepdims, dtype=wide)
        return (total / kept.sum(steps, self.keepdims)).to(x.dtype)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return None: no steps are left."""


class GlobalAveragePooling2D(BaseGlobalPooling):
    """The mean of each channel over both dimensions of space.

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
        >>> GlobalAveragePooling2D()(torch.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[3., 4.]])

    Source: keras.layers.GlobalAveragePooling2D.
    """

    rank = 2
    _reduce = staticmethod(torch.mean)


class GlobalAveragePooling3D(BaseGlobalPooling):
    """The mean of each channel over all three dimensions of space.

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
        >>> GlobalAveragePooling3D()(torch.arange(16.0).reshape(1, 2, 2, 2, 2))
        tensor([[7., 8.]])

    Source: keras.layers.GlobalAveragePooling3D.
    """

    rank = 3
    _reduce = staticmethod(torch.mean)
