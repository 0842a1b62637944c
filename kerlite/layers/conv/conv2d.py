"""Conv2D: convolution over images."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.nn import functional as F

from kerlite.layers.conv.base_conv import BaseConv

__all__ = ["Conv2D"]


class Conv2D(BaseConv, nn.Conv2d):
    """A convolution (cross-correlation) over two dimensions of space.

    output[n, y, x, k] = activation(bias[k] + the sum over i, j, c of
    inputs[n, y * strides + i * dilation, x * strides + j * dilation, c] * kernel[i, j, c, k]).
    It is an `nn.Conv2d`: `weight` is (filters, channels / groups, height, width) as torch keeps it,
    `kernel` sees it as (height, width, channels / groups, filters).

    Args:
        filters: channels of the output, >= 1.
        kernel_size: height and width of the window; one number for both.
        strides: how far the window moves in each direction.
        padding: "valid" for none, "same" for an output of size ceil(input / strides): zeros are
            added on all sides, the odd one below and on the right.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: distance between the elements of the window; 1 where strides are not.
        groups: into how many groups the channels are divided, each convolved by itself.
        activation: what follows; none by default.
        use_bias: whether a bias is added.
        kernel_initializer: first values of the kernel.
        bias_initializer: first values of the bias.
        kernel_regularizer: penalty on the kernel.
        bias_regularizer: penalty on the bias.
        activity_regularizer: penalty on the output.
        kernel_constraint: what the kernel must satisfy after each update.
        bias_constraint: what the bias must satisfy after each update.
        lora_rank, lora_alpha: LoRA from the start; see `enable_lora`.

    Shape:
        (batch, height, width, channels) -> (batch, new height, new width, filters), the channels
        second with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, groups that do not divide the channels, or
            a window larger than the input.

    Example:
        >>> import torch
        >>> layer = Conv2D(8, 3, strides=2, padding="same", activation="relu")
        >>> layer(torch.ones(1, 28, 28, 3)).shape, layer.kernel.shape, layer.weight.shape
        (torch.Size([1, 14, 14, 8]), torch.Size([3, 3, 3, 8]), torch.Size([8, 3, 3, 3]))

    Source: keras.layers.Conv2D.
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
        groups: int = 1,
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
            filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
            use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint, **kwargs,
        )  # fmt: skip
