"""DepthwiseConv1D: convolution of each channel of sequences by itself."""

from __future__ import annotations

from torch import nn
from torch.nn import functional as F

from kerlite.layers.conv.base_depthwise import BaseDepthwiseConv

__all__ = ["DepthwiseConv1D"]


class DepthwiseConv1D(BaseDepthwiseConv, nn.Conv1d):
    """A convolution of each channel by itself, over one dimension, steps in time for instance.

    output[n, t, c * depth_multiplier + m] = activation(the bias + the sum over i of inputs[n, t *
    strides + i * dilation, c] * kernel[i, c, m]). It is an `nn.Conv1d` with as many groups as
    channels: `weight` is (channels * depth_multiplier, 1, length) as torch keeps it, `kernel` sees
    it as (length, channels, depth_multiplier).

    Args:
        kernel_size: length of the window.
        strides: how far the window moves.
        padding: "valid" for none, "same" for an output of size ceil(input / strides): zeros are
            added on both sides, the odd one at the end.
        depth_multiplier: channels that each channel of the input gives, >= 1.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: distance between the elements of the window.
        activation: what follows; none by default.
        use_bias: whether a bias is added.
        depthwise_initializer: first values of the depthwise kernel.
        bias_initializer: first values of the bias.
        depthwise_regularizer: penalty on the depthwise kernel.
        bias_regularizer: penalty on the bias.
        activity_regularizer: penalty on the output.
        depthwise_constraint: what the depthwise kernel must satisfy after each update.
        bias_constraint: what the bias must satisfy after each update.

    Shape:
        (batch, steps, channels) -> (batch, new steps, channels * depth_multiplier), the channels
        second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> layer = DepthwiseConv1D(3, strides=2, padding="same", depth_multiplier=4)
        >>> layer(torch.ones(2, 10, 3)).shape, layer.kernel.shape, layer.weight.shape
        (torch.Size([2, 5, 12]), torch.Size([3, 3, 4]), torch.Size([12, 1, 3]))

    Source: keras.layers.DepthwiseConv1D.
    """

    rank = 1
    _kernel_function = staticmethod(F.conv2d)
