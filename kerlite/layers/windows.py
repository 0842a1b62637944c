"""The shapes of what a window makes that slides over an image."""

from __future__ import annotations

__all__ = ["sliding_shape", "space_of", "with_space"]


def sliding_shape(
    input_shape: tuple[int | None, ...],
    channels: int | None,
    window: tuple[int, ...],
    strides: tuple[int, ...],
    padding: str,
    data_format: str,
    owner: str,
) -> tuple[int | None, ...]:
    """Return the shape of what a sliding window makes of an input.

    Args:
        input_shape: the input's shape, batch first.
        channels: how many channels come out.
        window: its size, dilation included.
        strides: how far it moves.
        padding: "valid", "same" or "causal".
        data_format: where the channels are.
        owner: the layer, for errors.

    Raises:
        ValueError: if the window is larger than the input, or the rank is another one.
    """
    sizes = space_of(input_shape, len(window), data_format, owner)
    if padding == "valid" and any(
        size is not None and size < width for size, width in zip(sizes, window, strict=True)
    ):
        raise ValueError(
            f"{owner} slides a window of {window} over an input of shape {input_shape}, "
            "which is smaller. Use a smaller window, larger inputs or padding='same'; for images "
            f"laid out another way than {data_format!r} set data_format."
        )
    moved = tuple(
        _output_size(*dimension, padding) for dimension in zip(sizes, window, strides, strict=True)
    )
    return with_space(input_shape[0], moved, channels, data_format)


def space_of(
    shape: tuple[int | None, ...], rank: int, data_format: str, owner: str
) -> tuple[int | None, ...]:
    """Return the sizes of an input without batch and channels.

    Raises:
        ValueError: if there are not `rank` of them.
    """
    if len(shape) != rank + 2:
        raise ValueError(
            f"{owner} needs inputs of {rank + 2} dimensions (batch, {rank} of space, "
            f"channels); received the shape {shape}."
        )
    return shape[1:-1] if data_format == "channels_last" else shape[2:]


def with_space(
    batch: int | None, space: tuple[int | None, ...], channels: int | None, data_format: str
) -> tuple[int | None, ...]:
    """Return a shape with the channels where they belong."""
    if data_format == "channels_last":
        return (batch, *space, channels)
    return (batch, channels, *space)


def _output_size(size: int | None, window: int, stride: int, padding: str) -> int | None:
    if size is None:
        return None
    room = size - window + 1 if padding == "valid" else size
    return (room + stride - 1) // stride
