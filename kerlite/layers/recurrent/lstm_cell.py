"""LSTMCell: one step of a long short-term memory."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from kerlite import activations
from kerlite.layers.recurrent.base_cell import BaseCell
from kerlite.layers.recurrent.cell_steps import Held, recurrent_part
from kerlite.layers.recurrent.second_bias import OneBias

__all__ = ["LSTMCell"]


class LSTMCell(OneBias, BaseCell, nn.LSTMCell):
    """One step of an LSTM: a memory c that gates write to, keep and read.

    i, f, g, o = inputs @ kernel + h @ recurrent_kernel + bias, in four parts;
    c = sigmoid(f) * c + sigmoid(i) * tanh(g); h = sigmoid(o) * tanh(c). It is an `nn.LSTMCell`.

    Call:
        inputs, states: (batch, size), and the list [h, c] of (batch, units) each.
        training: whether to drop; each call draws anew, only `RNN` keeps what is dropped.

    Args:
        units: size of the output and of the memory, >= 1.
        activation: what g and c go through.
        recurrent_activation: what the gates i, f and o go through.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer: first values of the kernels.
        bias_initializer: first values of the bias.
        unit_forget_bias: whether the bias of the gate f begins with 1, so that little is forgotten.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        kernel_constraint, recurrent_constraint, bias_constraint: what these must satisfy.
        dropout: the share of the inputs that is dropped, in [0, 1].
        recurrent_dropout: the share of h that is dropped where it enters the gates.
        seed: a whole number, for dropout that does not depend on anything else.

    Shape:
        (batch, size) -> (batch, units), and the new states.

    Raises:
        ValueError: if `units` is no whole number >= 1.

    Example:
        >>> cell = LSTMCell(4)
        >>> output, (h, c) = cell(torch.ones(2, 3), cell.get_initial_state(2))
        >>> output.shape, c.shape
        (torch.Size([2, 4]), torch.Size([2, 4]))

    Source: Hochreiter and Schmidhuber 1997; keras.layers.LSTMCell. torch's second bias is zero.
    """

    gates: ClassVar[int] = 4
    keras_names: ClassVar[dict[str, str]] = {
        "weight_ih": "kernel", "weight_hh": "recurrent_kernel", "bias_ih": "bias",
    }  # fmt: skip

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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        implementation = kwargs.pop("implementation", 2)
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer,
            bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout, recurrent_dropout,
            seed, **kwargs,
        )  # fmt: skip
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.implementation = 1 if self.recurrent_dropout else implementation
        self.state_size = [self.units, self.units]

    def first_bias(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        """Return the first values of the bias."""
        if not self.unit_forget_bias:
            return super().first_bias(shape, dtype)
        i = super().first_bias((self.units,), dtype)
        g_and_o = super().first_bias((2 * self.units,), dtype)
        return torch.cat([i, torch.ones_like(i), g_and_o])

    def advance(self, gates: Tensor, states: Any, held: Held) -> tuple[Tensor, list[Tensor]]:
        """Return h, and [h, c], given the inputs' part in the gates."""
        h, c = states
        gates = gates + recurrent_part(h, held.weight, held.bias, held.recurrent_mask)
        i, f, g, o = gates.chunk(4, -1)
        c = held.recurrent_activation(f) * c + held.recurrent_activation(i) * held.activation(g)
        h = held.recurrent_activation(o) * held.activation(c)
        return h, [h, c]
