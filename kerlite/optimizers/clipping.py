"""Clipping of gradients in place, without asking the device for a number."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["clip_by_global_norm_", "clip_by_norm_", "clip_by_value_"]


def clip_by_value_(gradients: list[Tensor], limit: float) -> None:
    """Bring every element into [-limit, limit]."""
    torch._foreach_clamp_min_(gradients, -limit)
    torch._foreach_clamp_max_(gradients, limit)


def clip_by_norm_(gradients: list[Tensor], limit: float) -> None:
    """Scale each tensor whose norm exceeds `limit` down to it."""
    norms = torch.stack(torch._foreach_norm(gradients))
    torch._foreach_mul_(gradients, list((limit / norms.clamp(min=limit)).unbind()))


def clip_by_global_norm_(groups: list[list[Tensor]], limit: float) -> None:
    """Scale all tensors down together if their common norm exceeds `limit`.

    A norm that is not finite makes every gradient NaN, as in Keras.
    """
    norms = [torch.linalg.vector_norm(torch.stack(torch._foreach_norm(some))) for some in groups]
    norm = norms[0]
    if len(norms) > 1:  # several devices or number types
        norm = torch.linalg.vector_norm(torch.stack([one.to(norm.device).float() for one in norms]))
    scale = limit / norm.clamp(min=limit) + (norm - norm)
    for group in groups:
        torch._foreach_mul_(group, scale.to(group[0].device, group[0].dtype))
