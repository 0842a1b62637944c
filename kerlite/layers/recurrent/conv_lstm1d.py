"""ConvLSTM1D: an LSTM over sequences of signals."""

from __future__ import annotations

from typing import ClassVar

from kerlite.layers.recurrent.conv_lstm import BaseConvLSTM

__all__ = ["ConvLSTM1D"]


class ConvLSTM1D(BaseConvLSTM):
    """An LSTM over sequences of signals; its maps are convolutions.

    i, f, g, o = conv(inputs, kernel) + conv(h, recurrent_kernel) + bias, in four parts;
    c = sigmoid(f) * c + sigmoid(i) * tanh(g); h = sigmoid(o) * tanh(c). The inputs of all steps are
    convolved at once. The cell keeps `weight_ih` and `weight_hh` as torch keeps kernels,
    (4 * filters, channels, width); `kernel` and `recurrent_kernel` see them as
    (width, channels, 4 * filters).

    Call:
        sequences: (batch, time, width, channels).
        initial_state: the first [h, c]; by default zeros, or with `stateful` those after the last
            call.
        mask: (batch, time), true for the steps that count.
        training: whether to drop.

    Args:
        filters: channels of the output and of the states, >= 1.
        kernel_size: width of the window; one number.
        strides: how far the window over the inputs moves; 1 over h.
        padding: "valid" for none, "same" for an output of size ceil(input / strides).
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: distance between the elements of the window over the inputs.
        activation: what g and c go through.
        recurrent_activation: what the gates i, f and o go through.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer: first values of the kernels.
        bias_initializer: first values of the bias.
        unit_forget_bias: whether the bias of the gate f begins with 1, so that little is forgotten.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        kernel_constraint, recurrent_constraint, bias_constraint: what these must satisfy.
        dropout: the share of the inputs that is dropped, in [0, 1]; the same ones at all steps,
            others for each gate.
        recurrent_dropout: the share of h that is dropped where it enters the gates.
        seed: a whole number, for dropout that does not depend on anything else.
        return_sequences: whether to return the outputs of all steps, not the last one only.
        return_state: whether to return the last h and c too.
        go_backwards: whether to begin with the last step; the outputs are in reverse then.
        stateful: whether a call begins with the states in which the last one ended.

    Shape:
        (batch, time, width, channels) -> (batch, new width, filters),
        with `return_sequences` (batch, time, new width, filters); the channels before
        the width with "channels_first".

    Raises:
        ValueError: for numbers < 1, an unknown padding, strides and dilation both > 1, a signal
            of unknown size, or a window larger than the input.

    Example:
        >>> import torch
        >>> layer = ConvLSTM1D(8, 3, padding="same", return_sequences=True)
        >>> layer(torch.ones(2, 5, 16, 3)).shape
        torch.Size([2, 5, 16, 8])

    Source: Shi et al. 2015, arXiv:1506.04214, without its peepholes; keras.layers.ConvLSTM1D.
    """

    rank: ClassVar[int] = 1
