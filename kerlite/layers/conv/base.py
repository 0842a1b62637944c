"""BaseConvolution: what all convolution layers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from torch import Tensor
from torch.nn import functional as F

from kerlite import activations
from kerlite.core.arguments import checked_padding, whole_numbers
from kerlite.core.config import standardize_data_format
from kerlite.core.windows import (
    channels_first_order,
    channels_last_order,
    constant_frame,
    dilated,
    framed,
)
from kerlite.layers.attributes import stored
from kerlite.layers.base import Layer
from kerlite.layers.conv.in_place import ActivatesInPlace
from kerlite.layers.in_graph import is_pointwise
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.windows import sliding_shape

__all__ = ["BaseConvolution"]


class BaseConvolution(ActivatesInPlace, Layer):
    """A window that slides over `rank` dimensions of space.

    Channels-last data is seen as torch's channels-last memory format: the axes of views are
    permuted, and no data moves. Torch has that format for images and volumes only, so a sequence
    is seen as an image of height 1; its own 1D kernels would copy the sequence there and back.
    """

    filters: int
    groups: int
    padding: Any
    padding_mode: Any = "zeros"
    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")
    keras_names: ClassVar[dict[str, str]] = {"weight": "kernel"}
    checks_input_shape = True
    _kernel_function: ClassVar[Callable[..., Tensor]]

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        owner, rank = self.described, self.rank
        self.kernel_size = whole_numbers(kernel_size, rank, "kernel_size", owner)
        self.strides = whole_numbers(strides, rank, "strides", owner)
        self.dilation_rate = whole_numbers(dilation_rate, rank, "dilation_rate", owner)
        self.padding = checked_padding(padding, owner, self.paddings)
        self.data_format = standardize_data_format(data_format)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.input_spec = InputSpec(ndim=rank + 2)
        self.stride, self.dilation = self.strides, self.dilation_rate  # torch's names for them
        self._last = self.data_format == "channels_last"
        self.takes_channels_first = self._last and is_pointwise(self.activation)
        self._gives_view = rank == 1
        self._order = channels_first_order(rank), channels_last_order(rank)
        self._window = dilated(self.kernel_size, self.dilation_rate)
        # as torch's kernels are given them: a sequence has height 1
        self._steps, self._gaps = self._wide(self.strides), self._wide(self.dilation_rate)
        self._reach = self._wide(self._window)
        self._frame = {"valid": 0, "same": constant_frame(self._reach, self._steps)}.get(
            self.padding
        )

    def known_channels(self, input_shape: tuple[int | None, ...]) -> int:
        """Return how many channels come in, and expect as many from now on.

        Raises:
            ValueError: if that is unknown, or the shape's rank is another one.
        """
        self.compute_output_shape(input_shape)
        axis = -1 if self._last else 1
        channels = input_shape[axis]
        if channels is None:
            raise ValueError(
                f"{self.described} needs to know the channels of its input, at axis {axis} for "
                f"data_format={self.data_format!r}; received {channels} in {input_shape}."
            )
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    def call(self, inputs: Tensor) -> Tensor:
        """Return activation(convolution(inputs) + bias)."""
        if not self._last:
            if inputs.ndim != self.rank + 2:  # torch would take it for an image without a batch
                self._check_inputs((inputs,))
            return self._activated(self._convolved(inputs))
        return self._activated(self._convolved(inputs.permute(self._order[0])), self._order[1])

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1."""
        return self._activated(self._convolved(inputs))

    def _convolved(self, x: Tensor) -> Tensor:
        x = x if x.is_floating_point() else x.to(self._torch_dtype)
        return self._convolve(x.unsqueeze(2)).squeeze(2) if self.rank == 1 else self._convolve(x)

    def _convolve(self, x: Tensor) -> Tensor:
        """Return convolution(x) + bias, channels at axis 1."""
        x, frame = self._framed(x)
        settings = self._steps, frame, self._gaps, self.groups
        return self._kernel_function(x, self._kernel("weight"), stored(self, "bias"), *settings)

    def _kernel(self, name: str) -> Tensor:
        weight = stored(self, name)
        return weight.unsqueeze(2) if self.rank == 1 else weight

    def _framed(self, x: Tensor) -> tuple[Tensor, Any]:
        """Return the input of the kernel, and the zeros that the kernel adds on both sides."""
        if self._frame is not None:
            return x, self._frame
        if self.padding == "causal":
            return F.pad(x, (self._reach[-1] - 1, 0)), 0
        return framed(x, self._reach, self._steps)

    def _wide(self, sizes: tuple[int, ...], height: int = 1) -> tuple[int, ...]:
        return (height, *sizes) if self.rank == 1 else sizes

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        return sliding_shape(
            input_shape, self._channels_given(input_shape), self._window, self.strides,
            self.padding, self.data_format, self.described,
        )  # fmt: skip

    def _channels_given(self, input_shape: tuple[int | None, ...]) -> int | None:
        return self.filters

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        config = super().get_config()
        return {**config, "activity_regularizer": config.get("activity_regularizer")}
