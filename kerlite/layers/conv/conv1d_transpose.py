"""Conv1DTranspose: a sequence made larger by a learned kernel."""

from __future__ import annotations

from torch import nn
from torch.nn import functional as F

from kerlite.layers.conv.base_transpose import BaseConvTranspose

__all__ = ["Conv1DTranspose"]


class Conv1DTranspose(BaseConvTranspose, nn.ConvTranspose1d):
    """A transposed convolution, which makes a sequence larger by a learned kernel.

    It is the gradient of a convolution: each element of the input, times the kernel, is added to
    the output, `strides` apart. It is an `nn.ConvTranspose1d`: `weight` is (channels, filters,
    length) as torch keeps it, `kernel` sees it as (length, filters, channels).

    The output has n * strides elements of n with padding "same", and (n - 1) * strides +
    max(window, strides) with "valid"; with an `output_padding` these are (n - 1) * strides + window
    % 2 + output_padding, and (n - 1) * strides + window + output_padding. The window is
    (kernel_size - 1) * dilation_rate + 1.

    Args:
        filters: channels of the output, >= 1.
        kernel_size: length of the window.
        strides: how far apart the elements of the input lie in the output.
        padding: "valid" keeps all that the window reaches, "same" cuts off as much on both sides,
            the odd element at the end.
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
        (batch, steps, channels) -> (batch, new steps, filters), the channels second with
        "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, an `output_padding` that the strides do not
            exceed, or strides and dilation both > 1.

    Example:
        >>> import torch
        >>> layer = Conv1DTranspose(8, 3, strides=2, padding="same")
        >>> layer(torch.ones(2, 10, 3)).shape, layer.kernel.shape, layer.weight.shape
        (torch.Size([2, 20, 8]), torch.Size([3, 8, 3]), torch.Size([3, 8, 3]))

    Source: Zeiler et al. 2010, Deconvolutional networks; keras.layers.Conv1DTranspose.
    """

    rank = 1
    _kernel_function = staticmethod(F.conv_transpose2d)
