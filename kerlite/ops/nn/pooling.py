"""Pooling: one number for each place of a window that slides, or for each part of an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.arguments import checked_padding, whole_numbers
from kerlite.core.config import standardize_data_format
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.pooling import early_frame, first_to_drop, means_in_boxes, most_on_lines
from kerlite.core.promotion import as_floating
from kerlite.core.windows import channels_first_order, channels_last_order

__all__ = ["adaptive_average_pool", "adaptive_max_pool", "average_pool", "max_pool"]

_Kernels = dict[int, Callable[..., Tensor]]

_MOST: _Kernels = {1: most_on_lines, 2: torch.max_pool2d, 3: torch.max_pool3d}
_ADAPTIVE_MOST: _Kernels = {
    1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d,
}  # fmt: skip
_ADAPTIVE_MEAN: _Kernels = {
    1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d,
}  # fmt: skip
_THERE = {rank: channels_first_order(rank) for rank in _MOST}
_BACK = {rank: channels_last_order(rank) for rank in _MOST}
_SETTLED = {"data_format": standardize_data_format, "padding": str.lower}
_SETTLED_FORMAT = {"data_format": standardize_data_format}


@operation("nn", settled=_SETTLED)
def max_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Return the largest number under a window that slides over one to three dimensions of space.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        pool_size: the window's size; one number for all dimensions.
        strides: how far the window moves; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Raises:
        ValueError: for an unknown padding, sizes < 1, or a window larger than the input.

    Example:
        >>> max_pool([[[0.0], [3.0], [2.0], [1.0]]], 2).flatten()
        tensor([3., 2.])

    Source: keras.ops.max_pool.
    """
    return _slid(_MOST, "max_pool", as_tensor(inputs), pool_size, strides, padding, data_format)


@operation("nn", settled=_SETTLED)
def average_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Return the mean under a window that slides over one to three dimensions of space.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        pool_size: the window's size; one number for all dimensions.
        strides: how far the window moves; by default its size.
        padding: "valid" for windows that lie inside the input, "same" for an output of size
            ceil(input / strides), where windows reach over the border; what lies outside does not
            count.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Raises:
        ValueError: for an unknown padding, sizes < 1, or a window larger than the input.

    Example:
        >>> average_pool([[[0.0], [3.0], [2.0], [1.0]]], 2).flatten()
        tensor([1.5000, 1.5000])

    Source: keras.ops.average_pool. Keras's torch backend counts border elements twice where the
    padding is uneven, and cuts the means of integers off.
    """
    x = as_floating(inputs)
    pooled = _slid(_MEAN, "average_pool", x, pool_size, strides, padding, data_format)
    return pooled if pooled.dtype is x.dtype else pooled.to(x.dtype)


@operation("nn", settled=_SETTLED_FORMAT)
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """Return the largest numbers of nearly equal parts, as many as are asked for.

    Part i of n reaches from floor(i * size / n) to ceil((i + 1) * size / n); parts may overlap.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        output_size: how many parts; one number for all dimensions.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Example:
        >>> adaptive_max_pool([[[0.0], [3.0], [2.0], [1.0]]], 2).flatten()
        tensor([3., 2.])

    Source: keras.ops.adaptive_max_pool.
    """
    return _adapted(_ADAPTIVE_MOST, "adaptive_max_pool", inputs, output_size, data_format)


@operation("nn", settled=_SETTLED_FORMAT)
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """Return the means of nearly equal parts, as many as are asked for.

    Part i of n reaches from floor(i * size / n) to ceil((i + 1) * size / n); parts may overlap.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        output_size: how many parts; one number for all dimensions.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Example:
        >>> adaptive_average_pool([[[0.0], [3.0], [2.0], [1.0]]], 2).flatten()
        tensor([1.5000, 1.5000])

    Source: keras.ops.adaptive_average_pool.
    """
    return _adapted(_ADAPTIVE_MEAN, "adaptive_average_pool", inputs, output_size, data_format)


def _slid(
    kernels: _Kernels,
    owner: str,
    x: Tensor,
    pool_size: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
) -> Tensor:
    rank = _rank(x, owner)
    last = standardize_data_format(data_format) == "channels_last"
    x = torch.permute(x, _THERE[rank]) if last else x
    size, same = pool_size, False
    if padding == "valid" and strides is None and type(size) is int and size > 0:
        strides = size  # the usual: torch itself takes one number for all dimensions
    else:
        size = whole_numbers(size, rank, "pool_size", owner)
        strides = size if strides is None else whole_numbers(strides, rank, "strides", owner)
        same = checked_padding(padding, owner) == "same"
    frame = early_frame(x, size, strides) if same else 0
    pooled = kernels[rank](x, size, strides, frame, ceil_mode=same)
    kept = first_to_drop(size, strides) if same else None
    pooled = pooled if kept is None else pooled[kept]
    return torch.permute(pooled, _BACK[rank]) if last else pooled


def _adapted(
    kernels: _Kernels, owner: str, inputs: Any, output_size: Any, data_format: str | None
) -> Tensor:
    x = as_floating(inputs)
    rank = _rank(x, owner)
    size = whole_numbers(output_size, rank, "output_size", owner)
    if standardize_data_format(data_format) == "channels_first":
        return kernels[rank](x, size)
    return kernels[rank](x.permute(_THERE[rank]), size).permute(_BACK[rank])


def _rank(x: Tensor, owner: str) -> int:
    """Return how many dimensions of space an input has."""
    rank = x.ndim - 2
    if rank not in _MOST:
        raise ValueError(
            f"{owner} needs inputs of 3, 4 or 5 dimensions (batch, one to three of space, "
            f"channels); received the shape {tuple(x.shape)}."
        )
    return rank


def _means_on_lines(x: Tensor, size: Any, strides: Any, frame: Any, ceil_mode: bool) -> Tensor:
    return F.avg_pool1d(x, size, strides, frame, ceil_mode, False)


def _means_in_squares(x: Tensor, size: Any, strides: Any, frame: Any, ceil_mode: bool) -> Tensor:
    return F.avg_pool2d(x, size, strides, frame, ceil_mode, False)


_MEAN: _Kernels = {1: _means_on_lines, 2: _means_in_squares, 3: means_in_boxes}
