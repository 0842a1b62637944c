"""What convolution and pooling share: the window that slides over an image, the order of axes."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

__all__ = [
    "channels_first_order",
    "channels_last_order",
    "constant_frame",
    "cut_off",
    "cut_positions",
    "dilated",
    "framed",
    "total_padding",
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


def channels_first_order(rank: int) -> tuple[int, ...]:
    """Return the axes that turn (batch, *space, channels) to (batch, channels, *space)."""
    return (0, rank + 1, *range(1, rank + 1))


def channels_last_order(rank: int) -> tuple[int, ...]:
    """Return the axes that turn (batch, channels, *space) to (batch, *space, channels)."""
    return (0, *range(2, rank + 2), 1)


def cut_off(window: int, stride: int, extra: int | None, padding: str) -> int:
    """Return how many elements padding cuts off a transposed convolution; if < 0, how many it adds.

    Written out, an input of n elements gives (n - 1) * stride + window. Without an output padding
    ("extra") "same" makes n * stride elements of n, and "valid" at least as many; with one, "same"
    makes (n - 1) * stride + window % 2 + extra.
    """
    if padding == "valid":
        return min(0, window - stride) if extra is None else -extra
    return window - (stride if extra is None else window % 2 + extra)


def cut_positions(
    cuts: tuple[int, ...],
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[Any, ...] | None]:
    """Return where a transposed convolution is cut: by torch's kernel, and after it.

    The kernel cuts as many elements from both sides, or adds some at the end. Where one more is to
    go at the end than at the beginning, that one is sliced off.

    Args:
        cuts: what `cut_off` returned, for each dimension.

    Returns:
        How many go from both sides, how many are added, and the index of what is kept of that (None
        for all).
    """
    from_both = tuple(max(0, cut // 2) for cut in cuts)
    added = tuple(max(0, -cut) for cut in cuts)
    odd = [cut > 0 and cut % 2 == 1 for cut in cuts]
    kept = (..., *(slice(-1) if one else slice(None) for one in odd))
    return from_both, added, kept if any(odd) else None
