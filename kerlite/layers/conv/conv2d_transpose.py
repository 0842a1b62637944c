"""Conv2DTranspose: an image made larger by a learned kernel."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.nn import functional as F

from kerlite.layers.conv.base_transpose import BaseConvTranspose

__all__ = ["Conv2DTranspose"]


class Conv2DTranspose(BaseConvTranspose, nn.ConvTranspose2d):
    """A transposed convolution, which makes an image larger by a learned kernel.

    It is the gradient of a convolution: each element of the input, times the kernel, is added to
    the output, `strides` apart. It is an `nn.ConvTranspose2d`: `weight` is (channels, filters,
    height, width) as torch keeps it, `kernel` sees it as (height, width, filters, channels).

    The output has n * strides elements of n with padding "same", and (n - 1) * strides +
    max(window, strides) with "valid"; with an `output_padding` these are (n - 1) * strides + window
    % 2 + output_padding, and (n - 1) * strides + window + output_padding. The window is
    (kernel_size - 1) * dilation_rate + 1.

    Args:
        filters: channels of the output, >= 1.
        kernel_size: height and width of the window; one number for both.
        strides: how far apart the elements of the input lie in the output.
        padding: "valid" keeps all that the window reaches, "same" cuts off as much on all sides,
            the odd element below and on the right.
        output_padding: elements more or less at the end, >= 0 and smaller than the strides; None
            for the usual size.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: distance between the elements of the window; 1 where strides are not.
        activation: what follows; none by default.
        use_bias: whether a bias is added.
        kernel_initializer: first values of the kernel.
        bias_initializer: first values of the bias.
        kernel_regularizer: penalty on the kernel.
        bias_regularizer: penalty on the bias.
        activity_regularizer: penalty on the output.
        kernel_constraint: what the kernel must satisfy after each update.
        bias_constraint: what the bias must satisfy after each update.

    Shape:
        (batch, height, width, channels) -> (batch, new height, new width, filters), the channels
        second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, an `output_padding` that the strides do not
            exceed, or strides and dilation both > 1.

    Example:
        >>> import torch
        >>> layer = Conv2DTranspose(8, 3, strides=2, padding="same")
        >>> layer(torch.ones(2, 14, 14, 3)).shape, layer.kernel.shape, layer.weight.shape
        (torch.Size([2, 28, 28, 8]), torch.Size([3, 3, 8, 3]), torch.Size([3, 8, 3, 3]))

    Source: Zeiler et al. 2010, Deconvolutional networks; keras.layers.Conv2DTranspose.
    """

    rank = 2
    _kernel_function = staticmethod(F.conv_transpose2d)

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
            activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
            bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint, **kwargs,
        )  # fmt: skip
