"""Cropping1D, Cropping2D, Cropping3D: the border of images cut off."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.layers.reshaping.base import SpaceLayer, border_widths

__all__ = ["Cropping1D", "Cropping2D", "Cropping3D"]


class BaseCropping(SpaceLayer):
    """A border cut off at each end of each dimension of space."""

    def _set_up(self, cropping: Any, data_format: str | None) -> None:
        self._lay_out(data_format)
        widths = border_widths(cropping, self.rank, "cropping", self.described)
        self.cropping: Any = widths if self.rank > 1 else widths[0]
        self._widths = tuple(before + after for before, after in widths)
        inner = (slice(before, -after or None) for before, after in widths)
        self._index = (slice(None), slice(None), *inner)

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return a view without the border, for channels at axis 1."""
        inside = inputs[self._index]
        if 0 in inside.shape[2:]:
            for dimension, size in enumerate(inputs.shape[2:]):
                self.new_size(size, dimension)
        return inside

    def new_size(self, size: int, dimension: int) -> int:
        """Return what is left of a size.

        Raises:
            ValueError: if nothing is.
        """
        left = size - self._widths[dimension]
        if left <= 0:
            raise ValueError(
                f"{self.described} cuts cropping={self.cropping} off its inputs, but dimension "
                f"{dimension + 1} of space has only {size} elements. Crop less, or use larger "
                "inputs."
            )
        return left


class Cropping1D(BaseCropping):
    """Steps cut off at the beginning and the end of sequences.

    Args:
        cropping: how many steps to cut: one number for both ends, or (beginning, end).

    Shape:
        (batch, steps, features) -> (batch, steps - cut, features).

    Raises:
        ValueError: for numbers < 0, or if nothing is left.

    Example:
        >>> import torch
        >>> Cropping1D((1, 2))(torch.arange(5.0).reshape(1, 5, 1)).flatten()
        tensor([1., 2.])

    Source: keras.layers.Cropping1D.
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any):
        super().__init__(**kwargs)
        self._set_up(cropping, "channels_last")


class Cropping2D(BaseCropping):
    """The border of images cut off.

    Args:
        cropping: how many rows and columns to cut: one number for all four sides; (rows, columns)
            for both sides each; or ((top, bottom), (left, right)).
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, height, width, channels) -> (batch, height - cut, width - cut, channels), the
        channels second with "channels_first".

    Raises:
        ValueError: for numbers < 0, or if nothing is left.

    Example:
        >>> import torch
        >>> Cropping2D(((1, 0), (2, 1)))(torch.ones(1, 5, 5, 3)).shape
        torch.Size([1, 4, 2, 3])

    Source: keras.layers.Cropping2D.
    """

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self._set_up(cropping, data_format)


class Cropping3D(BaseCropping):
    """The border of volumes, or of films in space and time, cut off.

    Args:
        cropping: how much to cut: one number for all sides; three numbers, each for both sides of
            a dimension; or three pairs (before, after).
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, d1, d2, d3, channels) -> the same with smaller dimensions, the channels second with
        "channels_first".

    Raises:
        ValueError: for numbers < 0, or if nothing is left.

    Example:
        >>> import torch
        >>> Cropping3D((1, 0, 2))(torch.ones(1, 5, 5, 5, 3)).shape
        torch.Size([1, 3, 5, 1, 3])

    Source: keras.layers.Cropping3D.
    """

    rank = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._set_up(cropping, data_format)
