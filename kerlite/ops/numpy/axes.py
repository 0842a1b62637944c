"""The axes that a reduction goes over, as NumPy gives them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

__all__ = ["Axis", "kept", "merged_last", "none_of"]

Axis = Any  # an int, several of them, or None; torch's own hints want each of these apart


def none_of(axis: Axis) -> bool:
    """Return whether `axis` is an empty sequence; torch would take it for all axes.

    Example:
        >>> none_of(()), none_of(None), none_of((0, 1))
        (True, False, False)
    """
    return isinstance(axis, (tuple, list)) and not axis


def merged_last(x: Tensor, axis: Axis) -> Tensor:
    """Return `x` with the given axes merged into a last one; None means all.

    A view of `x` where its layout permits.

    Example:
        >>> import torch
        >>> merged_last(torch.zeros(2, 3, 4), (0, 2)).shape
        torch.Size([3, 8])
    """
    if axis is None:
        return x.reshape(-1)
    if not isinstance(axis, (tuple, list)):
        return x.movedim(axis, -1)
    if not axis:
        return x.unsqueeze(-1)
    return x.movedim(tuple(axis), tuple(range(-len(axis), 0))).flatten(-len(axis))


def kept(reduced: Tensor, x: Tensor, axis: Axis) -> Tensor:
    """Return a reduction of `x` with its axes put back, of size one (`keepdims`).

    Dimensions that the reduction has before those of `x` stay in front.

    Example:
        >>> import torch
        >>> kept(torch.zeros(5, 3), torch.zeros(2, 3, 4), (0, 2)).shape
        torch.Size([5, 1, 3, 1])
    """
    if axis is None:
        gone = set(range(x.ndim))
    else:
        axes = axis if isinstance(axis, (tuple, list)) else [axis]
        gone = {one % x.ndim for one in axes}
    front = reduced.shape[: reduced.ndim - x.ndim + len(gone)]
    sizes = [1 if one in gone else size for one, size in enumerate(x.shape)]
    return reduced.reshape([*front, *sizes])
