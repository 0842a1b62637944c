"""Conv1D: convolution over sequences."""

from __future__ import annotations

from torch import nn
from torch.nn import functional as F

from kerlite.layers.conv.base_conv import BaseConv

__all__ = ["Conv1D"]


class Conv1D(BaseConv, nn.Conv1d):
    """A convolution (cross-correlation) over one dimension, steps in time for instance.

    output[n, t, k] = activation(bias[k] + the sum over i, c of inputs[n, t * strides + i *
    dilation, c] * kernel[i, c, k]). It is an `nn.Conv1d`: `weight` is (filters, channels / groups,
    length) as torch keeps it, `kernel` sees it as (length, channels / groups, filters).

    Args:
        filters: channels of the output, >= 1.
        kernel_size: length of the window.
        strides: how far the window moves.
        padding: "valid" for none, "same" for an output of size ceil(input / strides): zeros are
            added on both sides, the odd one at the end; "causal" adds them all at the beginning, so
            that an output depends on no later input.
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
        (batch, steps, channels) -> (batch, new steps, filters), the channels second with
        "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, groups that do not divide the channels, or
            a window larger than the input.

    Example:
        >>> import torch
        >>> layer = Conv1D(8, 3, padding="causal", activation="relu")
        >>> layer(torch.ones(2, 10, 3)).shape, layer.kernel.shape, layer.weight.shape
        (torch.Size([2, 10, 8]), torch.Size([3, 3, 8]), torch.Size([8, 3, 3]))

    Source: keras.layers.Conv1D.
    """

    rank = 1
    paddings = ("valid", "same", "causal")
    _kernel_function = staticmethod(F.conv2d)
