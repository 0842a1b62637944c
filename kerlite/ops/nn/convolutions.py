"""Convolutions over one to three dimensions of space.

Channels-last data is seen as torch's channels-last memory format: the axes of views are permuted,
and no data moves. Torch has that format for images and volumes only, so a sequence is seen as an
image of height 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    x, weight = _operands("conv", inputs, kernel)
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
    x, weight = _operands("depthwise_conv", inputs, kernel)
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
    _check_ranks(owner, x, depthwise)
    _check_ranks(owner, x, pointwise)
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
    x, weight = _operands(owner, inputs, kernel)
    rank = x.ndim - 2
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
    x, last = _channels_first(x, data_format)
    weight = weight.permute(_KERNEL[rank])
    if rank == 1:
        x, weight = x.unsqueeze(2), weight.unsqueeze(2)
        steps, gaps, from_both, added = (1, *steps), (1, *gaps), (0, *from_both), (0, *added)
    many = any(extra >= step for extra, step in zip(added, steps, strict=True))  # for the kernel
    x = _TRANSPOSED[rank](x, weight, None, steps, from_both, 0 if many else added, 1, gaps)
    x = F.pad(x, [side for extra in reversed(added) for side in (0, extra)]) if many else x
    x = x if kept is None else x[kept]
    x = x.squeeze(2) if rank == 1 else x
    return x.permute(_BACK[rank]) if last else x


def _operands(owner: str, inputs: Any, kernel: Any) -> tuple[Tensor, Tensor]:
    x, weight = promote(inputs, kernel)
    _check_ranks(owner, x, weight)
    return x, weight


def _check_ranks(owner: str, x: Tensor, kernel: Tensor) -> None:
    if x.ndim - 2 not in _CONVOLVE or kernel.ndim != x.ndim:
        raise ValueError(
            f"{owner} needs inputs of 3, 4 or 5 dimensions (batch, one to three of space, "
            "channels) and a kernel of as many; received inputs of shape "
            f"{tuple(x.shape)} and a kernel of shape {tuple(kernel.shape)}."
        )


def _channels_first(x: Tensor, data_format: str | None) -> tuple[Tensor, bool]:
    """Return the input with the channels at axis 1, as a view, and whether they were last."""
    last = standardize_data_format(data_format) == "channels_last"
    return x.permute(_THERE[x.ndim - 2]) if last else x, last


def _depthwise(
    owner: str,
    x: Tensor,
    kernel: Tensor,
    strides: Any,
    padding: str,
    data_format: str | None,
    dilation_rate: Any,
) -> Tensor:
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
    rank = x.ndim - 2
    steps = whole_numbers(strides, rank, "strides", owner)
    gaps = whole_numbers(dilation_rate, rank, "dilation_rate", owner)
    same = checked_padding(padding, owner) == "same"
    x, last = _channels_first(x, data_format)
    groups = _groups(owner, x.shape[1], kernel)
    kernel = kernel.permute(_KERNEL[rank])
    if rank == 1:
        x, kernel, steps, gaps = x.unsqueeze(2), kernel.unsqueeze(2), (1, *steps), (1, *gaps)
    x, frame = framed(x, dilated(kernel.shape[2:], gaps), steps) if same else (x, 0)
    x = _CONVOLVE[rank](x, kernel, None, steps, frame, gaps, groups)
    x = x.squeeze(2) if rank == 1 else x
    return x.permute(_BACK[rank]) if last else x


def _groups(owner: str, channels: int, kernel: Tensor) -> int:
    given = kernel.shape[-2]
    if given == channels and channels:
        return 1
    if given == 0 or channels % given:
        raise ValueError(
            f"{owner} needs the {channels} channels of its inputs to be a multiple of the "
            f"kernel's {given}, the last but one of its shape {tuple(kernel.shape)}. "
            "Check data_format, and the order of the kernel's axes: (*size, channels, filters)."
        )
    return channels // given
