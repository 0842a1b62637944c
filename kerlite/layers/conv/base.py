"""BaseConv: what the convolution layers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite import activations, constraints, initializers, regularizers
from kerlite.core.config import standardize_data_format
from kerlite.core.variable import permuted
from kerlite.layers.arguments import checked_padding, whole_numbers
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.windows import (
    channels_first_order,
    channels_last_order,
    dilated,
    framed,
    sliding_shape,
)

__all__ = ["BaseConv"]

_CHANNELS_LAST = {2: torch.channels_last, 3: torch.channels_last_3d}


class BaseConv(Layer):
    """A convolution over `rank` dimensions of space.

    Channels-last data is seen as torch's channels-last memory format: the axes of views are
    permuted, and no data moves. A subclass also derives from torch's class, and has its attributes.
    """

    weight: Any
    bias: Any
    padding: Any
    padding_mode: Any
    rank: ClassVar[int]
    _convolve: ClassVar[Callable[..., Tensor]]
    keras_names: ClassVar[dict[str, str]] = {"weight": "kernel"}
    checks_input_shape = True

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        owner = self.described
        (self.filters,) = whole_numbers(filters, 1, "filters", owner)
        (self.groups,) = whole_numbers(groups, 1, "groups", owner)
        self.kernel_size = whole_numbers(kernel_size, self.rank, "kernel_size", owner)
        self.strides = whole_numbers(strides, self.rank, "strides", owner)
        self.dilation_rate = whole_numbers(dilation_rate, self.rank, "dilation_rate", owner)
        self.padding = checked_padding(padding, owner)
        self.data_format = standardize_data_format(data_format)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{owner} cannot have both strides > 1 and dilation_rate > 1; received {strides} "
                f"and {dilation_rate}."
            )
        self._require_groups("filters", self.filters)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        # what tools read off torch's classes, and what `call` needs
        self.stride, self.dilation, self.out_channels = self.strides, self.dilation_rate, filters
        self.transposed, self.output_padding, self.padding_mode = False, (0,) * self.rank, "zeros"
        self._last = self.data_format == "channels_last"
        self._order = channels_first_order(self.rank), channels_last_order(self.rank)
        self._window = dilated(self.kernel_size, self.dilation_rate)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        self.compute_output_shape(input_shape)
        axis = -1 if self._last else 1
        self.in_channels = self._require_groups("the channels of its input", input_shape[axis])
        # stored (out, in, *kernel), seen (*kernel, in, out)
        memory_format = _CHANNELS_LAST.get(self.rank) if self._last else None
        layout = permuted(*range(2, self.rank + 2), 1, 0, memory_format=memory_format)
        self.weight = self.add_weight(
            name="kernel", layout=layout,
            shape=(*self.kernel_size, self.in_channels // self.groups, self.filters),
            initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.filters,), initializer=self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: self.in_channels})

    def _require_groups(self, what: str, size: int | None) -> int:
        if size is None or size % self.groups:
            raise ValueError(
                f"{self.described} needs {what} to be known and divisible by groups; received "
                f"{size} with groups={self.groups}."
            )
        return size

    def call(self, inputs: Tensor) -> Tensor:
        """Return activation(convolution(inputs, kernel) + bias)."""
        x = inputs if inputs.is_floating_point() else inputs.to(self.weight.dtype)
        if self._last:
            x = x.permute(self._order[0])
        same = self.padding == "same"
        x, frame = framed(x, self._window, self.strides) if same else (x, 0)
        settings = self.stride, frame, self.dilation, self.groups
        x = self._convolve(x, self.weight, self.bias, *settings)
        if self._last:
            x = x.permute(self._order[1])
        return x if self.activation is activations.linear else self.activation(x)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        return sliding_shape(
            input_shape, self.filters, self._window, self.strides, self.padding,
            self.data_format, self.described,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        config = super().get_config()
        return {**config, "activity_regularizer": config.get("activity_regularizer")}
