"""Convolutions over one to three dimensions of space.

Channels-last data is seen as torch's channels-last memory format: the axes of views are permuted,
and no data moves. Torch has that format for images and volumes only, so a sequence is seen as an
image of height 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.arguments import checked_padding, whole_numbers
from kerlite.core.config import standardize_data_format
from kerlite.core.operation import operation
from kerlite.core.promotion import promote, promote_all
from kerlite.core.windows import (
    channels_first_order,
    channels_last_order,
    cut_off,
    cut_positions,
    dilated,
    framed,
)

__all__ = ["conv", "conv_transpose", "depthwise_conv", "separable_conv"]

_Kernels = dict[int, Callable[..., Tensor]]

_CONVOLVE: _Kernels = {1: F.conv2d, 2: F.conv2d, 3: F.conv3d}
_TRANSPOSED: _Kernels = {1: F.conv_transpose2d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
_THERE = {rank: channels_first_order(rank) for rank in _CONVOLVE}
_BACK = {rank: channels_last_order(rank) for rank in _CONVOLVE}
_KERNEL = {rank: (rank + 1, rank, *range(rank)) for rank in _CONVOLVE}
_SETTLED = {"data_format": standardize_data_format, "padding": str.lower}


@operation("nn", inputs=2, settled=_SETTLED)
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Return the sums of products of a kernel that slides with the numbers under it.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        kernel: (*size, channels / groups, filters); fewer channels than the input has make groups.
        strides: how far the kernel moves; one number for all dimensions.
        padding: "valid" for places inside the input, "same" for an output of size
            ceil(input / strides), with zeros around the input.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: how far apart the kernel's elements lie.

    Raises:
        ValueError: for shapes that do not fit, an unknown padding, or numbers < 1.

    Example:
        >>> conv([[[1.0], [2.0], [3.0]]], [[[1.0]], [[10.0]]]).flatten()
        tensor([21., 32.])

    Source: keras.ops.conv. Inputs and kernel of two types are brought to one here.
    """
    x, weight = promote(inputs, kernel)
    return _convolved("conv", x, weight, strides, padding, data_format, dilation_rate)


@operation("nn", inputs=2, settled=_SETTLED)
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Return each channel convolved by itself, with as many kernels as are given for it.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        kernel: (*size, channels, multiplier); the output has channels * multiplier channels.
        strides: how far the kernel moves; one number for all dimensions.
        padding: "valid" or "same", see `conv`.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: how far apart the kernel's elements lie.

    Raises:
        ValueError: for shapes that do not fit, an unknown padding, or numbers < 1.

    Example:
        >>> depthwise_conv([[[1.0, 5.0], [2.0, 6.0]]], [[[1.0], [0.0]], [[1.0], [2.0]]]).flatten()
        tensor([ 3., 12.])

    Source: keras.ops.depthwise_conv.
    """
    x, weight = promote(inputs, kernel)
    return _depthwise("depthwise_conv", x, weight, strides, padding, data_format, dilation_rate)


@operation("nn", inputs=3, settled=_SETTLED)
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Return a convolution of each channel by itself, then one across channels with a window of 1.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        depthwise_kernel: (*size, channels, multiplier).
        pointwise_kernel: (1, ..., channels * multiplier, filters).
        strides: how far the first kernel moves; one number for all dimensions.
        padding: "valid" or "same", see `conv`.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: how far apart the first kernel's elements lie.

    Raises:
        ValueError: for shapes that do not fit, an unknown padding, or numbers < 1.

    Example:
        >>> x = [[[1.0, 5.0], [2.0, 6.0]]]
        >>> separable_conv(x, [[[1.0], [1.0]]], [[[1.0], [10.0]]]).flatten()
        tensor([51., 62.])

    Source: keras.ops.separable_conv.
    """
    owner = "separable_conv"
    x, depthwise, pointwise = promote_all([inputs, depthwise_kernel, pointwise_kernel])
    _rank(owner, x.shape, pointwise.shape)
    x = _depthwise(owner, x, depthwise, strides, padding, data_format, dilation_rate)
    return _convolved(owner, x, pointwise, 1, "valid", data_format, 1)


@operation("nn", inputs=2, settled=_SETTLED)
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Return the gradient of a convolution: each number of the input spreads a kernel.

    Args:
        inputs: (batch, *space, channels), or the channels second with "channels_first".
        kernel: (*size, filters, channels).
        strides: how far apart the kernels lie that neighbours spread.
        padding: "valid" for all that is written, "same" for input * strides elements.
        output_padding: how many elements to add at the end, counted from the least possible; by
            default as many as make the sizes above.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        dilation_rate: how far apart the kernel's elements lie.

    Raises:
        ValueError: for shapes that do not fit, an unknown padding, or numbers < 1.

    Example:
        >>> conv_transpose([[[1.0], [2.0]]], [[[1.0]], [[10.0]]], strides=2).flatten()
        tensor([ 1., 10.,  2., 20.])

    Source: keras.ops.conv_transpose.
    """
    owner = "conv_transpose"
    x, weight = promote(inputs, kernel)
    rank = _rank(owner, x.shape, weight.shape)
    steps = whole_numbers(strides, rank, "strides", owner)
    gaps = whole_numbers(dilation_rate, rank, "dilation_rate", owner)
    several = isinstance(output_padding, (list, tuple))
    extras = tuple(output_padding) if several else (output_padding,) * rank
    window = dilated(tuple(weight.shape[:rank]), gaps)
    padding = checked_padding(padding, owner)
    cuts = tuple(
        cut_off(*dimension, padding) for dimension in zip(window, steps, extras, strict=True)
    )
    from_both, added, kept = cut_positions(cuts)
    last = standardize_data_format(data_format) == "channels_last"
    x = torch.permute(x, _THERE[rank]) if last else x
    weight = torch.permute(weight, _KERNEL[rank])
    if rank == 1:
        x, weight = x.unsqueeze(2), weight.unsqueeze(2)
        steps, gaps, from_both, added = (1, *steps), (1, *gaps), (0, *from_both), (0, *added)
    many = any(extra >= step for extra, step in zip(added, steps, strict=True))  # for the kernel
    x = _TRANSPOSED[rank](x, weight, None, steps, from_both, 0 if many else added, 1, gaps)
    x = F.pad(x, [side for extra in reversed(added) for side in (0, extra)]) if many else x
    x = x if kept is None else x[kept]
    x = x.squeeze(2) if rank == 1 else x
    return torch.permute(x, _BACK[rank]) if last else x


def _rank(owner: str, sizes: Sequence[int], window: Sequence[int]) -> int:
    """Return how many dimensions of space an input has."""
    rank = len(sizes) - 2
    if rank not in _CONVOLVE or len(window) != len(sizes):
        raise ValueError(
            f"{owner} needs inputs of 3, 4 or 5 dimensions (batch, one to three of space, "
            "channels) and a kernel of as many; received inputs of shape "
            f"{tuple(sizes)} and a kernel of shape {tuple(window)}."
        )
    return rank


def _depthwise(
    owner: str,
    x: Tensor,
    kernel: Tensor,
    strides: Any,
    padding: str,
    data_format: str | None,
    dilation_rate: Any,
) -> Tensor:
    _rank(owner, x.shape, kernel.shape)
    channels = x.shape[-1 if standardize_data_format(data_format) == "channels_last" else 1]
    if kernel.shape[-2] != channels:
        raise ValueError(
            f"{owner} needs a kernel (*size, channels, multiplier) for the {channels} channels of "
            f"its inputs; received a kernel of shape {tuple(kernel.shape)}."
        )
    kernel = kernel.flatten(-2).unsqueeze(-2)
    return _convolved(owner, x, kernel, strides, padding, data_format, dilation_rate)


def _convolved(
    owner: str,
    x: Tensor,
    kernel: Tensor,
    strides: Any,
    padding: str,
    data_format: str | None,
    dilation_rate: Any,
) -> Tensor:
    sizes, window = x.shape, kernel.shape
    rank = len(sizes) - 2
    if len(window) != len(sizes) or rank not in _CONVOLVE:
        _rank(owner, sizes, window)  # raises; calling it always would cost
    last = standardize_data_format(data_format) == "channels_last"
    channels, given = sizes[-1 if last else 1], window[-2]
    groups = 1 if given == channels > 0 else _groups(owner, channels, given, window)
    x = torch.permute(x, _THERE[rank]) if last else x
    kernel = torch.permute(kernel, _KERNEL[rank])
    if rank == 1:
        x, kernel = x.unsqueeze(2), kernel.unsqueeze(2)
    whole = type(strides) is type(dilation_rate) is int
    if whole and strides > 0 and groups == dilation_rate == 1 and padding == "valid":
        # the usual: the fewer arguments, the quicker torch is
        x = _CONVOLVE[rank](x, kernel, None, strides)
    else:
        steps = whole_numbers(strides, rank, "strides", owner)
        gaps = whole_numbers(dilation_rate, rank, "dilation_rate", owner)
        same = checked_padding(padding, owner) == "same"
        if rank == 1:
            steps, gaps = (1, *steps), (1, *gaps)
        x, frame = framed(x, dilated(kernel.shape[2:], gaps), steps) if same else (x, 0)
        x = _CONVOLVE[rank](x, kernel, None, steps, frame, gaps, groups)
    x = x.squeeze(2) if rank == 1 else x
    return torch.permute(x, _BACK[rank]) if last else x


def _groups(owner: str, channels: int, given: int, window: Sequence[int]) -> int:
    if given == 0 or channels % given:
        raise ValueError(
            f"{owner} needs the {channels} channels of its inputs to be a multiple of the "
            f"kernel's {given}, the last but one of its shape {tuple(window)}. "
            "Check data_format, and the order of the kernel's axes: (*size, channels, filters)."
        )
    return channels // given
