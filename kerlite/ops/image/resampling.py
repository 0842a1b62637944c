"""Images scaled and moved along their axes, by weights that blend old pixels into new ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote_all

__all__ = ["resampled", "scale_and_translate"]


@operation("image", inputs=4)
def scale_and_translate(
    images: Any,
    output_shape: Sequence[int],
    scale: Any,
    translation: Any,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Tensor:
    """Return images scaled and then moved along axes.

    A point x of the images comes to scale * x + translation; pixel i reaches from i to i + 1. What
    comes from outside the images is 0.

    Args:
        images: a tensor; integers are rounded, and kept between the least and the greatest.
        output_shape: the shape of the result, all axes.
        scale: for each of `spatial_dims`, by how much it grows.
        translation: for each of `spatial_dims`, by how many pixels it moves.
        spatial_dims: the axes.
        method: "linear" (also "bilinear", "trilinear", "triangle"), "cubic" (also "bicubic",
            "tricubic"), "lanczos3" or "lanczos5".
        antialias: whether what shrinks is smoothed first.

    Raises:
        ValueError: if the method is unknown.

    Example:
        >>> scale_and_translate(torch.tensor([1.0, 3.0]), (4,), [2.0], [0.0], (0,), "linear")
        tensor([1.0000, 1.5000, 2.5000, 3.0000])

    Source: keras.ops.image.scale_and_translate.
    """
    x = as_tensor(images)
    scale, translation = promote_all((scale, translation), floating=True)
    floating = x.is_floating_point()
    y = x if floating else x.float()
    for place, axis in enumerate(spatial_dims):
        y = resampled(
            y, axis, output_shape[axis], scale[place], translation[place], method, antialias
        )
    return y if floating else y.round().clamp(*x.aminmax()).to(x.dtype)


def resampled(
    x: Tensor, axis: int, size: int, scale: Any, translation: Any, method: str, antialias: bool
) -> Tensor:
    """Return a floating-point tensor scaled and moved along one axis, which gets a new size.

    Example:
        >>> resampled(torch.tensor([1.0, 3.0]), 0, 4, 2.0, 0.0, "linear", False)
        tensor([1.0000, 1.5000, 2.5000, 3.0000])
    """
    if method not in _KERNELS:
        raise ValueError(f"Unknown method: {method!r}. Expected one of {tuple(_KERNELS)}.")
    scale, translation = as_floating(scale).to(x.device), as_floating(translation).to(x.device)
    new = torch.arange(size, device=x.device, dtype=scale.dtype)
    old = torch.arange(x.shape[axis], device=x.device, dtype=scale.dtype)
    inverse = 1 / scale
    source = (new + 0.5) * inverse - translation * inverse - 0.5
    reach = inverse.clamp(min=1.0) if antialias else 1.0
    weights = _KERNELS[method](((source - old[:, None]) / reach).abs())
    total = weights.sum(0)
    inside = (source >= -0.5) & (source <= x.shape[axis] - 0.5) & (total.abs() > 1e-4)
    weights = torch.where(inside, weights / torch.where(inside, total, 1.0), 0.0)
    return torch.tensordot(x, weights.to(x.dtype), dims=([axis], [0])).movedim(-1, axis)


def _triangle(distance: Tensor) -> Tensor:
    return (1 - distance).clamp(min=0)


def _cubic(distance: Tensor) -> Tensor:
    """Keys' kernel, a = -1/2."""
    near = ((1.5 * distance - 2.5) * distance) * distance + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return torch.where(distance < 1, near, torch.where(distance < 2, far, 0.0))


def _lanczos(radius: int) -> Callable[[Tensor], Tensor]:
    def kernel(distance: Tensor) -> Tensor:
        weights = torch.sinc(distance) * torch.sinc(distance / radius)
        return torch.where(distance <= radius, weights, 0.0)

    return kernel


_KERNELS: dict[str, Callable[[Tensor], Tensor]] = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}
