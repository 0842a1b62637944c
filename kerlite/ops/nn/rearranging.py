"""Blocks of images as channels and back, patches as columns and back."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.core.config import standardize_data_format
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation

__all__ = ["depth_to_space", "fold", "space_to_depth", "unfold"]

_SETTLED = {"data_format": standardize_data_format}


@operation("nn", settled=_SETTLED)
def depth_to_space(x: Any, block_size: int, data_format: str | None = "channels_last") -> Tensor:
    """Return an image whose channels have become blocks of block_size by block_size elements.

    Args:
        x: (n, h, w, c), or (n, c, h, w) with "channels_first".
        block_size: height and width of a block, >= 2; c is a multiple of its square.
        data_format: "channels_last" or "channels_first".

    Shape:
        (n, h, w, c) -> (n, h * block_size, w * block_size, c / block_size^2).

    Raises:
        ValueError: for other sizes.

    Example:
        >>> depth_to_space([[[[1, 2, 3, 4]]]], 2).squeeze()
        tensor([[1, 2],
                [3, 4]], dtype=torch.int32)

    Source: keras.ops.depth_to_space.
    """
    x, last = _image("depth_to_space", x, block_size, data_format)
    if not last:
        return F.pixel_shuffle(x, block_size)
    n, h, w, c = x.shape
    if c % block_size**2:
        raise ValueError(
            f"depth_to_space needs channels that are a multiple of block_size^2 = {block_size**2}; "
            f"received the shape {tuple(x.shape)}."
        )
    blocks = x.reshape(n, h, w, block_size, block_size, c // block_size**2)
    return blocks.transpose(2, 3).reshape(n, h * block_size, w * block_size, -1)


@operation("nn", settled=_SETTLED)
def space_to_depth(x: Any, block_size: int, data_format: str | None = "channels_last") -> Tensor:
    """Return an image whose blocks of block_size by block_size elements have become channels.

    Args:
        x: (n, h, w, c), or (n, c, h, w) with "channels_first".
        block_size: height and width of a block, >= 2; h and w are multiples of it.
        data_format: "channels_last" or "channels_first".

    Shape:
        (n, h, w, c) -> (n, h / block_size, w / block_size, c * block_size^2).

    Raises:
        ValueError: for other sizes.

    Example:
        >>> space_to_depth([[[[1], [2]], [[3], [4]]]], 2)
        tensor([[[[1, 2, 3, 4]]]], dtype=torch.int32)

    Source: keras.ops.space_to_depth.
    """
    x, last = _image("space_to_depth", x, block_size, data_format)
    if not last:
        return F.pixel_unshuffle(x, block_size)
    n, h, w, c = x.shape
    if h % block_size or w % block_size:
        raise ValueError(
            f"space_to_depth needs a height and width that are multiples of block_size="
            f"{block_size}; received the shape {tuple(x.shape)}."
        )
    blocks = x.reshape(n, h // block_size, block_size, w // block_size, block_size, c)
    return blocks.transpose(2, 3).flatten(3)


@operation("nn")
def unfold(
    x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Return the patches of an image as columns.

    Args:
        x: (n, c, h, w).
        kernel_size: a patch's height and width; one number for both, here and below.
        dilation: how far apart a patch's elements lie.
        padding: how many zeros are added on each side.
        stride: how far apart patches begin.

    Shape:
        (n, c, h, w) -> (n, c * height * width of a patch, number of patches).

    Raises:
        ValueError: for inputs of another rank, or patches larger than the image.

    Example:
        >>> unfold([[[[1.0, 2.0], [3.0, 4.0]]]], (1, 2))
        tensor([[[1., 3.],
                 [2., 4.]]])

    Source: keras.ops.unfold; torch.nn.functional.unfold.
    """
    x = as_tensor(x)
    _check_rank("unfold", x, 4, "(n, c, h, w)")
    return F.unfold(x, kernel_size, dilation, padding, stride)


@operation("nn")
def fold(
    x: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Tensor:
    """Return the image whose patches are the given columns; where they overlap, they are added.

    Args:
        x: (n, c * height * width of a patch, number of patches).
        output_size: the image's height and width; one number for both, here and below.
        kernel_size: a patch's height and width.
        dilation: how far apart a patch's elements lie.
        padding: how many zeros were added on each side.
        stride: how far apart patches begin.

    Shape:
        (n, c * height * width of a patch, number of patches) -> (n, c, h, w).

    Raises:
        ValueError: for inputs of another rank, or another number of patches.

    Example:
        >>> fold([[[1.0, 3.0], [2.0, 4.0]]], 2, (1, 2))
        tensor([[[[1., 2.],
                  [3., 4.]]]])

    Source: keras.ops.fold; torch.nn.functional.fold.
    """
    x = as_tensor(x)
    _check_rank("fold", x, 3, "(n, c * size of a patch, patches)")
    return F.fold(x, output_size, kernel_size, dilation, padding, stride)


def _image(owner: str, x: Any, block_size: int, data_format: str | None) -> tuple[Tensor, bool]:
    x = as_tensor(x)
    last = standardize_data_format(data_format) == "channels_last"
    _check_rank(owner, x, 4, "(n, h, w, c)" if last else "(n, c, h, w)")
    if block_size < 2:
        raise ValueError(f"{owner} needs block_size >= 2; received {block_size}.")
    return x, last


def _check_rank(owner: str, x: Tensor, rank: int, shape: str) -> None:
    if x.ndim != rank:
        raise ValueError(
            f"{owner} needs {rank} dimensions, {shape}; received the shape {tuple(x.shape)}."
        )
