"""Shapes of images, whichever of their dimensions the channels are."""

from __future__ import annotations

from typing import Any

from kerlite.core import config
from kerlite.core.arguments import is_whole
from kerlite.core.tensor import KerasTensor
from kerlite.core.user_warning import warn

__all__ = [
    "as_image_shape", "channel_axis", "channels_in", "channels_of", "check_image", "halving_pads",
    "image_shape", "sizes_in", "space_of",
]  # fmt: skip

_COLOURS = 3


def channel_axis() -> int:
    """Return the place of the channels in a batch of images."""
    return 1 if config.image_data_format() == "channels_first" else -1


def channels_of(x: KerasTensor) -> int:
    """Return how many channels a symbolic batch of images has."""
    return channels_in(x.shape[1:])  # type: ignore[return-value]


def space_of(x: KerasTensor) -> tuple[int | None, ...]:
    """Return height and width of a symbolic batch of images."""
    return sizes_in(x.shape[1:])


def halving_pads(x: KerasTensor, size: int) -> tuple[tuple[int, int], ...]:
    """Return the borders with which a window of stride 2 covers an image: less before if even.

    Args:
        x: a symbolic batch of images.
        size: height and width of the window.
    """
    before = [size // 2 - (1 if pixels is None else 1 - pixels % 2) for pixels in space_of(x)]
    return tuple((less, size // 2) for less in before)


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


def check_image(shape: tuple[int | None, ...], min_size: int, what: str, imagenet: bool) -> None:
    """Check that a network can begin with images of a shape.

    Args:
        shape: the shape of one image.
        min_size: the smallest height and width that leave something to compute with.
        what: what has this shape, for errors.
        imagenet: whether the weights are to be those trained on ImageNet.

    Raises:
        ValueError: if it cannot; it says what to do.
    """
    channels, order = channels_in(shape), config.image_data_format()
    if channels is None:
        raise ValueError(f"{what} names the number of channels; received {shape}.")
    if any(size is not None and size < min_size for size in sizes_in(shape)):
        raise ValueError(
            f"This network takes images of at least {min_size} x {min_size}; received {what} "
            f"{shape}, {order}. {_remedy(shape)}"
        )
    if channels < 1:
        raise ValueError(f"Images have 1 channel or more; received {what} {shape}, {order}.")
    if imagenet and channels != _COLOURS:
        raise ValueError(
            f"Weights trained on ImageNet take RGB images, with 3 channels; received {what} "
            f"{shape}, {order}. Repeat grey images three times (Concatenate()([x, x, x])), or pass "
            "weights=None."
        )
    if channels not in (1, _COLOURS):
        warn(f"Images have 1 or 3 channels as a rule; {what} {shape} has {channels}, {order}.")


def _remedy(shape: tuple[int | None, ...]) -> str:
    """Return what to do about an image that is too small, or whose channels are elsewhere."""
    last = config.image_data_format() == "channels_last"
    if shape[0 if last else -1] in (1, _COLOURS):
        other = "channels_first" if last else "channels_last"
        return (
            f"If the channels are the {'first' if last else 'last'} of these, say so before: "
            f"kerlite.config.set_image_data_format({other!r})."
        )
    return "Enlarge the images (kerlite.ops.image.resize), or take a smaller network."


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
