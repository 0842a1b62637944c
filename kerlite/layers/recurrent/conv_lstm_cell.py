"""ConvLSTMCell: the weights of a convolutional LSTM, and the shape of its states."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite import activations, constraints, initializers, regularizers
from kerlite.core.arguments import checked_padding, whole_numbers
from kerlite.core.config import standardize_data_format
from kerlite.core.random import SeedGenerator
from kerlite.core.variable import permuted
from kerlite.core.windows import dilated
from kerlite.layers.base import Layer
from kerlite.layers.recurrent.conv_lstm_steps import ConvLSTMSteps
from kerlite.layers.recurrent.dropout_masks import unit_rate
from kerlite.layers.windows import sliding_shape

__all__ = ["ConvLSTMCell"]

_CHANNELS_LAST = {2: torch.channels_last, 3: torch.channels_last_3d}


class ConvLSTMCell(ConvLSTMSteps, Layer):
    """The cell of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D, for images of `rank` dimensions.

    The other arguments are those of the layers.
    """

    finds_training: ClassVar[bool] = True
    keras_names: ClassVar[dict[str, str]] = {"weight_ih": "kernel", "weight_hh": "recurrent_kernel"}

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        super().__init__(**kwargs)
        self.rank = rank
        owner = self.described
        (self.filters,) = whole_numbers(filters, 1, "filters", owner)
        self.kernel_size = whole_numbers(kernel_size, rank, "kernel_size", owner)
        self.strides = whole_numbers(strides, rank, "strides", owner)
        self.padding = checked_padding(padding, owner)
        self.data_format = standardize_data_format(data_format)
        self.dilation_rate = whole_numbers(dilation_rate, rank, "dilation_rate", owner)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{owner} cannot have both strides > 1 and dilation_rate > 1; received {strides} "
                f"and {dilation_rate}. Set one of them to 1."
            )
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias, self.unit_forget_bias = use_bias, unit_forget_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = unit_rate(dropout, "dropout", owner)
        self.recurrent_dropout = unit_rate(recurrent_dropout, "recurrent_dropout", owner)
        self.seed = seed
        self._seeds = None if seed is None else SeedGenerator(seed)
        self.state_size = [self.filters, self.filters]
        self.set_axes()

    @property
    def described(self) -> str:
        """The layer's class, which users know, and the name."""
        return f"ConvLSTM{self.rank}D's {self.name!r}"

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights, for images of known size."""
        self.state_shape = self.output_shape(input_shape, self.described)[1:]
        # stored (4 * filters, in, *kernel), seen (*kernel, in, 4 * filters)
        memory_format = _CHANNELS_LAST.get(self.rank) if self._last else None
        layout = permuted(*range(2, self.rank + 2), 1, 0, memory_format=memory_format)
        channels, width = input_shape[-1 if self._last else 1], 4 * self.filters
        self.weight_ih = self.add_weight(
            name="kernel", shape=(*self.kernel_size, channels, width), layout=layout,
            initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )  # fmt: skip
        self.weight_hh = self.add_weight(
            name="recurrent_kernel", shape=(*self.kernel_size, self.filters, width), layout=layout,
            initializer=self.recurrent_initializer, regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(width,), initializer=self._first_bias,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    def _first_bias(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        if not self.unit_forget_bias:
            return self.bias_initializer(shape, dtype=dtype)
        i = self.bias_initializer((self.filters,), dtype=dtype)
        g_and_o = self.bias_initializer((2 * self.filters,), dtype=dtype)
        return torch.cat([i, torch.ones_like(i), g_and_o])

    def output_shape(self, input_shape: tuple[int | None, ...], owner: str) -> tuple[Any, ...]:
        """Return the shape of the output, and of each state, for that of a step's inputs."""
        return sliding_shape(
            input_shape, self.filters, dilated(self.kernel_size, self.dilation_rate), self.strides,
            self.padding, self.data_format, owner,
        )  # fmt: skip

    def get_initial_state(self, batch_size: int) -> list[Tensor]:
        """Return zeros."""
        shape, device = (batch_size, *self.state_shape), self._device()
        return [torch.zeros(shape, dtype=self._torch_dtype, device=device) for _ in range(2)]
