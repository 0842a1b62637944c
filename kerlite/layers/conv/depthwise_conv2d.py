"""DepthwiseConv2D: convolution of each channel of images by itself."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.nn import functional as F

from kerlite.layers.conv.base_depthwise import BaseDepthwiseConv

__all__ = ["DepthwiseConv2D"]


class DepthwiseConv2D(BaseDepthwiseConv, nn.Conv2d):
    """A convolution of each channel by itself, over two dimensions of space.

    output[n, y, x, c * depth_multiplier + m] = activation(the bias + the sum over i, j of inputs[n,
    y * strides + i * dilation, x * strides + j * dilation, c] * kernel[i, j, c, m]). It is an
    `nn.Conv2d` with as many groups as channels: `weight` is (channels * depth_multiplier, 1,
    height, width) as torch keeps it, `kernel` sees it as (height, width, channels,
    depth_multiplier).

    Args:
        kernel_size: height and width of the window; one number for both.
        strides: how far the window moves in each direction.
        padding: "valid" for none, "same" for an output of size ceil(input / strides): zeros are
            added on all sides, the odd one below and on the right.
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
        (batch, height, width, channels) -> (batch, new height, new width, channels *
        depth_multiplier), the channels second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, or a window larger than the input.

    Example:
        >>> import torch
        >>> layer = DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=4)
        >>> layer(torch.ones(2, 28, 28, 3)).shape, layer.kernel.shape, layer.weight.shape
        (torch.Size([2, 14, 14, 12]), torch.Size([3, 3, 3, 4]), torch.Size([12, 1, 3, 3]))

    Source: keras.layers.DepthwiseConv2D.
    """

    rank = 2
    _kernel_function = staticmethod(F.conv2d)

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            kernel_size, strides, padding, depth_multiplier, data_format, dilation_rate, activation,
            use_bias, depthwise_initializer, bias_initializer, depthwise_regularizer,
            bias_regularizer, activity_regularizer, depthwise_constraint, bias_constraint, **kwargs,
        )  # fmt: skip
