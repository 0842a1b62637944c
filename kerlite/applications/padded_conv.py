"""PaddedConv2D: a convolution with a given number of zeros on all sides, as torch's have."""

from __future__ import annotations

from typing import Any

from kerlite.core import registry
from kerlite.core.arguments import is_whole
from kerlite.layers import Conv2D
from kerlite.layers.windows import space_of, with_space

__all__ = ["PaddedConv2D"]


@registry.register_keras_serializable(package="kerlite")
class PaddedConv2D(Conv2D):
    """A Conv2D with a given number of zeros above and below, left and right of the input.

    With strides > 1, padding "same" puts the odd zero at the end; torchvision's networks have as
    many on either side.

    Args:
        filters: channels of the output, >= 1.
        kernel_size: height and width of the window; one number for both.
        pads: rows of zeros above and below, and columns left and right, >= 0.
        **kwargs: the other arguments of Conv2D.

    Shape:
        (batch, height, width, channels) -> (batch, new height, new width, filters), where a new
        size is floor((size + 2 * pads - kernel_size) / strides) + 1.

    Raises:
        ValueError: for negative numbers, or what Conv2D refuses.

    Example:
        >>> import torch
        >>> layer = PaddedConv2D(8, 3, pads=(1, 1), strides=2)
        >>> layer(torch.ones(1, 28, 28, 3)).shape
        torch.Size([1, 14, 14, 8])

    Source: torch.nn.Conv2d.
    """

    def __init__(self, filters: int, kernel_size: Any, pads: Any = (0, 0), **kwargs: Any):
        super().__init__(filters, kernel_size, **kwargs)
        numbers = tuple(pads) if isinstance(pads, (list, tuple)) else (pads, pads)
        if len(numbers) != 2 or not all(is_whole(one) and one >= 0 for one in numbers):
            raise ValueError(
                f"{self.described} needs pads to be two whole numbers >= 0; received {pads!r}."
            )
        self.pads = self._frame = numbers

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        space = space_of(input_shape, 2, self.data_format, self.described)
        wide = tuple(
            None if size is None else size + 2 * pad
            for size, pad in zip(space, self.pads, strict=True)
        )
        return super().compute_output_shape(
            with_space(input_shape[0], wide, self.filters, self.data_format)
        )
