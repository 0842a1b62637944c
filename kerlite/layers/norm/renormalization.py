"""Batch renormalization: a batch's statistics corrected towards slow moving averages.

Source: Ioffe 2017, arXiv:1702.03275.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.layers.norm.averages import move

__all__ = ["checked_clipping", "renormalize"]


def checked_clipping(clipping: dict[str, float] | None, owner: str) -> dict[str, float] | None:
    """Return the limits of renormalization as they were given.

    Raises:
        ValueError: for unknown names, or limits that contradict each other.
    """
    limits = clipping or {}
    unknown = sorted(set(limits) - {"rmin", "rmax", "dmax"})
    crossed = limits.get("rmin", 0) > limits.get("rmax", float("inf"))
    if unknown or crossed or limits.get("dmax", 0) < 0:
        raise ValueError(
            f"{owner} needs renorm_clipping to hold rmin <= rmax and dmax >= 0, and no other "
            f"names; received {clipping!r}."
        )
    return clipping


def renormalize(
    layer: Any, mean: Tensor, variance: Tensor, gamma: Tensor | None, beta: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Return the scale and offset that renormalization asks for; move the averages.

    r = deviation / moving deviation and d = (mean - moving mean) / moving deviation, each within
    its limits and without gradient; then (x * r + d) * gamma + beta.
    """
    limits = layer.renorm_clipping or {}
    deviation = torch.sqrt(variance + layer.epsilon).detach()
    known = layer.renorm_stddev.to(mean.dtype).clamp(min=layer.epsilon**0.5)
    r = deviation / known
    d = (mean.detach() - layer.renorm_mean) / known
    if "rmin" in limits or "rmax" in limits:
        r = r.clamp(limits.get("rmin"), limits.get("rmax"))
    if "dmax" in limits:
        d = d.clamp(-limits["dmax"], limits["dmax"])
    move(layer.renorm_mean, mean, layer.renorm_momentum)
    move(layer.renorm_stddev, deviation, layer.renorm_momentum)
    move(layer.running_mean, mean, layer.momentum)
    move(layer.moving_stddev, deviation, layer.momentum)
    with torch.no_grad():
        layer.running_var.copy_((layer.moving_stddev.square() - layer.epsilon).relu())
    scale, offset = (r, d) if gamma is None else (r * gamma, d * gamma)
    return scale, offset if beta is None else offset + beta
