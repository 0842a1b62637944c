"""BaseAdaptivePooling: what the layers share whose windows follow from the output's size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.arguments import whole_numbers
from kerlite.core.config import standardize_data_format
from kerlite.core.windows import channels_first_order, channels_last_order
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec

__all__ = ["BaseAdaptivePooling"]


class BaseAdaptivePooling(Layer):
    """Windows of nearly equal size, as many as the output has elements, over `rank` dimensions.

    A subclass names torch's function: `_pool(x, output_size)`.
    """

    rank: ClassVar[int]
    _pool: ClassVar[Callable[..., Tensor]]

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.output_size = whole_numbers(output_size, self.rank, "output_size", self.described)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._last = self.takes_channels_first = self.data_format == "channels_last"
        self._order = channels_first_order(self.rank), channels_last_order(self.rank)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return one number for each window."""
        if inputs.ndim != self.rank + 2:
            self._check_inputs((inputs,))
        if not self._last:
            return self.call_channels_first(inputs)
        return self.call_channels_first(inputs.permute(self._order[0])).permute(self._order[1])

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        pooled = self._pool(x, self.output_size)
        return (
            pooled if pooled.dtype is x.dtype else pooled.to(x.dtype)
        )  # autocast: some in float32

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        if self._last:
            return (input_shape[0], *self.output_size, input_shape[-1])
        return (*input_shape[:2], *self.output_size)
