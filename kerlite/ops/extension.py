"""What a tensor continues with beyond its ends: the place that stands for one outside."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["mirrored", "nearest", "reflected", "wrapped"]


def nearest(place: Tensor, size: int) -> Tensor:
    """Return the place at the nearer end: `a a | a b c | c c`.

    Example:
        >>> nearest(torch.arange(-2, 5), 3)
        tensor([0, 0, 0, 1, 2, 2, 2])
    """
    return place.clamp(0, size - 1)


def wrapped(place: Tensor, size: int) -> Tensor:
    """Return the place counted on from the other end: `b c | a b c | a b`.

    Example:
        >>> wrapped(torch.arange(-2, 5), 3)
        tensor([1, 2, 0, 1, 2, 0, 1])
    """
    return place % size


def mirrored(place: Tensor, size: int) -> Tensor:
    """Return the place in a mirror at the last element, which is not repeated: `c b | a b c | b a`.

    Example:
        >>> mirrored(torch.arange(-2, 5), 3)
        tensor([2, 1, 0, 1, 2, 1, 0])
    """
    period = max(2 * size - 2, 1)
    return torch.minimum(place % period, -place % period)


def reflected(place: Tensor, size: int) -> Tensor:
    """Return the place in a mirror behind the last element, which is repeated: `b a | a b c | c b`.

    Example:
        >>> reflected(torch.arange(-2, 5), 3)
        tensor([1, 0, 0, 1, 2, 2, 1])
    """
    return torch.minimum(place % (2 * size), (-place - 1) % (2 * size))
