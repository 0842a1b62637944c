"""LSTM: long short-term memory."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import nn

from kerlite.layers.recurrent.cell_weights import OfCell
from kerlite.layers.recurrent.fused_rnn import FusedRNN
from kerlite.layers.recurrent.lstm_cell import LSTMCell
from kerlite.layers.recurrent.second_bias import OneBias

__all__ = ["LSTM"]


class LSTM(OneBias, FusedRNN, nn.LSTM):
    """A long short-term memory: an `LSTMCell` over the steps of a sequence, by a fused kernel.

    It is an `nn.LSTM` with `batch_first=True`. Other activations than the default ones, `unroll`
    and, while training, `recurrent_dropout` are computed step by step.

    Call:
        sequences: (batch, time, size).
        initial_state: the list [h, c]; by default zeros, or with `stateful` those of the last call.
        mask: (batch, time), true for the steps that count.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        units: size of the output and of the memory, >= 1.
        activation: what the input and the memory go through.
        recurrent_activation: what the gates go through.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer: first values of the kernels.
        bias_initializer: first values of the bias.
        unit_forget_bias: whether the forget gate's bias begins with 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        kernel_constraint, recurrent_constraint, bias_constraint: what the weights must satisfy.
        dropout: the share of the inputs that is dropped, the same ones at all steps, in [0, 1].
        recurrent_dropout: the share of the output fed back that is dropped.
        seed: a whole number, for dropout that does not depend on anything else.
        return_sequences, return_state, go_backwards, stateful, unroll: see `RNN`.
        use_cudnn: False never takes a fused kernel; True refuses what it cannot compute.

    Shape:
        (batch, time, size) -> (batch, units), with `return_sequences` (batch, time, units); with
        `return_state` a tuple of that, h and c.

    Raises:
        ValueError: if `units` is no whole number >= 1, or `use_cudnn=True` cannot be.

    Note:
        A mask costs no wait for the device, unless h and c are asked for.

    Example:
        >>> import torch
        >>> output, h, c = LSTM(4, return_state=True)(torch.ones(2, 5, 3))
        >>> output.shape, c.shape
        (torch.Size([2, 4]), torch.Size([2, 4]))

    Source: Hochreiter and Schmidhuber 1997; keras.layers.LSTM. torch's second bias is zero: what
    is loaded for it is added to the first.
    """

    mode = "LSTM"
    bias_names = ("bias_ih_l0", "bias_hh_l0")
    keras_names: ClassVar[dict[str, str]] = {
        "weight_ih_l0": "kernel", "weight_hh_l0": "recurrent_kernel", "bias_ih_l0": "bias",
    }  # fmt: skip
    stored: ClassVar[dict[str, str]] = {
        "weight_ih_l0": "weight_ih", "weight_hh_l0": "weight_hh",
        "bias_ih_l0": "bias_ih", "bias_hh_l0": "bias_hh",
    }  # fmt: skip
    recurrent_activation = OfCell()
    unit_forget_bias = OfCell()

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ):
        self.check_units(units, kwargs.get("name"))
        cell = LSTMCell(
            units, activation, recurrent_activation, use_bias, kernel_initializer,
            recurrent_initializer, bias_initializer, unit_forget_bias, kernel_regularizer,
            recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
            bias_constraint, dropout, recurrent_dropout, seed, dtype=kwargs.get("dtype"),
            name="lstm_cell", implementation=kwargs.pop("implementation", 2),
        )  # fmt: skip
        super().__init__(
            cell, use_cudnn, return_sequences=return_sequences, return_state=return_state,
            go_backwards=go_backwards, stateful=stateful, unroll=unroll,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
