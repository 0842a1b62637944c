"""Preprocess: from pictures to what a model's weights were trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["Preprocess"]


class Preprocess:
    """Torchvision's transform of some weights: resize, crop the middle, scale, normalize.

    Args:
        crop: height and width of the result.
        resize: what the shorter side is resized to first.
        mean, std: of each channel, for pixels in [0, 1]; std 1 / 255 gives [0, 255].
        interpolation: "bilinear" or "bicubic".
        data_format: where the channels are in the result.

    Call:
        pictures: a PIL image, or a tensor or array of shape (height, width, 3) or with a batch axis
            before, of bytes (0 to 255) or floats in [0, 1]; or a list of them.

    Shape:
        (batch, crop, crop, 3); without the batch axis for one picture.

    Raises:
        ValueError: for arrays of another shape.

    Example:
        >>> import numpy as np
        >>> preprocess = Preprocess(crop=8, resize=10, mean=[0.5] * 3, std=[0.5] * 3)
        >>> x = preprocess(np.full((20, 30, 3), 255, "uint8"))
        >>> x.shape, float(x.max())
        (torch.Size([8, 8, 3]), 1.0)

    Source: torchvision.transforms._presets.ImageClassification.
    """

    def __init__(
        self,
        crop: int,
        resize: int,
        mean: Any,
        std: Any,
        interpolation: str = "bilinear",
        data_format: str = "channels_last",
    ):
        self.crop, self.resize = int(crop), int(resize)
        self.mean, self.std = list(mean), list(std)
        self.interpolation, self.data_format = interpolation, data_format

    def __call__(self, pictures: Any) -> Tensor:
        """Return the input for the pictures."""
        if isinstance(pictures, (list, tuple)):
            return torch.stack([self(one) for one in pictures])
        x = self._transform(_channels_first(pictures))
        return x if self.data_format == "channels_first" else x.movedim(-3, -1)

    @property
    def _transform(self) -> Any:
        from torchvision.transforms import InterpolationMode
        from torchvision.transforms._presets import ImageClassification

        return ImageClassification(
            crop_size=self.crop, resize_size=self.resize, mean=tuple(self.mean),
            std=tuple(self.std), interpolation=InterpolationMode(self.interpolation),
        )  # fmt: skip

    def __repr__(self) -> str:
        return (
            f"Preprocess(crop={self.crop}, resize={self.resize}, mean={self.mean}, std={self.std}, "
            f"interpolation={self.interpolation!r}, data_format={self.data_format!r})"
        )


def _channels_first(picture: Any) -> Any:
    """Return an array with its channels before its height; a PIL image as it is."""
    if hasattr(picture, "getbands"):
        return picture.convert("RGB")
    x = picture if isinstance(picture, Tensor) else torch.from_numpy(np.array(picture))
    if x.ndim not in (3, 4) or x.shape[-1] != 3:
        raise ValueError(
            "A picture has the shape (height, width, 3), pictures (batch, height, width, 3); "
            f"received {tuple(x.shape)}. For a picture in grey repeat it: np.stack([x] * 3, -1)."
        )
    return x.movedim(-1, -3)
