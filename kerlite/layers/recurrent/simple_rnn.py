"""SimpleRNN: a network that sees its own last output."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import nn

from kerlite.layers.recurrent.fused_rnn import FusedRNN
from kerlite.layers.recurrent.second_bias import OneBias
from kerlite.layers.recurrent.simple_rnn_cell import SimpleRNNCell

__all__ = ["SimpleRNN"]


class SimpleRNN(OneBias, FusedRNN, nn.RNN):
    """A simple recurrent network: a `SimpleRNNCell` over the steps of a sequence, fused.

    h = tanh(inputs @ kernel + h @ recurrent_kernel + bias). It is an `nn.RNN` with
    `batch_first=True`. Other activations than tanh and relu, `unroll` and, while training,
    `recurrent_dropout` are computed step by step.

    Call:
        sequences: (batch, time, size).
        initial_state: (batch, units); by default zeros, or with `stateful` that of the last call.
        mask: (batch, time), true for the steps that count.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        units: size of the output, >= 1.
        activation: what the sum goes through.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer: first values of the kernels.
        bias_initializer: first values of the bias.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        kernel_constraint, recurrent_constraint, bias_constraint: what the weights must satisfy.
        dropout: the share of the inputs that is dropped, the same ones at all steps, in [0, 1].
        recurrent_dropout: the share of the output fed back that is dropped.
        return_sequences, return_state, go_backwards, stateful, unroll: see `RNN`.
        seed: a whole number, for dropout that does not depend on anything else.

    Shape:
        (batch, time, size) -> (batch, units), with `return_sequences` (batch, time, units); with
        `return_state` a tuple of that and h.

    Raises:
        ValueError: if `units` is no whole number >= 1.

    Example:
        >>> import torch
        >>> SimpleRNN(4)(torch.ones(2, 5, 3)).shape
        torch.Size([2, 4])

    Source: keras.layers.SimpleRNN, which forgets its `activity_regularizer`; the configuration has
    no seed, as in Keras. torch's second bias is zero: what is loaded for it is added to the first.
    """

    bias_names = ("bias_ih_l0", "bias_hh_l0")
    not_in_config = (*FusedRNN.not_in_config, "seed")
    keras_names: ClassVar[dict[str, str]] = {
        "weight_ih_l0": "kernel", "weight_hh_l0": "recurrent_kernel", "bias_ih_l0": "bias",
    }  # fmt: skip
    stored: ClassVar[dict[str, str]] = {
        "weight_ih_l0": "weight_ih", "weight_hh_l0": "weight_hh",
        "bias_ih_l0": "bias_ih", "bias_hh_l0": "bias_hh",
    }  # fmt: skip

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        self.check_units(units, kwargs.get("name"))
        cell = SimpleRNNCell(
            units, activation, use_bias, kernel_initializer, recurrent_initializer,
            bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout, recurrent_dropout,
            seed, dtype=kwargs.get("dtype"), name="simple_rnn_cell",
        )  # fmt: skip
        super().__init__(
            cell, return_sequences=return_sequences, return_state=return_state,
            go_backwards=go_backwards, stateful=stateful, unroll=unroll,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip

    @property
    def nonlinearity(self) -> str:
        """Torch's name of the activation: "tanh" or "relu"."""
        return self.cell.nonlinearity

    @property
    def mode(self) -> str:  # type: ignore[override]
        """Torch's name of the kernel."""
        return f"RNN_{self.__dict__['_cell'].nonlinearity.upper()}"
