"""GRUCell: one step of a gated recurrent unit."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from kerlite import activations
from kerlite.core.variable import Layout
from kerlite.layers.recurrent.base_cell import BaseCell
from kerlite.layers.recurrent.cell_steps import Held, recurrent_part
from kerlite.layers.recurrent.second_bias import TwoBiases

__all__ = ["GRUCell"]


def _swapped(x: Tensor) -> Tensor:
    """Return gates in the other order: Keras's z, r, n for torch's r, z, n, and the reverse."""
    first, second, third = x.chunk(3, -1)
    return torch.cat([second, first, third], -1)


def _kernel(x: Tensor) -> Tensor:
    return _swapped(x.mT)


def _stored_kernel(x: Tensor) -> Tensor:
    return _swapped(x).mT.contiguous()


class GRUCell(TwoBiases, BaseCell, nn.GRUCell):
    """One step of a GRU: an output of which gates keep some and renew the rest.

    z, r, n: each inputs @ kernel + h @ recurrent_kernel + bias; z and r go through sigmoid. Then
    n = tanh(inputs' part + r * h's part), h = z * h + (1 - z) * n. It is an `nn.GRUCell`.

    Call:
        inputs, states: (batch, size), and the list [h] of (batch, units), or h itself.
        training: whether to drop; each call draws anew, only `RNN` keeps what is dropped.

    Args:
        units: size of the output, >= 1.
        activation: what n goes through.
        recurrent_activation: what the gates z and r go through.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer: first values of the kernels.
        bias_initializer: first values of the bias.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        kernel_constraint, recurrent_constraint, bias_constraint: what these must satisfy.
        dropout: the share of the inputs that is dropped, in [0, 1].
        recurrent_dropout: the share of h that is dropped where it enters the gates.
        reset_after: whether r acts on h's part in n, as in torch, with a bias of its own; else it
            acts on h before the kernel.
        seed: a whole number, for dropout that does not depend on anything else.

    Shape:
        (batch, size) -> (batch, units), and the new states.

    Raises:
        ValueError: if `units` is no whole number >= 1.

    Example:
        >>> cell = GRUCell(4)
        >>> output, states = cell(torch.ones(2, 3), cell.get_initial_state(2))
        >>> output.shape, cell.bias.shape
        (torch.Size([2, 4]), torch.Size([2, 12]))

    Source: Cho et al. 2014, arXiv:1406.1078; keras.layers.GRUCell. The gates are stored in torch's
    order: `kernel` is a copy in Keras's order, and `assign` writes through.
    """

    gates: ClassVar[int] = 3
    kernel_layout: ClassVar[Layout] = Layout(_kernel, _stored_kernel)
    keras_names: ClassVar[dict[str, str]] = {
        "weight_ih": "kernel", "weight_hh": "recurrent_kernel", "biases": "bias",
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
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
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
        self.reset_after = reset_after
        self.implementation = 1 if self.recurrent_dropout else implementation

    def add_biases(self, width: int) -> None:
        """Make Keras's bias: with `reset_after` one row for the inputs, one for h."""
        self.biases = None
        if self.use_bias:
            self.biases = self.add_weight(
                name="bias", shape=(2, width) if self.reset_after else (width,),
                layout=Layout(_swapped, _swapped), initializer=self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    @property
    def bias_ih(self) -> Tensor | None:  # type: ignore[override]
        """The bias at the inputs."""
        return self.rows()[0]

    @property
    def bias_hh(self) -> Tensor | None:  # type: ignore[override]
        """The bias at the outputs fed back."""
        return self.rows()[1]

    def advance(self, gates: Tensor, states: Any, held: Held) -> tuple[Tensor, list[Tensor]]:
        """Return h, and [h], given the inputs' part in the gates."""
        h, mask, weight, bias = states[0], held.recurrent_mask, held.weight, held.bias
        units = h.shape[-1]
        x_r, x_z, x_n = gates.chunk(3, -1)
        if self.reset_after:
            h_r, h_z, h_n = recurrent_part(h, weight, bias, mask).chunk(3, -1)
            r = held.recurrent_activation(x_r + h_r)
            part = r * h_n
        else:
            first, last = (None, None) if mask is None else (mask[:2], mask[2])
            both = recurrent_part(h, weight[: 2 * units], None, first)
            h_r, h_z = both.chunk(2, -1)
            r = held.recurrent_activation(x_r + h_r)
            part = recurrent_part(r * h, weight[2 * units :], None, last)
        z = held.recurrent_activation(x_z + h_z)
        h = z * h + (1 - z) * held.activation(x_n + part)
        return h, [h]
