"""How Keras sees a weight that torch stores in another order of axes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

__all__ = ["Layout", "permuted"]


class Layout(NamedTuple):
    """How Keras sees a weight that torch stores in another order.

    `to_keras` returns a view of the stored tensor, or a copy where the order has no strides (then
    `assign` and its like write through, other changes do not); `to_storage` takes a tensor in
    Keras's layout to the stored one. Both must be picklable (module functions or partials of them).
    """

    to_keras: Callable[[Tensor], Tensor]
    to_storage: Callable[[Tensor], Tensor]


def permuted(*to_keras: int, memory_format: torch.memory_format | None = None) -> Layout:
    """Return the layout whose Keras axes are the stored axes in the given order.

    Example:
        >>> import torch
        >>> conv2d = permuted(2, 3, 1, 0)  # stored (out, in, h, w), seen (h, w, in, out)
        >>> conv2d.to_keras(torch.empty(8, 3, 5, 7)).shape
        torch.Size([5, 7, 3, 8])
    """
    inverse = tuple(int(axis) for axis in np.argsort(to_keras))
    return Layout(
        partial(_permute, dims=to_keras),
        partial(_permute_contiguous, dims=inverse, memory_format=memory_format),
    )


def _permute(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    return x.permute(dims)


def _permute_contiguous(
    x: Tensor, dims: tuple[int, ...], memory_format: torch.memory_format | None
) -> Tensor:
    # always a copy: `contiguous` leaves axes of size 1 odd strides that hide the memory format
    return x.permute(dims).clone(memory_format=memory_format or torch.contiguous_format)
