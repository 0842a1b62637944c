"""BaseCell: what the cells of SimpleRNN, LSTM and GRU share.

B batch, D inputs, H units, G gates.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite import activations, constraints, initializers, regularizers
from kerlite.core.arguments import whole_numbers
from kerlite.core.random import SeedGenerator
from kerlite.core.variable import Layout, permuted
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.recurrent.cell_steps import CellSteps
from kerlite.layers.recurrent.dropout_masks import unit_rate
from kerlite.layers.recurrent.states import zero_states

__all__ = ["BaseCell"]


class BaseCell(CellSteps, Layer):
    """A cell whose gates are linear in its inputs and in its last output.

    A subclass also derives from torch's cell, and says in `advance` what it makes of the gates.
    """

    kernel_layout: ClassVar[Layout] = permuted(1, 0)  # stored (G * H, D), seen (D, G * H)
    finds_training: ClassVar[bool] = True

    def __init__(
        self,
        units: int,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        (self.units,) = whole_numbers(units, 1, "units", self.described)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = unit_rate(dropout, "dropout", self.described)
        self.recurrent_dropout = unit_rate(recurrent_dropout, "recurrent_dropout", self.described)
        self.seed = seed
        self._seeds = None if seed is None else SeedGenerator(seed)
        self.state_size: Any = self.units
        self.output_size = self.hidden_size = self.units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        size = input_shape[-1]
        if size is None:
            raise ValueError(
                f"{self.described} needs to know the size of the last axis of its input; received "
                f"the shape {input_shape}."
            )
        self.input_size, width = size, self.gates * self.units
        self.weight_ih = self.add_weight(
            name="kernel", shape=(size, width), layout=self.kernel_layout,
            initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )  # fmt: skip
        self.weight_hh = self.add_weight(
            name="recurrent_kernel", shape=(self.units, width), layout=self.kernel_layout,
            initializer=self.recurrent_initializer, regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )  # fmt: skip
        self.add_biases(width)
        self.input_spec = InputSpec(ndim=2, axes={-1: size})

    def add_biases(self, width: int) -> None:
        """Make Keras's bias, and zeros for torch's second one."""
        self.bias_ih, zeros = None, None
        if self.use_bias:
            self.bias_ih = self.add_weight(
                name="bias", shape=(width,), initializer=self.first_bias,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip
            zeros = torch.zeros_like(self.bias_ih.detach())
        self.register_buffer("bias_hh", zeros)

    def first_bias(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        """Return the first values of the bias."""
        return self.bias_initializer(shape, dtype=dtype)

    def get_initial_state(self, batch_size: int) -> list[Tensor]:
        """Return zeros."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return zero_states(sizes, batch_size, self._torch_dtype, self._device())
