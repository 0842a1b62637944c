"""Values of images at any points, between their pixels and beyond their ends."""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote_all
from kerlite.ops.extension import mirrored, nearest, reflected, wrapped

__all__ = ["ORDERS", "map_coordinates", "sampled"]

ORDERS = {"nearest": 0, "bilinear": 1}
_FILL_MODES = {
    "constant": nearest,
    "nearest": nearest,
    "wrap": wrapped,
    "mirror": mirrored,
    "reflect": reflected,
}


@operation("image", inputs=2)
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> Tensor:
    """Return the values of a tensor at points given by their coordinates.

    Args:
        inputs: a tensor; of integers the results are rounded.
        coordinates: for each axis of the inputs, the points' places along it.
        order: 0 for the nearest element, 1 to interpolate linearly.
        fill_mode: what lies beyond the ends of `a b c`: "constant" `k k | a b c | k k`, "nearest"
            `a a | a b c | c c`, "wrap" `b c | a b c | a b`, "mirror" `c b | a b c | b a` or
            "reflect" `b a | a b c | c b`.
        fill_value: k.

    Shape:
        that of the coordinates of one axis.

    Raises:
        ValueError: if the order or the fill mode is unknown, or there are not as many coordinates
            as the inputs have axes.

    Example:
        >>> map_coordinates([1.0, 3.0], [[0.25, 5.0]], order=1)
        tensor([1.5000, 0.0000])

    Source: keras.ops.image.map_coordinates.
    """
    x = as_tensor(inputs)
    if isinstance(coordinates, Tensor):
        points = as_floating(coordinates)
    else:
        points = torch.stack(promote_all(coordinates, floating=True))
    if points.ndim < 2 or points.shape[0] != x.ndim:
        raise ValueError(
            "map_coordinates() takes the points' places along each axis of the inputs, as many as "
            f"it has axes; received coordinates of shape {tuple(points.shape)} for inputs of shape "
            f"{tuple(x.shape)}."
        )
    found = sampled(x[None, ..., None], points[None], order, fill_mode, fill_value)
    return found[0, ..., 0]


def sampled(x: Tensor, points: Tensor, order: int, fill_mode: str, fill_value: float) -> Tensor:
    """Return the values of each image of a batch at its points.

    Args:
        x: images of any number of axes.
        points: the points' places along each axis of space.
        order: 0 for the nearest element, 1 to interpolate linearly.
        fill_mode: what lies beyond the ends.
        fill_value: what lies there, for "constant".

    Shape:
        (batch, *space, channels) and (batch or 1, number of axes, *points) ->
        (batch, *points, channels).

    Example:
        >>> sampled(torch.ones(1, 3, 1), torch.tensor([[[0.5, 9.0]]]), 1, "wrap", 0).flatten()
        tensor([1., 1.])
    """
    if order not in (0, 1) or fill_mode not in _FILL_MODES:
        raise ValueError(
            f"Expected an order of 0 or 1 and a fill_mode of {tuple(_FILL_MODES)}; received "
            f"order={order!r}, fill_mode={fill_mode!r}."
        )
    neighbours = _nearest if order == 0 else _on_both_sides
    axes = [neighbours(places) for places in points.unbind(1)]
    rows = torch.arange(len(x), device=x.device).reshape(-1, *(1,) * (points.ndim - 2))
    pixels = x.flatten(1, -2)
    total: Any = 0
    for corner in itertools.product(*axes):
        place, weight, inside = _joined(corner, x.shape[1:-1], fill_mode)
        found = pixels[rows, place]
        if inside is not None:
            filler = fill_value if x.is_floating_point() else int(fill_value)
            found = torch.where(inside.unsqueeze(-1), found, filler)
        total = total + (found if weight is None else found * weight.unsqueeze(-1))
    if not x.is_floating_point() and total.is_floating_point():
        total = total.round()
    return total.to(x.dtype)


_Neighbour = tuple[Tensor, Tensor | None]  # its place along an axis, and how much it counts


def _nearest(places: Tensor) -> list[_Neighbour]:
    return [(places.round().long(), None)]


def _on_both_sides(places: Tensor) -> list[_Neighbour]:
    below = places.floor()
    share = places - below
    place = below.long()
    return [(place, 1 - share), (place + 1, share)]


def _joined(
    corner: tuple[_Neighbour, ...], sizes: torch.Size, fill_mode: str
) -> tuple[Tensor, Tensor | None, Tensor | None]:
    """Return a corner's place among all pixels, its weight, and where it lies inside the image."""
    place: Any = 0
    weight = inside = None
    for (along, share), size in zip(corner, sizes, strict=True):
        place = place * size + _FILL_MODES[fill_mode](along, size)
        if share is not None:
            weight = share if weight is None else weight * share
        if fill_mode == "constant":
            here = (along >= 0) & (along < size)
            inside = here if inside is None else inside & here
    return place, weight, inside
