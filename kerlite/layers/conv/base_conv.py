"""BaseConv: what Conv1D, Conv2D and Conv3D share."""

from __future__ import annotations

from typing import Any, ClassVar

from kerlite.core.arguments import whole_numbers
from kerlite.layers.conv.base import BaseConvolution
from kerlite.layers.conv.layouts import kernel_layout
from kerlite.layers.conv.weights import keep_arguments, make_bias, make_weight
from kerlite.layers.lora.adaptable import Adaptable
from kerlite.layers.lora.forms import LowRankConv

__all__ = ["BaseConv", "refuse_strides_with_dilation"]


class BaseConv(Adaptable, BaseConvolution):
    """A convolution over `rank` dimensions of space; a subclass is also torch's `nn.ConvNd`."""

    low_rank: ClassVar[type] = LowRankConv
    weight: Any
    bias: Any

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
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        (self.filters,) = whole_numbers(filters, 1, "filters", self.described)
        (self.groups,) = whole_numbers(groups, 1, "groups", self.described)
        keep_arguments(self, "kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        keep_arguments(self, "bias", bias_initializer, bias_regularizer, bias_constraint)
        refuse_strides_with_dilation(self)
        self._require_groups("filters", self.filters)
        # what tools read off torch's classes
        self.out_channels, self.transposed = self.filters, False
        self.output_padding = (0,) * self.rank

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        self.in_channels = self.known_channels(input_shape)
        self._require_groups("the channels of its input", self.in_channels)
        shape = (*self.kernel_size, self.in_channels // self.groups, self.filters)
        layout = kernel_layout(self.rank, self._last)
        self.weight = make_weight(self, "kernel", "kernel", shape, layout)
        self.bias = make_bias(self, self.filters)

    def _require_groups(self, what: str, size: int) -> None:
        if size % self.groups:
            raise ValueError(
                f"{self.described} needs {what} to be divisible by groups; received {size} with "
                f"groups={self.groups}."
            )


def refuse_strides_with_dilation(layer: Any) -> None:
    """Refuse a convolution with both, which Keras has not.

    Raises:
        ValueError: if strides and dilation_rate are both > 1.
    """
    if max(layer.strides) > 1 and max(layer.dilation_rate) > 1:
        raise ValueError(
            f"{layer.described} cannot have both strides > 1 and dilation_rate > 1; received "
            f"strides={layer.strides} and dilation_rate={layer.dilation_rate}. Set one to 1."
        )
