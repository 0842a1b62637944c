"""SimpleRNNCell: one step of a network that sees its own last output."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from kerlite import activations
from kerlite.layers.recurrent.base_cell import BaseCell
from kerlite.layers.recurrent.cell_steps import Held, recurrent_part
from kerlite.layers.recurrent.second_bias import OneBias

__all__ = ["SimpleRNNCell"]


class SimpleRNNCell(OneBias, BaseCell, nn.RNNCell):
    """One step of a simple recurrent network.

    h = tanh(inputs @ kernel + h @ recurrent_kernel + bias). It is an `nn.RNNCell`.

    Call:
        inputs, states: (batch, size), and the list [h] of (batch, units), or h itself.
        training: whether to drop; each call draws anew, only `RNN` keeps what is dropped.

    Args:
        units: size of the output, >= 1.
        activation: what the sum goes through.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer: first values of the kernels.
        bias_initializer: first values of the bias.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        kernel_constraint, recurrent_constraint, bias_constraint: what these must satisfy.
        dropout: the share of the inputs that is dropped, in [0, 1].
        recurrent_dropout: the share of h that is dropped.
        seed: a whole number, for dropout that does not depend on anything else.

    Shape:
        (batch, size) -> (batch, units), and the new states.

    Raises:
        ValueError: if `units` is no whole number >= 1.

    Example:
        >>> import torch
        >>> cell = SimpleRNNCell(4)
        >>> output, states = cell(torch.ones(2, 3), cell.get_initial_state(2))
        >>> output.shape, len(states)
        (torch.Size([2, 4]), 1)

    Source: keras.layers.SimpleRNNCell. torch's second bias is zero.
    """

    gates: ClassVar[int] = 1
    keras_names: ClassVar[dict[str, str]] = {
        "weight_ih": "kernel", "weight_hh": "recurrent_kernel", "bias_ih": "bias",
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer,
            bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout, recurrent_dropout,
            seed, **kwargs,
        )  # fmt: skip
        self.nonlinearity = "relu" if self.activation is activations.relu else "tanh"

    def advance(self, gates: Tensor, states: Any, held: Held) -> tuple[Tensor, list[Tensor]]:
        """Return h, and [h], given the inputs' part in the sum."""
        part = recurrent_part(states[0], held.weight, held.bias, held.recurrent_mask)
        h = held.activation(gates + part)
        return h, [h]
