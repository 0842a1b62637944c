"""SeparableConv2D: convolution of images, first in space and then across channels."""

from __future__ import annotations

from typing import Any

from torch.nn import functional as F

from kerlite.layers.conv.base_separable import BaseSeparableConv

__all__ = ["SeparableConv2D"]


class SeparableConv2D(BaseSeparableConv):
    """A convolution over two dimensions of space, first of each channel, then across channels.

    That is a convolution of each channel by itself, as DepthwiseConv2D makes it, and then one with
    a window of 1 across the channels that it gives. The bias and the activation come last.
    `depthwise_kernel` is (height, width, channels, depth_multiplier), `pointwise_kernel` is (1, 1,
    channels * depth_multiplier, filters); the parameters `depthwise_weight` and `pointwise_weight`
    hold them as `nn.Conv2d` does.

    Args:
        filters: channels of the output, >= 1.
        kernel_size: height and width of the window; one number for both.
        strides: how far the window moves in each direction.
        padding: "valid" for none, "same" for an output of size ceil(input / strides): zeros are
            added on all sides, the odd one below and on the right.
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
        (batch, height, width, channels) -> (batch, new height, new width, filters), the channels
        second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> layer = SeparableConv2D(8, 3, strides=2, padding="same", depth_multiplier=4)
        >>> layer(torch.ones(2, 28, 28, 3)).shape
        torch.Size([2, 14, 14, 8])
        >>> layer.depthwise_kernel.shape, layer.pointwise_kernel.shape
        (torch.Size([3, 3, 3, 4]), torch.Size([1, 1, 12, 8]))

    Source: Chollet 2017, arXiv:1610.02357; keras.layers.SeparableConv2D.
    """

    rank = 2
    _kernel_function = staticmethod(F.conv2d)

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
            activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer,
            depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer,
            depthwise_constraint, pointwise_constraint, bias_constraint, **kwargs,
        )  # fmt: skip
