"""Images turned, stretched and bent."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.draws import draw
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, common_dtype
from kerlite.core.seeds import SeedGenerator
from kerlite.core.shapes_only import unknown_size
from kerlite.ops.image.filters import blurred
from kerlite.ops.image.layouts import batch_of, restored
from kerlite.ops.image.sampling import ORDERS, sampled

__all__ = ["affine_transform", "elastic_transform", "perspective_transform"]


@operation("image", inputs=2)
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Return images whose pixels come from places that a projective map says.

    The pixel at (x, y) comes from ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) with
    k = c0 x + c1 y + 1.

    Args:
        images: one image or a batch; of integers the results are rounded.
        transform: (a0, a1, a2, b0, b1, b2, c0, c1), for all images or one row for each.
        interpolation: "nearest" or "bilinear".
        fill_mode: what lies beyond the ends of `a b c`: "constant" `k k | a b c | k k`, "nearest"
            `a a | a b c | c c`, "wrap" `b c | a b c | a b`, "mirror" `c b | a b c | b a` or
            "reflect" `b a | a b c | c b`.
        fill_value: k.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        any -> the same.

    Raises:
        ValueError: if a name is unknown, or the transforms fit neither one nor all of the images.

    Example:
        >>> x = torch.arange(6.0).reshape(2, 3, 1)
        >>> affine_transform(x, [1, 0, 1, 0, 1, 0, 0, 0])[..., 0]  # from one pixel to the right
        tensor([[1., 2., 0.],
                [4., 5., 0.]])

    Source: keras.ops.image.affine_transform; c0 and c1 count as described (Keras on torch moves
    channels by them), one transform serves a batch, and `transform` stays as it was.
    """
    maps = as_floating(transform)
    if maps.ndim == 1:
        maps = maps.unsqueeze(0)
    return _projected(images, maps, interpolation, fill_mode, fill_value, data_format)


@operation("image", inputs=3)
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Return images as if seen from elsewhere: four points come to four others.

    Args:
        images: one image or a batch; of integers the results are rounded.
        start_points: four points (x, y) of the images, for all of them or four for each.
        end_points: where these points come to.
        interpolation: "nearest" or "bilinear".
        fill_value: what comes from outside the images.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the interpolation is unknown, or the points are not of shape (4, 2) or
            (batch, 4, 2).

    Example:
        >>> x = torch.arange(4.0).reshape(2, 2, 1)
        >>> corners = [[0, 0], [1, 0], [0, 1], [1, 1]]
        >>> perspective_transform(x, corners, [[1, 0], [0, 0], [1, 1], [0, 1]])[..., 0].round()
        tensor([[1., 0.],
                [3., 2.]])

    Source: keras.ops.image.perspective_transform; computed in float32 or better (Keras takes the
    points in the images' number type).
    """
    start, end = as_floating(start_points), as_floating(end_points)
    if start.shape != end.shape or start.shape[-2:] != (4, 2) or start.ndim not in (2, 3):
        raise ValueError(
            "start_points and end_points must both have the shape (4, 2) or (batch, 4, 2); "
            f"received {tuple(start.shape)} and {tuple(end.shape)}."
        )
    maps = _homography(start.reshape(-1, 4, 2), end.reshape(-1, 4, 2))
    return _projected(images, maps, interpolation, "constant", fill_value, data_format)


@operation("image")
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: int | SeedGenerator | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Return images bent at random: each pixel comes from a place nearby.

    The displacements are alpha * blur(sigma * normal noise), with a Gaussian blur of deviation
    sigma, so that neighbours move alike.

    Args:
        images: one image or a batch; of integers the results are rounded.
        alpha: how far pixels move.
        sigma: how smooth the displacements are, in pixels, > 0.
        interpolation: "nearest" or "bilinear".
        fill_mode: what lies beyond the ends; see `affine_transform`.
        fill_value: what lies there, for "constant".
        seed: a whole number or a generator of them; None for torch's own generator.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        any -> the same.

    Example:
        >>> x = torch.rand(8, 8, 3)
        >>> torch.equal(elastic_transform(x, seed=1), elastic_transform(x, seed=1))
        True

    Source: Simard et al. 2003; keras.ops.image.elastic_transform. The random numbers differ from
    Keras's, and the seed counts (Keras on torch takes no notice of it).
    """
    x, layout = batch_of(images, data_format)
    batch, _, height, width = x.shape
    kind = common_dtype(x.dtype, torch.float32)
    if unknown_size(x) is not None:
        seed = None  # a dry run draws nothing
    noise = draw("normal", (batch, 2, height, width), seed, kind, x.device)
    size = int(6 * sigma) | 1
    moves = alpha * blurred(sigma * noise, (size, size), (sigma, sigma), "same")
    rows, columns = _grid(height, width, moves)
    places = torch.stack([rows + moves[:, 0], columns + moves[:, 1]], 1)
    found = sampled(x.permute(0, 2, 3, 1), places, _order(interpolation), fill_mode, fill_value)
    return restored(found.permute(0, 3, 1, 2), layout)


def _projected(
    images: Any,
    maps: Tensor,
    interpolation: str,
    fill_mode: str,
    fill_value: float,
    data_format: str | None,
) -> Tensor:
    """Return images whose pixels come from where the rows of 8 numbers say."""
    x, layout = batch_of(as_tensor(images), data_format)
    if maps.ndim != 2 or maps.shape[1] != 8 or maps.shape[0] not in (1, x.shape[0]):
        raise ValueError(
            "Expected one transform of 8 numbers, or one for each image; received the shape "
            f"{tuple(maps.shape)} for {x.shape[0]} images."
        )
    maps = maps.to(x.device, common_dtype(maps.dtype, torch.float32))
    rows, columns = _grid(x.shape[2], x.shape[3], maps)
    a0, a1, a2, b0, b1, b2, c0, c1 = maps[..., None, None].unbind(1)
    depth = c0 * columns + c1 * rows + 1
    places = torch.stack(
        [(b0 * columns + b1 * rows + b2) / depth, (a0 * columns + a1 * rows + a2) / depth], 1
    )
    found = sampled(x.permute(0, 2, 3, 1), places, _order(interpolation), fill_mode, fill_value)
    return restored(found.permute(0, 3, 1, 2), layout)


def _homography(start: Tensor, end: Tensor) -> Tensor:
    """Return the 8 numbers of the map that takes each `end` point (x, y) to its `start` point.

    Two equations a point, such as a0 x + a1 y + a2 - c0 x x' - c1 y x' = x' for its x'.
    """
    kind = common_dtype(start.dtype, end.dtype, torch.float32)
    start, end = start.to(kind), end.to(kind)
    point = torch.cat([end, torch.ones_like(end[..., :1])], -1)
    zeros = torch.zeros_like(point)
    new_x, new_y = start[..., :1], start[..., 1:]
    equations = torch.cat(
        [
            torch.cat([point, zeros, -new_x * end], -1),
            torch.cat([zeros, point, -new_y * end], -1),
        ],
        1,
    )
    return torch.linalg.solve(equations, torch.cat([new_x, new_y], 1)).squeeze(-1)


def _grid(height: int, width: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return the row of each pixel, of shape (height, 1), and its column, of shape (width,)."""
    rows = torch.arange(height, dtype=like.dtype, device=like.device)
    return rows[:, None], torch.arange(width, dtype=like.dtype, device=like.device)


def _order(interpolation: str) -> int:
    if interpolation not in ORDERS:
        raise ValueError(
            f"Unknown interpolation: {interpolation!r}. Expected one of {tuple(ORDERS)}."
        )
    return ORDERS[interpolation]
