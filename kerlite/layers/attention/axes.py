"""AttentionAxes: which axes attention goes along, and the views that torch's kernels take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from kerlite.layers.attention.shapes import Shape

__all__ = ["AttentionAxes"]


class AttentionAxes:
    """The steps that attend to each other may lie along several axes; the others are a batch.

    Args:
        axes: the axes of the steps in inputs of shape (batch, ..., features); None for all but
            these two.
        rank: how many axes the inputs have.
        owner: the layer, for errors.

    Attributes:
        axes: the axes, counted from the front.
        is_usual: whether inputs are (batch, steps, features).

    Raises:
        ValueError: if the inputs have no such axes.
    """

    def __init__(self, axes: Sequence[int] | None, rank: int, owner: str):
        wanted = range(1, rank - 1) if axes is None else axes
        if not wanted or not all(-rank <= axis < rank - 1 and axis != -1 for axis in wanted) or (
            len({axis % rank for axis in wanted}) < len(wanted)
        ):  # fmt: skip
            raise ValueError(
                f"{owner} attends along the axes {list(wanted)}, but its inputs have {rank} axes, "
                "of which the last holds the features: inputs have 3 or more, and attention_axes "
                "are different ones before the last."
            )
        self.axes = tuple(axis % rank for axis in wanted)
        batch = [axis for axis in range(rank - 1) if axis not in self.axes]
        self._steps = (*batch, *self.axes)
        self.is_usual = rank == 3
        self._order = (*batch, rank - 1, *self.axes, rank)
        self._back = tuple(int(axis) for axis in np.argsort(self._order))

    def split(self, x: Tensor) -> Tensor:
        """Return (batch, ..., heads, size) as (batch, heads, steps, size)."""
        return self._flat(x.permute(self._order), x.ndim - 2)

    def join(self, x: Tensor, like: Tensor) -> Tensor:
        """Return (batch, heads, steps, size) as (batch, ..., heads, size), sized as `like`."""
        sizes = [like.shape[axis] for axis in self.axes]
        return (x if len(sizes) == 1 else x.unflatten(-2, sizes)).permute(self._back)

    def scores(self, x: Tensor, query: Tensor, key: Tensor) -> Tensor:
        """Return (batch, heads, steps, steps) with an axis for every axis of the steps."""
        if len(self.axes) == 1:
            return x
        x = x.unflatten(-1, [key.shape[axis] for axis in self.axes])
        return x.unflatten(-1 - len(self.axes), [query.shape[axis] for axis in self.axes])

    def scores_shape(self, heads: int, query: Shape, key: Shape) -> Shape:
        """Return the shape of `scores` for inputs of the given shapes."""
        batch = self._steps[: -len(self.axes)]
        steps = [shape[axis] for shape in (query, key) for axis in self.axes]
        return (*(query[axis] for axis in batch), heads, *steps)

    def mask_of_steps(self, mask: Tensor) -> Tensor:
        """Return a mask (batch, ...) as (batch, 1, steps)."""
        return self._flat(mask.permute(self._steps), mask.ndim - 1).unsqueeze(-2)

    def mask_of_scores(self, mask: Tensor, query: Tensor, key: Tensor) -> Tensor | None:
        """Return a mask of scores as (batch, heads, steps, steps), or None if it does not fit.

        Args:
            mask: (batch, query's steps, key's steps), with an axis for every axis of the steps; the
                batch may be missing, and an axis for the heads may follow it.
            query: the layer's input.
            key: likewise.
        """
        count, batch = len(self.axes), query.ndim - 1 - len(self.axes)
        steps = [x.shape[axis] for x in (query, key) for axis in self.axes]
        if not 2 * count <= mask.ndim <= batch + 1 + 2 * count:
            return None
        for _ in range(batch + 1 + 2 * count - mask.ndim):
            mask = mask.unsqueeze(-1 - 2 * count)
        wanted = [*(query.shape[axis] for axis in self._steps[:batch]), None, *steps]
        if any(size not in (1, own) for size, own in zip(mask.shape, wanted, strict=True) if own):
            return None
        if count == 1:
            return mask
        return mask.expand(*mask.shape[: batch + 1], *steps).flatten(-count).flatten(-1 - count, -2)

    def _flat(self, x: Tensor, last: int) -> Tensor:
        count = len(self.axes)
        return x if count == 1 else x.flatten(last - count + 1, last)
