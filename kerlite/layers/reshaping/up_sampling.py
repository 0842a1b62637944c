"""UpSampling1D, UpSampling2D, UpSampling3D: images enlarged by whole factors."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core.arguments import whole_numbers
from kerlite.core.tensor import KerasTensor
from kerlite.layers.reshaping.base import SpaceLayer, checked_count
from kerlite.layers.reshaping.resizing import enlarged, repeated

__all__ = ["UpSampling1D", "UpSampling2D", "UpSampling3D"]

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


class BaseUpSampling(SpaceLayer):
    """Every element of space repeated."""

    _factors: tuple[int, ...]

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the inputs enlarged, for channels at axis 1."""
        return repeated(inputs, self._factors)

    def new_size(self, size: int, dimension: int) -> int:
        """Return a size after enlarging."""
        return size * self._factors[dimension]


class UpSampling1D(BaseUpSampling):
    """Every step of a sequence several times, one after the other.

    Args:
        size: how often, >= 1.

    Shape:
        (batch, steps, features) -> (batch, steps * size, features).

    Raises:
        TypeError: if size is not a whole number.
        ValueError: if size < 1.

    Example:
        >>> import torch
        >>> UpSampling1D(2)(torch.tensor([[[1.0], [2.0]]])).flatten()
        tensor([1., 1., 2., 2.])

    Source: keras.layers.UpSampling1D.
    """

    rank = 1

    def __init__(self, size: int = 2, **kwargs: Any):
        super().__init__(**kwargs)
        self._lay_out("channels_last")
        self.size = checked_count(size, "size", self.described)
        self._factors = (self.size,)


class UpSampling2D(BaseUpSampling):
    """Images enlarged: pixels repeated, or new ones computed between the old.

    Args:
        size: how many times higher and wider; one number for both.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        interpolation: "nearest" repeats pixels; "bilinear", "bicubic", "lanczos3" and "lanczos5"
            weigh the 2, 4, 6 and 10 nearest in each direction.

    Shape:
        (batch, height, width, channels) -> (batch, height * size, width * size, channels), the
        channels second with "channels_first". Whole numbers stay whole with "nearest" only.

    Raises:
        ValueError: for a size < 1 or an unknown interpolation.

    Example:
        >>> import torch
        >>> layer = UpSampling2D((1, 2), interpolation="bilinear")
        >>> layer(torch.tensor([[[[0.0], [4.0]]]])).flatten()
        tensor([0., 1., 3., 4.])

    Source: keras.layers.UpSampling2D. Keras on torch has no lanczos; here it is TensorFlow's.
    "bicubic" is torch's kernel (a = -0.75, edges repeated) as in Keras on torch; TensorFlow and JAX
    take a = -0.5 and leave out what lies beyond the edges.
    """

    rank = 2

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._lay_out(data_format)
        self.size = self._factors = whole_numbers(size, 2, "size", self.described)
        named = isinstance(interpolation, str)
        self.interpolation = interpolation.lower() if named else interpolation
        if self.interpolation not in _INTERPOLATIONS:
            raise ValueError(
                f"{self.described} needs interpolation to be one of {_INTERPOLATIONS}; received "
                f"{interpolation!r}."
            )

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the images enlarged, for channels at axis 1."""
        if self.interpolation == "nearest":
            return repeated(inputs, self._factors)
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        return enlarged(x, self.size, self.interpolation)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; whole numbers stay whole if pixels are repeated."""
        dtype = inputs.dtype if self.interpolation == "nearest" else self.compute_dtype
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype)


class UpSampling3D(BaseUpSampling):
    """Volumes, or films in space and time, enlarged by repeating their elements.

    Args:
        size: how often to repeat in each dimension; one number for all three.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (batch, d1, d2, d3, channels) -> (batch, d1 * size, d2 * size, d3 * size, channels), the
        channels second with "channels_first".

    Raises:
        ValueError: for a size < 1.

    Example:
        >>> import torch
        >>> UpSampling3D((1, 2, 3))(torch.ones(1, 5, 5, 5, 3)).shape
        torch.Size([1, 5, 10, 15, 3])

    Source: keras.layers.UpSampling3D.
    """

    rank = 3

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self._lay_out(data_format)
        self.size = self._factors = whole_numbers(size, 3, "size", self.described)
