"""The axes that normalization layers work along."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kerlite.core.windows import channels_first_order, channels_last_order
from kerlite.layers.input_spec import InputSpec

__all__ = ["Trailing", "checked_axis", "kernel_form", "known_axes", "trailing"]


class Trailing(NamedTuple):
    """How axes become the last ones, as torch's kernels want them.

    Attributes:
        shape: the sizes of the axes.
        spec: what the input must look like.
        there: the order of axes that moves them to the end, as a view; None if they are there.
        back: the order that undoes it.
    """

    shape: tuple[int, ...]
    spec: InputSpec
    there: tuple[int, ...] | None
    back: tuple[int, ...]


def checked_axis(axis: Any, owner: str) -> int | list[int]:
    """Return an argument `axis`: one axis, or a list of several.

    Raises:
        TypeError: if it is neither a whole number nor several.
    """
    if isinstance(axis, bool) or not isinstance(axis, (int, list, tuple)):
        raise TypeError(f"{owner} needs an axis or a list of them; received {axis!r}.")
    return axis if isinstance(axis, int) else list(axis)


def known_axes(
    axes: tuple[int, ...], input_shape: tuple[int | None, ...], owner: str
) -> tuple[int, ...]:
    """Return the axes counted from the front, in order.

    Raises:
        ValueError: if the input has no such axis, or its size is unknown.
    """
    rank = len(input_shape)
    if any(not -rank <= axis < rank for axis in axes):
        raise ValueError(
            f"{owner} normalizes axis {list(axes)}, but its input has the shape {input_shape}: "
            f"choose from {-rank} to {rank - 1}."
        )
    known = tuple(sorted({axis % rank for axis in axes}))
    if any(input_shape[axis] is None for axis in known):
        raise ValueError(
            f"{owner} needs to know the size of axis {list(axes)} of its input; received the "
            f"shape {input_shape}."
        )
    return known


def trailing(axes: list[int], input_shape: tuple[int | None, ...], owner: str) -> Trailing:
    """Return how axes become the last ones.

    Raises:
        ValueError: if the input has no such axis, or its size is unknown.
    """
    rank, known = len(input_shape), known_axes(tuple(axes), input_shape, owner)
    last = known == tuple(range(rank - len(known), rank))
    sizes = {axis - rank if last else axis: input_shape[axis] for axis in known}
    fewest = len(known) + 1 if last else rank
    spec = InputSpec(min_ndim=fewest, ndim=None if last else rank, axes=sizes)
    order = (*(axis for axis in range(rank) if axis not in known), *known)
    shape = tuple(int(size or 0) for size in sizes.values())
    back = tuple(int(axis) for axis in np.argsort(order))
    return Trailing(shape, spec, None if last else order, back)


def kernel_form(axis: int, rank: int) -> tuple[bool, Any]:
    """Return how torch's kernel, which takes channels at axis 1, sees an input without a copy.

    That is whether as rows of channels, and otherwise the order of axes there and back (or None).
    """
    if axis == rank - 1 and rank in (3, 4, 5):  # torch's channels-last memory formats
        return False, (channels_first_order(rank - 2), channels_last_order(rank - 2))
    if axis == 1:
        return False, None
    swapped = [{1: axis, axis: 1}.get(i, i) for i in range(rank)]
    return (True, None) if axis == rank - 1 else (False, (swapped, swapped))
