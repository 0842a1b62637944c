"""BaseSeparableConv: what SeparableConv1D and SeparableConv2D share."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.arguments import whole_numbers
from kerlite.layers.attributes import stored
from kerlite.layers.conv.base import BaseConvolution
from kerlite.layers.conv.layouts import depthwise_layout, kernel_layout
from kerlite.layers.conv.weights import keep_arguments, make_bias, make_weight

__all__ = ["BaseSeparableConv"]


class BaseSeparableConv(BaseConvolution):
    """A convolution of each channel by itself, then one across channels with a window of 1.

    The kernels are stored as torch's convolutions take them: `depthwise_weight` as
    (channels * depth_multiplier, 1, *kernel), `pointwise_weight` as (filters, those, 1, ...).
    """

    bias: Any
    keras_names: ClassVar[dict[str, str]] = {
        "depthwise_weight": "depthwise_kernel",
        "pointwise_weight": "pointwise_kernel",
    }

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        (self.filters,) = whole_numbers(filters, 1, "filters", self.described)
        (self.depth_multiplier,) = whole_numbers(
            depth_multiplier, 1, "depth_multiplier", self.described
        )
        keep_arguments(
            self, "depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint
        )
        keep_arguments(
            self, "pointwise", pointwise_initializer, pointwise_regularizer, pointwise_constraint
        )
        keep_arguments(self, "bias", bias_initializer, bias_regularizer, bias_constraint)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        channels = self._channels = self.known_channels(input_shape)
        shape: tuple[int, ...] = (*self.kernel_size, channels, self.depth_multiplier)
        layout = depthwise_layout(self.rank, self.depth_multiplier, self._last)
        self.depthwise_weight = make_weight(self, "depthwise", "depthwise_kernel", shape, layout)
        shape = (*(1,) * self.rank, channels * self.depth_multiplier, self.filters)
        layout = kernel_layout(self.rank, self._last)
        self.pointwise_weight = make_weight(self, "pointwise", "pointwise_kernel", shape, layout)
        self.bias = make_bias(self, self.filters)

    def _convolve(self, x: Tensor) -> Tensor:
        x, frame = self._framed(x)
        settings = self._steps, frame, self._gaps, self._channels
        x = self._kernel_function(x, self._kernel("depthwise_weight"), None, *settings)
        return self._kernel_function(x, self._kernel("pointwise_weight"), stored(self, "bias"))
