"""Images enlarged by whole factors, as the UpSampling layers do."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["enlarged", "repeated"]

_LANCZOS_RADIUS = {"lanczos3": 3, "lanczos5": 5}


def repeated(x: Tensor, factors: tuple[int, ...]) -> Tensor:
    """Return every element of space as often as its dimension's factor says.

    Shape:
        (batch, channels, *space) -> (batch, channels, *(space * factors)).
    """
    if x.is_floating_point():
        # "nearest" rounds at the edges of elements, "nearest-exact" in their middle: no surprises
        return F.interpolate(x, scale_factor=tuple(map(float, factors)), mode="nearest-exact")
    for dimension, factor in enumerate(factors, start=2):  # torch's kernel takes floats only
        x = x.repeat_interleave(factor, dimension)
    return x


def enlarged(x: Tensor, factors: tuple[int, ...], interpolation: str) -> Tensor:
    """Return images with new pixels between the old ones, whose centres keep their places.

    Args:
        x: images with the channels at axis 1, floating-point.
        factors: how many times higher and wider.
        interpolation: "bilinear", "bicubic", "lanczos3" or "lanczos5".

    Shape:
        (batch, channels, height, width) -> (batch, channels, height * f1, width * f2).
    """
    if interpolation not in _LANCZOS_RADIUS:
        scale = tuple(map(float, factors))
        return F.interpolate(x, scale_factor=scale, mode=interpolation, align_corners=False)
    radius = _LANCZOS_RADIUS[interpolation]
    rows, columns = (
        _lanczos_weights(size, factor, radius, x.device).to(x.dtype)
        for size, factor in zip(x.shape[2:], factors, strict=True)
    )
    return rows @ x @ columns.T


def _lanczos_weights(size: int, factor: int, radius: int, device: torch.device) -> Tensor:
    """Return how much each old pixel (column) counts in each new one (row): each row adds to 1."""
    new = (torch.arange(size * factor, device=device, dtype=torch.float32) + 0.5) / factor
    old = torch.arange(size, device=device, dtype=torch.float32) + 0.5
    distance = new[:, None] - old
    weights = torch.sinc(distance) * torch.sinc(distance / radius)
    weights = weights.masked_fill(distance.abs() >= radius, 0.0)
    return weights / weights.sum(1, keepdim=True)
