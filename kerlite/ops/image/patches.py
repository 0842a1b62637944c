"""Images cut off, padded, and cut into patches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.core import config
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.shapes_only import may_be_unknown
from kerlite.core.windows import dilated, total_padding
from kerlite.ops.image.layouts import batch_of, restored

__all__ = ["crop_images", "extract_patches", "extract_patches_3d", "pad_images"]


@operation("image")
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Return images with zeros around them.

    Of top, bottom and target height two are given, the third follows; likewise of left, right and
    target width.

    Args:
        images: one image or a batch.
        top_padding: rows above.
        left_padding: columns to the left.
        bottom_padding: rows below.
        right_padding: columns to the right.
        target_height: the height of the result.
        target_width: the width of the result.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Raises:
        ValueError: if not two of three are given, or one comes out negative.

    Example:
        >>> import torch
        >>> pad_images(torch.ones(2, 3, 1), 1, 0, target_height=4, target_width=5).shape
        torch.Size([4, 5, 1])

    Source: keras.ops.image.pad_images.
    """
    x, layout = batch_of(images, data_format)
    top, bottom = _sides(x, 2, "padding", top_padding, bottom_padding, target_height)
    left, right = _sides(x, 3, "padding", left_padding, right_padding, target_width)
    return restored(F.pad(x, (left, right, top, bottom)), layout)


@operation("image")
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Return a copy of a part of images.

    Of top, bottom and target height two are given, the third follows; likewise of left, right and
    target width.

    Args:
        images: one image or a batch.
        top_cropping: rows to leave out above.
        left_cropping: columns to leave out to the left.
        bottom_cropping: rows to leave out below.
        right_cropping: columns to leave out to the right.
        target_height: the height of the result.
        target_width: the width of the result.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Raises:
        ValueError: if not two of three are given, or one comes out negative.

    Example:
        >>> import torch
        >>> crop_images(torch.ones(4, 5, 1), 1, 0, target_height=2, target_width=3).shape
        torch.Size([2, 3, 1])

    Source: keras.ops.image.crop_images; a part that reaches out of the images is refused.
    """
    x, layout = batch_of(images, data_format)
    top, bottom = _sides(x, 2, "cropping", top_cropping, bottom_cropping, target_height)
    left, right = _sides(x, 3, "cropping", left_cropping, right_cropping, target_width)
    return restored(F.pad(x, (-left, -right, -top, -bottom)), layout)


@operation("image")
def extract_patches(
    images: Any,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Return windows of images or volumes, each flattened into the channels.

    Args:
        images: images, or volumes with a depth in front of the height; one or a batch.
        size: height and width of the windows, a number for both; three numbers for volumes.
        strides: how far apart they are; by default their size.
        dilation_rate: how far apart their pixels are.
        padding: "valid", or "same" for zeros around the images, so many that there is a window for
            each stride begun.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        (..., height, width, channels) -> (..., rows, columns, height of a window * its width *
        channels), or with the channels in front.

    Raises:
        ValueError: if the padding is unknown, or the axes do not fit the size.

    Example:
        >>> import torch
        >>> extract_patches(torch.arange(16).reshape(4, 4, 1), 2)[0, 1]
        tensor([2, 3, 6, 7])

    Source: keras.ops.image.extract_patches; integers too, and strides together with dilation.
    """
    window = _per_axis(size, 2 if isinstance(size, int) else len(size), "size")
    rank = len(window)
    steps = window if strides is None else _per_axis(strides, rank, "strides")
    rates = _per_axis(dilation_rate, rank, "dilation_rate")
    x = as_tensor(images)
    if rank not in (2, 3) or x.ndim not in (rank + 1, rank + 2):
        raise ValueError(
            "Expected images of three or four axes and a size of two numbers, or volumes of four "
            f"or five and a size of three; received the shape {tuple(x.shape)}, size={size!r}."
        )
    last = config.standardize_data_format(data_format) == "channels_last"
    channels = -1 if last else -rank - 1
    x = x.movedim(channels, -1)
    reach = dilated(window, rates)
    x = _framed(x, reach, steps, padding)
    first = x.ndim - rank - 1
    for axis in range(rank):  # a view for each axis of space; one copy at the end
        x = x.unfold(first + axis, reach[axis], steps[axis])[..., :: rates[axis]]
    x = x.movedim(-rank - 1, -1).flatten(-rank - 1)
    return x.movedim(-1, channels)


def extract_patches_3d(
    volumes: Any,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Return windows of volumes, each flattened into the channels; see `extract_patches`.

    Args:
        volumes: one volume of shape (depth, height, width, channels) or a batch.
        size: depth, height and width of the windows; a number for all.
        strides: how far apart they are; by default their size.
        dilation_rate: how far apart their pixels are.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Example:
        >>> import torch
        >>> extract_patches_3d(torch.zeros(2, 8, 8, 8, 3), 4).shape
        torch.Size([2, 2, 2, 2, 192])

    Source: keras.ops.image.extract_patches_3d.
    """
    window = _per_axis(size, 3, "size")
    return extract_patches(volumes, window, strides, dilation_rate, padding, data_format)


def _sides(
    x: Tensor, axis: int, kind: str, first: int | None, last: int | None, target: int | None
) -> tuple[int, int]:
    """Return how much to pad or crop on the two sides of an axis, of which one may follow."""
    where = ("top", "bottom", "target_height") if axis == 2 else ("left", "right", "target_width")
    names = (f"{where[0]}_{kind}", f"{where[1]}_{kind}", where[2])
    given = ", ".join(map("{}={}".format, names, (first, last, target)))
    if (first, last, target).count(None) != 1:
        raise ValueError(f"Exactly two of {names} must be given; received {given}.")
    size = x.shape[axis]
    change = 0 if target is None else target - size if kind == "padding" else size - target
    before = change - (last or 0) if first is None else first
    after = change - before if last is None else last
    rest = size if kind == "padding" else size - before - after
    if min(before, after, rest, target or 0) < 0 and not may_be_unknown(x, axis):
        raise ValueError(
            f"None of {names} may be negative, nor come out so; received {given} for images of "
            f"{'height' if axis == 2 else 'width'} {size}."
        )
    return before, after


def _framed(x: Tensor, reach: tuple[int, ...], steps: tuple[int, ...], padding: str) -> Tensor:
    """Return images, channels last, with the zeros that the padding asks for."""
    if padding not in ("valid", "same"):
        raise ValueError(f"Unknown padding: {padding!r}. Expected 'valid' or 'same'.")
    if padding == "valid":
        return x
    amounts = [0, 0]
    sizes = x.shape[-len(reach) - 1 : -1]
    for size, width, step in reversed(list(zip(sizes, reach, steps, strict=True))):
        total = total_padding(size, width, step)
        amounts += [total // 2, total - total // 2]
    return F.pad(x, amounts)


def _per_axis(value: int | Sequence[int], rank: int, name: str) -> tuple[int, ...]:
    found = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(found) != rank or min(found, default=0) < 1:
        raise ValueError(f"{name} must be {rank} numbers >= 1, or one; received {value!r}.")
    return found
