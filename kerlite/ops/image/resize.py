"""resize: images of another height and width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.operation import operation
from kerlite.ops.image.layouts import batch_of, restored
from kerlite.ops.image.resampling import resampled

__all__ = ["resize"]

_TORCH_MODES = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}
_INTERPOLATIONS = (*_TORCH_MODES, "lanczos3", "lanczos5")


@operation("image")
def resize(
    images: Any,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Return images of another height and width.

    Args:
        images: one image or a batch; integers are rounded, and kept in their type's range.
        size: the new height and width.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".
        antialias: whether what shrinks is smoothed first; "nearest" never does.
        crop_to_aspect_ratio: whether to cut off so much first that nothing is distorted.
        pad_to_aspect_ratio: whether to add so much first that nothing is distorted.
        fill_mode: how to pad; only "constant".
        fill_value: what to pad with.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        (..., height, width, channels) -> (..., *size, channels), or with the channels in front.

    Raises:
        ValueError: if an argument is none of these, both crop and pad are asked for, or the images
            do not have three or four axes.

    Example:
        >>> resize(torch.tensor([[[1.0], [3.0]]]), (1, 4))[0, :, 0]
        tensor([1.0000, 1.5000, 2.5000, 3.0000])

    Source: keras.ops.image.resize; "lanczos3" and "lanczos5" too, which Keras on torch refuses.
    """
    height, width = _size_of(size)
    if interpolation not in _INTERPOLATIONS:
        raise ValueError(
            f"Unknown interpolation: {interpolation!r}. Expected one of {_INTERPOLATIONS}."
        )
    if fill_mode != "constant":
        raise ValueError(f"resize() pads with fill_mode='constant' only; received {fill_mode!r}.")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be True.")
    x, layout = batch_of(images, data_format)
    y = x if x.dtype in (torch.float32, torch.float64) else x.float()
    if crop_to_aspect_ratio:
        y = _cropped(y, height, width)
    elif pad_to_aspect_ratio:
        y = _padded(y, height, width, fill_value)
    y = _resized(y, (height, width), interpolation, antialias)
    return restored(_cast(y, x.dtype), layout)


def _size_of(size: Any) -> tuple[int, int]:
    if not isinstance(size, (list, tuple)) or len(size) != 2 or min(size) < 1:
        raise ValueError(f"size must be a (height, width) of positive numbers; received {size!r}.")
    return size[0], size[1]


def _cropped(x: Tensor, height: int, width: int) -> Tensor:
    """Return the middle of the images, as large as they allow, of the same shape as the result."""
    old_height, old_width = x.shape[2:]
    rows = max(min(old_height, old_width * height // width), 1)
    columns = max(min(old_width, old_height * width // height), 1)
    top, left = (old_height - rows) // 2, (old_width - columns) // 2
    return x[:, :, top : top + rows, left : left + columns]


def _padded(x: Tensor, height: int, width: int, fill_value: float) -> Tensor:
    """Return the images in the middle of as small a frame of the same shape as the result."""
    old_height, old_width = x.shape[2:]
    top = (max(old_height, old_width * height // width) - old_height) // 2
    left = (max(old_width, old_height * width // height) - old_width) // 2
    return F.pad(x, (left, left, top, top), value=fill_value)


def _resized(x: Tensor, size: tuple[int, int], interpolation: str, antialias: bool) -> Tensor:
    if interpolation in _TORCH_MODES:
        smooth = interpolation != "nearest"
        return F.interpolate(
            x,
            size,
            mode=_TORCH_MODES[interpolation],
            align_corners=False if smooth else None,
            antialias=antialias and smooth,
        )
    for axis, new in zip((2, 3), size, strict=True):
        x = resampled(x, axis, new, new / x.shape[axis], 0.0, interpolation, antialias)
    return x


def _cast(x: Tensor, kind: torch.dtype) -> Tensor:
    if kind.is_floating_point:
        return x.to(kind)
    if kind is torch.bool:
        return x.round().to(kind)
    limits = torch.iinfo(kind)
    return x.round().clamp(limits.min, limits.max).to(kind)
