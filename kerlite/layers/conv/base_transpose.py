"""BaseConvTranspose: what the transposed convolutions share."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core.arguments import is_whole, whole_numbers
from kerlite.core.windows import cut_off, cut_positions
from kerlite.layers.attributes import stored
from kerlite.layers.conv.base import BaseConvolution
from kerlite.layers.conv.base_conv import refuse_strides_with_dilation
from kerlite.layers.conv.layouts import kernel_layout
from kerlite.layers.conv.weights import keep_arguments, make_bias, make_weight
from kerlite.layers.windows import space_of, with_space

__all__ = ["BaseConvTranspose"]


class BaseConvTranspose(BaseConvolution):
    """The gradient of a convolution; a subclass is also torch's `nn.ConvTransposeNd`."""

    weight: Any
    bias: Any
    output_padding: Any
    groups, transposed = 1, True

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        (self.filters,) = whole_numbers(filters, 1, "filters", self.described)
        self.out_channels = self.filters
        keep_arguments(self, "kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        keep_arguments(self, "bias", bias_initializer, bias_regularizer, bias_constraint)
        refuse_strides_with_dilation(self)
        self.output_padding = _checked_output_padding(output_padding, self.strides, self.described)
        extras = self.output_padding or (None,) * self.rank
        self._cut = tuple(
            cut_off(*dimension, self.padding)
            for dimension in zip(self._window, self.strides, extras, strict=True)
        )
        from_both, added, self._kept = cut_positions(self._cut)
        self._gives_view = self._gives_view or self._kept is not None
        from_both, added = self._wide(from_both, height=0), self._wide(added, height=0)
        self._settings = self._steps, from_both, added, self.groups, self._gaps

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        self.in_channels = self.known_channels(input_shape)
        shape = (*self.kernel_size, self.filters, self.in_channels)
        layout = kernel_layout(self.rank, self._last)
        self.weight = make_weight(self, "kernel", "kernel", shape, layout)
        self.bias = make_bias(self, self.filters)

    def _convolve(self, x: Tensor) -> Tensor:
        x = self._kernel_function(x, self._kernel("weight"), stored(self, "bias"), *self._settings)
        return x if self._kept is None else x[self._kept]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        sizes = space_of(input_shape, self.rank, self.data_format, self.described)
        dimensions = zip(sizes, self.strides, self._window, self._cut, strict=True)
        space = tuple(
            None if size is None else (size - 1) * stride + width - cut
            for size, stride, width, cut in dimensions
        )
        if 0 in space:
            raise ValueError(
                f"{self.described} has no output for an input of shape {input_shape} with "
                f"output_padding={self.output_padding}. Leave that out, or use larger inputs."
            )
        return with_space(input_shape[0], space, self.filters, self.data_format)


def _checked_output_padding(
    value: Any, strides: tuple[int, ...], owner: str
) -> tuple[int, ...] | None:
    if value is None:
        return None
    numbers = tuple(value) if isinstance(value, (list, tuple)) else (value,) * len(strides)
    whole = all(map(is_whole, numbers))
    fits = whole and len(numbers) == len(strides)
    if not fits or any(n < 0 or n >= s for n, s in zip(numbers, strides, strict=True)):
        raise ValueError(
            f"{owner} needs output_padding to be None or whole numbers >= 0, each smaller than "
            f"that of strides={strides}; received output_padding={value!r}."
        )
    return tuple(int(number) for number in numbers)
