"""Images in other colour spaces."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import config
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation

__all__ = ["hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv"]


@operation("image", "RGBToGrayscale")
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Tensor:
    """Return the brightness of colour images, 0.2989 red + 0.587 green + 0.114 blue.

    Args:
        images: images with 3 channels; those with 1 come back as a copy.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        (..., height, width, 3) -> (..., height, width, 1), or the same with the channels in front.

    Raises:
        ValueError: if the images have neither 1 nor 3 channels, or not three or four axes.

    Example:
        >>> rgb_to_grayscale(torch.ones(2, 2, 3)).shape
        torch.Size([2, 2, 1])

    Source: keras.ops.image.rgb_to_grayscale.
    """
    x, axis = _checked(images, data_format, (1, 3))
    if x.shape[axis] == 1:
        return x.clone()
    red, green, blue = x.unbind(axis)
    return (0.2989 * red + 0.587 * green + 0.114 * blue).to(x.dtype).unsqueeze(axis)


@operation("image", "RGBToHSV")
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Return colour images as hue, saturation and value.

    value = max(red, green, blue); saturation = (value - min) / value; hue is the place on the
    circle of colours: red 0, green 1/3, blue 2/3.

    Args:
        images: floating-point images with 3 channels, in [0, 1].
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        any -> the same.

    Raises:
        TypeError: if the images are integers.
        ValueError: if they do not have 3 channels, or not three or four axes.

    Example:
        >>> rgb_to_hsv(torch.tensor([[[0.0, 0.5, 0.0]]]))
        tensor([[[0.3333, 1.0000, 0.5000]]])

    Source: keras.ops.image.rgb_to_hsv.
    """
    x, axis = _checked(images, data_format, (3,), floating=True)
    x = x.where(x.abs() >= torch.finfo(x.dtype).eps, 0.0)  # as Keras: almost black is black
    red, green, blue = x.unbind(axis)
    value = x.amax(axis)
    spread = value - x.amin(axis)
    part = 1 / torch.where(spread > 0, spread, 1.0)
    hue = torch.where(value == green, 2 + (blue - red) * part, 4 + (red - green) * part)
    hue = torch.where(value == red, (green - blue) * part, hue) / 6
    hue = torch.where(spread > 0, hue + (hue < 0), 0.0)
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, 1.0), 0.0)
    return torch.stack([hue, saturation, value], axis)


@operation("image", "HSVToRGB")
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Tensor:
    """Return images of hue, saturation and value as colours: the inverse of `rgb_to_hsv`.

    Args:
        images: floating-point images with 3 channels, in [0, 1]; the hue may be any number.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        any -> the same.

    Raises:
        TypeError: if the images are integers.
        ValueError: if they do not have 3 channels, or not three or four axes.

    Example:
        >>> hsv_to_rgb(torch.tensor([[[0.0, 1.0, 0.5]]]))
        tensor([[[0.5000, 0.0000, 0.0000]]])

    Source: keras.ops.image.hsv_to_rgb.
    """
    x, axis = _checked(images, data_format, (3,), floating=True)
    hue, saturation, value = x.unbind(axis)
    sixth = (hue % 1.0) * 6
    shares = (
        ((sixth - 3).abs() - 1).clamp(0, 1),
        (2 - (sixth - 2).abs()).clamp(0, 1),
        (2 - (sixth - 4).abs()).clamp(0, 1),
    )
    return torch.stack([value * (1 - saturation + saturation * one) for one in shares], axis)


def _checked(
    images: Any, data_format: str | None, channels: tuple[int, ...], floating: bool = False
) -> tuple[Tensor, int]:
    """Return the images as a tensor, and the axis of their channels."""
    x = as_tensor(images)
    axis = -1 if config.standardize_data_format(data_format) == "channels_last" else -3
    if x.ndim not in (3, 4) or x.shape[axis] not in channels:
        raise ValueError(
            f"Expected images of three or four axes, with {' or '.join(map(str, channels))} "
            f"channels at axis {axis}; received the shape {tuple(x.shape)}. The argument "
            "data_format says where the channels are."
        )
    if floating and not x.is_floating_point():
        raise TypeError(
            f"Expected floating-point images in [0, 1]; received {x.dtype}. Convert them first, "
            "as in images / 255."
        )
    return x, axis
