"""What convolution and pooling share: the window that slides over an image, the order of axes."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

__all__ = [
    "channels_first_order",
    "channels_last_order",
    "constant_frame",
    "dilated",
    "framed",
    "sliding_shape",
    "space_of",
    "total_padding",
    "with_space",
]


def dilated(sizes: tuple[int, ...], rates: tuple[int, ...]) -> tuple[int, ...]:
    """Return how far a window reaches whose elements lie `rates` apart."""
    return tuple((size - 1) * rate + 1 for size, rate in zip(sizes, rates, strict=True))


def total_padding(size: int, window: int, stride: int) -> int:
    """Return how many zeros "same" adds to a dimension, both sides together.

    So many that the windows start at every `stride`-th element and the last one ends inside; the
    odd one goes to the end.

    Example:
        >>> [total_padding(size, window=3, stride=2) for size in (7, 8)]
        [2, 1]
    """
    return max(0, window - 1 - (size - 1) % stride)


def constant_frame(window: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return what `framed` leaves to torch's kernels, if that is the same for all inputs."""
    if any(stride > 1 for stride in strides) or any(width % 2 == 0 for width in window):
        return None
    return tuple(width // 2 for width in window)


def framed(
    x: Tensor, window: tuple[int, ...], strides: tuple[int, ...]
) -> tuple[Tensor, tuple[int, ...] | int]:
    """Return an input, and the zeros to add on both sides of it, for padding "same".

    Where the two sides differ, which torch's kernels cannot do, they are added here already.

    Args:
        x: the input, with the channels at axis 1.
        window: the window's size, dilation included.
        strides: how far it moves.
    """
    dimensions = zip(x.shape[2:], window, strides, strict=True)
    totals = [total_padding(*dimension) for dimension in dimensions]
    if all(total % 2 == 0 for total in totals):
        return x, tuple(total // 2 for total in totals)
    sides = [side for total in reversed(totals) for side in (total // 2, total - total // 2)]
    return F.pad(x, sides), 0


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


def channels_first_order(rank: int) -> tuple[int, ...]:
    """Return the axes that turn (batch, *space, channels) to (batch, channels, *space)."""
    return (0, rank + 1, *range(1, rank + 1))


def channels_last_order(rank: int) -> tuple[int, ...]:
    """Return the axes that turn (batch, channels, *space) to (batch, *space, channels)."""
    return (0, *range(2, rank + 2), 1)


def _output_size(size: int | None, window: int, stride: int, padding: str) -> int | None:
    if size is None:
        return None
    room = size - window + 1 if padding == "valid" else size
    return (room + stride - 1) // stride
