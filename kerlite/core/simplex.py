"""Points of the simplex, the numbers >= 0 whose sum is 1, and their logarithms."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["log_softmax", "nearest_on_simplex"]


def log_softmax(x: Tensor, axis: int | Sequence[int] | None) -> Tensor:
    """Return x - log(sum(exp(x))) along an axis, or several that are normalised together."""
    if isinstance(axis, int):
        return torch.log_softmax(x, axis)
    axes = tuple(range(x.ndim)) if axis is None else tuple(axis)
    return x - torch.logsumexp(x, axes, keepdim=True)


def nearest_on_simplex(x: Tensor, axis: int) -> Tensor:
    """Return max(x - tau, 0) with the tau that makes sums along an axis 1."""
    x = x - x.amax(axis, keepdim=True).detach()  # large inputs keep their precision
    descending, _ = torch.sort(x, dim=axis, descending=True)
    rank = torch.ones_like(descending).cumsum(axis)
    kept = rank * descending > descending.cumsum(axis) - 1
    total = torch.where(kept, descending, 0).sum(axis, keepdim=True)
    tau = (total - 1) / kept.sum(axis, keepdim=True)
    return torch.relu(x - tau)
