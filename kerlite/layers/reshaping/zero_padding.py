"""ZeroPadding1D, ZeroPadding2D, ZeroPadding3D: a border of zeros around images."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.layers.reshaping.base import SpaceLayer, border_widths

__all__ = ["ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"]


class BaseZeroPadding(SpaceLayer):
    """Zeros added at each end of each dimension of space."""

    def _set_up(self, padding: Any, data_format: str | None) -> None:
        self._lay_out(data_format)
        widths = border_widths(padding, self.rank, "padding", self.described)
        self.padding: Any = widths if self.rank > 1 else widths[0]
        self._widths = tuple(before + after for before, after in widths)
        # torch begins with the last dimension
        self._sides = tuple(width for pair in reversed(widths) for width in pair)

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the inputs with zeros around them, for channels at axis 1."""
        return F.pad(inputs, self._sides)

    def new_size(self, size: int, dimension: int) -> int:
        """Return a size with its border."""
        return size + self._widths[dimension]


class ZeroPadding1D(BaseZeroPadding):
    """Zeros added at the beginning and the end of sequences.

    Args:
        padding: how many to add: one number for both ends, or (beginning, end).
        data_format: "channels_last" for (batch, steps, channels), "channels_first" for (batch,
            channels, steps); by default `image_data_format()`.

    Shape:
        (batch, steps, channels) -> (batch, steps + added, channels).

    Raises:
        ValueError: for numbers < 0.

    Example:
        >>> import torch
        >>> ZeroPadding1D((2, 1))(torch.ones(1, 2, 1)).flatten()
        tensor([0., 0., 1., 1., 0.])

    Source: keras.layers.ZeroPadding1D.
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self._set_up(padding, data_format)


class ZeroPadding2D(BaseZeroPadding):
    """A border of zeros around images.

    Args:
        padding: how many rows and columns to add: one number for all four sides; (rows, columns)
            for both sides each; or ((top, bottom), (left, right)).
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, height, width, channels) -> (batch, height + added, width + added, channels), the
        channels second with "channels_first".

    Raises:
        ValueError: for numbers < 0.

    Example:
        >>> import torch
        >>> ZeroPadding2D(((0, 1), (1, 1)))(torch.ones(1, 1, 1, 1)).reshape(2, 3)
        tensor([[0., 1., 0.],
                [0., 0., 0.]])

    Source: keras.layers.ZeroPadding2D.
    """

    rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self._set_up(padding, data_format)


class ZeroPadding3D(BaseZeroPadding):
    """Zeros around volumes, or around films in space and time.

    Args:
        padding: how many to add: one number for all sides; three numbers, each for both sides of a
            dimension; or three pairs (before, after).
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, d1, d2, d3, channels) -> the same with larger dimensions, the channels second with
        "channels_first".

    Raises:
        ValueError: for numbers < 0.

    Example:
        >>> import torch
        >>> ZeroPadding3D((1, 0, 2))(torch.ones(1, 5, 5, 5, 3)).shape
        torch.Size([1, 7, 5, 9, 3])

    Source: keras.layers.ZeroPadding3D.
    """

    rank = 3

    def __init__(
        self, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self._set_up(padding, data_format)
