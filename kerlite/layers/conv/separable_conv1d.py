"""SeparableConv1D: convolution of sequences, first in space and then across channels."""

from __future__ import annotations

from torch.nn import functional as F

from kerlite.layers.conv.base_separable import BaseSeparableConv

__all__ = ["SeparableConv1D"]


class SeparableConv1D(BaseSeparableConv):
    """A convolution over one dimension, first of each channel, then across channels.

    That is a convolution of each channel by itself, as DepthwiseConv1D makes it, and then one with
    a window of 1 across the channels that it gives. The bias and the activation come last.
    `depthwise_kernel` is (length, channels, depth_multiplier), `pointwise_kernel` is (1, channels *
    depth_multiplier, filters); the parameters `depthwise_weight` and `pointwise_weight` hold them
    as `nn.Conv1d` does.

    Args:
        filters: channels of the output, >= 1.
        kernel_size: length of the window.
        strides: how far the window moves.
        padding: "valid" for none, "same" for an output of size ceil(input / strides): zeros are
            added on both sides, the odd one at the end.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: distance between the elements of the window.
        depth_multiplier: channels that each channel of the input gives, >= 1.
        activation: what follows; none by default.
        use_bias: whether a bias is added.
        depthwise_initializer: first values of the depthwise kernel.
        pointwise_initializer: first values of the pointwise kernel.
        bias_initializer: first values of the bias.
        depthwise_regularizer: penalty on the depthwise kernel.
        pointwise_regularizer: penalty on the pointwise kernel.
        bias_regularizer: penalty on the bias.
        activity_regularizer: penalty on the output.
        depthwise_constraint: what the depthwise kernel must satisfy after each update.
        pointwise_constraint: what the pointwise kernel must satisfy after each update.
        bias_constraint: what the bias must satisfy after each update.

    Shape:
        (batch, steps, channels) -> (batch, new steps, filters), the channels second with
        "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> layer = SeparableConv1D(8, 3, strides=2, padding="same", depth_multiplier=4)
        >>> layer(torch.ones(2, 10, 3)).shape
        torch.Size([2, 5, 8])
        >>> layer.depthwise_kernel.shape, layer.pointwise_kernel.shape
        (torch.Size([3, 3, 4]), torch.Size([1, 12, 8]))

    Source: Chollet 2017, arXiv:1610.02357; keras.layers.SeparableConv1D.
    """

    rank = 1
    _kernel_function = staticmethod(F.conv2d)
