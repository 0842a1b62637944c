"""BaseDepthwiseConv: what DepthwiseConv1D and DepthwiseConv2D share."""

from __future__ import annotations

from typing import Any

from kerlite.core.arguments import whole_numbers
from kerlite.layers.conv.base import BaseConvolution
from kerlite.layers.conv.layouts import depthwise_layout
from kerlite.layers.conv.weights import keep_arguments, make_bias, make_weight

__all__ = ["BaseDepthwiseConv"]


class BaseDepthwiseConv(BaseConvolution):
    """A convolution of each channel by itself; a subclass is also torch's `nn.ConvNd`."""

    weight: Any
    bias: Any

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        (self.depth_multiplier,) = whole_numbers(
            depth_multiplier, 1, "depth_multiplier", self.described
        )
        keep_arguments(
            self, "depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint
        )
        keep_arguments(self, "bias", bias_initializer, bias_regularizer, bias_constraint)
        # what tools read off torch's classes
        self.transposed, self.output_padding = False, (0,) * self.rank

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        self.in_channels = self.groups = self.known_channels(input_shape)
        self.out_channels = self.in_channels * self.depth_multiplier
        shape = (*self.kernel_size, self.in_channels, self.depth_multiplier)
        layout = depthwise_layout(self.rank, self.depth_multiplier, self._last)
        self.weight = make_weight(self, "depthwise", "kernel", shape, layout)
        self.bias = make_bias(self, self.out_channels)

    def _channels_given(self, input_shape: tuple[int | None, ...]) -> int | None:
        channels = input_shape[-1 if self._last else 1]
        return None if channels is None else channels * self.depth_multiplier
