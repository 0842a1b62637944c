"""BaseGlobalPooling: what the layers share that keep one number of each channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.config import standardize_data_format
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec

__all__ = ["BaseGlobalPooling"]


class BaseGlobalPooling(Layer):
    """One number for each channel, from all of space (`rank` dimensions).

    A subclass names torch's function: `_reduce(x, axes, keepdim=...)`.
    """

    rank: ClassVar[int]
    _reduce: ClassVar[Callable[..., Tensor]]

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.takes_channels_first = self.data_format == "channels_last"
        first = 1 if self.takes_channels_first else 2
        self._space = tuple(range(first, first + self.rank))
        self._space_behind_channels = tuple(range(2, 2 + self.rank))
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return one number for each channel."""
        if inputs.ndim != self.rank + 2:
            self._check_inputs((inputs,))
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        return self._reduce(x, self._space, keepdim=self.keepdims)

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        return self._reduce(x, self._space_behind_channels, keepdim=self.keepdims)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, channels), with ones for the dimensions of space if they are kept."""
        if self.keepdims:
            return tuple(1 if i in self._space else size for i, size in enumerate(input_shape))
        return tuple(size for i, size in enumerate(input_shape) if i not in self._space)
