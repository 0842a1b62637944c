"""How Keras sees the kernels that torch stores in its own order of axes."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from kerlite.core.variable import Layout, permuted

__all__ = ["depthwise_layout", "kernel_layout"]

_CHANNELS_LAST = {2: torch.channels_last, 3: torch.channels_last_3d}


def kernel_layout(rank: int, channels_last: bool) -> Layout:
    """Return the layout that is stored (a, b, *kernel) and seen (*kernel, b, a).

    Torch's kernel of a convolution is (out, in, *kernel), that of a transposed one
    (in, out, *kernel); Keras has the two at the end, the other way round.

    Args:
        rank: dimensions of the kernel.
        channels_last: whether the stored kernel has torch's channels-last memory format.
    """
    memory_format = _CHANNELS_LAST.get(rank) if channels_last else None
    return permuted(*range(2, rank + 2), 1, 0, memory_format=memory_format)


def depthwise_layout(rank: int, multiplier: int, channels_last: bool) -> Layout:
    """Return the layout stored as (in * multiplier, 1, *kernel), seen as (*kernel, in, multiplier).

    Example:
        >>> import torch
        >>> depthwise_layout(2, 4, channels_last=True).to_keras(torch.empty(12, 1, 5, 7)).shape
        torch.Size([5, 7, 3, 4])
    """
    stored = kernel_layout(rank, channels_last)
    return Layout(
        partial(_to_depthwise, rank=rank, multiplier=multiplier),
        partial(_from_depthwise, stored=stored),
    )


def _to_depthwise(x: Tensor, rank: int, multiplier: int) -> Tensor:
    return x.squeeze(1).unflatten(0, (-1, multiplier)).permute(*range(2, rank + 2), 0, 1)


def _from_depthwise(x: Tensor, stored: Layout) -> Tensor:
    return stored.to_storage(x.flatten(-2).unsqueeze(-2))
