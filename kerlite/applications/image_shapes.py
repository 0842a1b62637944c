"""Shapes of images, whichever of their dimensions the channels are."""

from __future__ import annotations

from typing import Any

from kerlite.core import config
from kerlite.core.arguments import is_whole
from kerlite.core.tensor import KerasTensor

__all__ = [
    "as_image_shape", "channel_axis", "channels_in", "channels_of", "image_shape", "sizes_in",
    "space_of",
]  # fmt: skip


def channel_axis() -> int:
    """Return the place of the channels in a batch of images."""
    return 1 if config.image_data_format() == "channels_first" else -1


def channels_of(x: KerasTensor) -> int:
    """Return how many channels a symbolic batch of images has."""
    return channels_in(x.shape[1:])  # type: ignore[return-value]


def space_of(x: KerasTensor) -> tuple[int | None, ...]:
    """Return height and width of a symbolic batch of images."""
    return sizes_in(x.shape[1:])


def as_image_shape(shape: Any) -> tuple[int | None, ...] | None:
    """Return a shape that a caller gave as a tuple; None stays.

    Raises:
        ValueError: if it is no shape of one image.
    """
    if shape is None:
        return None
    fitting = isinstance(shape, (tuple, list)) and len(shape) == 3
    if not fitting or any(size is not None and not is_whole(size) for size in shape):
        raise ValueError(
            "input_shape is the shape of one image, without the batch, such as "
            f"{image_shape(224, 3)}; received {shape!r}."
        )
    return tuple(shape)


def image_shape(size: int | None, channels: int | None) -> tuple[int | None, ...]:
    """Return the shape of a square image."""
    last = config.image_data_format() == "channels_last"
    return (size, size, channels) if last else (channels, size, size)


def channels_in(shape: tuple[int | None, ...]) -> int | None:
    """Return the number of channels in the shape of one image."""
    return shape[-1] if config.image_data_format() == "channels_last" else shape[0]


def sizes_in(shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """Return height and width in the shape of one image."""
    return shape[:-1] if config.image_data_format() == "channels_last" else shape[1:]
