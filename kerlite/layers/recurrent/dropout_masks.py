"""The masks of dropout in recurrent layers: drawn once, and the same at all steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.core.draws import fill
from kerlite.core.random import SeedGenerator

__all__ = ["draw", "dropped", "unit_rate"]


def draw(
    like: Tensor, sizes: Sequence[int], rate: float, seeds: SeedGenerator | None
) -> Tensor | None:
    """Return zeros, and 1 / (1 - rate) for what is kept; None if nothing is to be dropped.

    Args:
        like: a tensor of the type and on the device that are wanted.
        sizes: the shape.
        rate: the share that is dropped, in [0, 1].
        seeds: where the random numbers come from; None for torch's own generator.
    """
    if not rate:
        return None
    if seeds is None:
        return F.dropout(like.new_ones(sizes), rate)
    kept = fill(like.new_empty(sizes), "bernoulli", seeds, 1 - rate)
    return kept.div_(1 - rate) if rate < 1 else kept


def dropped(x: Tensor, mask: Tensor | None) -> Tensor:
    """Return inputs, (batch, size) or (batch, time, size), times a mask of (batch, size)."""
    if mask is None:
        return x
    return x * (mask if x.ndim == 2 else mask.unsqueeze(1))


def unit_rate(rate: Any, name: str, owner: str) -> float:
    """Return a rate, brought into [0, 1] as Keras does.

    Raises:
        ValueError: if it is no number.
    """
    if isinstance(rate, bool) or not isinstance(rate, (int, float)):
        raise ValueError(f"{owner} needs {name} to be a number in [0, 1]; received {rate!r}.")
    return min(1.0, max(0.0, rate))
