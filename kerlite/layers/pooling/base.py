"""BasePooling: what the layers with a sliding window share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.arguments import checked_padding, whole_numbers
from kerlite.core.config import standardize_data_format
from kerlite.core.pooling import early_frame, first_to_drop
from kerlite.core.windows import channels_first_order, channels_last_order
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.windows import sliding_shape

__all__ = ["BasePooling"]


class BasePooling(Layer):
    """A sliding window, of which one number is kept, over `rank` dimensions of space.

    A subclass names torch's function: `_pool(x, size, strides, frame, ceil_mode=...)`.
    """

    rank: ClassVar[int]
    _pool: ClassVar[Callable[..., Tensor]]
    checks_input_shape = True

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        owner = self.described
        self.pool_size = whole_numbers(pool_size, self.rank, "pool_size", owner)
        strides = self.pool_size if strides is None else strides
        self.strides = whole_numbers(strides, self.rank, "strides", owner)
        self.padding = checked_padding(padding, owner)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._last = self.takes_channels_first = self.data_format == "channels_last"
        self._order = channels_first_order(self.rank), channels_last_order(self.rank)
        same = self.padding == "same"
        self._cut = first_to_drop(self.pool_size, self.strides) if same else None
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return one number for each place of the window."""
        if inputs.ndim != self.rank + 2:
            self._check_inputs((inputs,))
        if not self._last:
            return self.call_channels_first(inputs)
        return self.call_channels_first(inputs.permute(self._order[0])).permute(self._order[1])

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        same = self.padding == "same"
        frame = early_frame(x, self.pool_size, self.strides) if same else 0
        pooled = self._pool(x, self.pool_size, self.strides, frame, ceil_mode=same)
        if pooled.dtype is not x.dtype:  # autocast computes some in float32
            pooled = pooled.to(x.dtype)
        return pooled if self._cut is None else pooled[self._cut]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        return sliding_shape(
            input_shape, input_shape[-1 if self._last else 1], self.pool_size, self.strides,
            self.padding, self.data_format, self.described,
        )  # fmt: skip
