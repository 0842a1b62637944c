"""Scaled dot product attention step by step, where the scores are wanted."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["stepwise"]


def stepwise(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    drop: Callable[[Tensor], Tensor],
) -> tuple[Tensor, Tensor]:
    """Return softmax(query @ key.T / sqrt(size)) @ value, and the probabilities.

    They are 0 where the mask forbids attention.

    Args:
        query: (batch, heads, steps, size).
        key: likewise; its heads may be fewer, each for as many of the query's.
        value: likewise, with the key's heads.
        mask: True where attention is allowed; None for anywhere.
        drop: what drops some of the probabilities.
    """
    repeats = query.shape[-3] // key.shape[-3]
    if repeats > 1:
        key, value = (x.repeat_interleave(repeats, -3) for x in (key, value))
    scores = (query * query.shape[-1] ** -0.5) @ key.mT
    if mask is None:
        weights = scores.softmax(-1).to(value.dtype)
    else:
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(-1).masked_fill(~mask, 0.0)
        weights = weights.to(value.dtype)
    return drop(weights) @ value, weights
