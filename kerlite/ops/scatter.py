"""Values put at given places of a tensor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation

__all__ = ["scatter", "scatter_update"]

_REDUCTIONS = {"max": "amax", "min": "amin", "mul": "prod"}


@operation("core", inputs=2)
def scatter(indices: Any, values: Any, shape: Sequence[int]) -> Tensor:
    """Return zeros of the given shape, with `values` added at `indices`.

    Args:
        indices: integers; the last axis holds one place, or its leading coordinates.
        values: what to add there: one value, or the rest of the shape, for each place.
        shape: the shape of the result.

    Raises:
        ValueError: if a place is outside.

    Example:
        >>> scatter([[0], [2], [2]], [5.0, 1.0, 2.0], (4,))
        tensor([5., 0., 3., 0.])

    Source: keras.ops.scatter.
    """
    indices, values = as_tensor(indices), as_tensor(values)
    depth = indices.shape[-1]
    values = values.reshape([*indices.shape[:-1], *shape[depth:]])
    zeros = values.new_zeros(tuple(shape))
    return zeros.index_put(_coordinates(indices), values, accumulate=True)


@operation("core", inputs=3)
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """Return a copy of `inputs` with the values at `indices` replaced by, or joined with, others.

    Args:
        inputs: a tensor.
        indices: integers of shape (n, coordinates); all coordinates of a place, or the leading
            ones.
        updates: n values, or n times what the leading coordinates name.
        reduction: None to replace (of several values for a place any one stays), "add", "max",
            "min" or "mul" to join what is there with all of them.

    Raises:
        ValueError: if a place is outside, or the reduction is not known.

    Example:
        >>> scatter_update(torch.zeros(2, 3), [[0, 1], [1, 2]], [4.0, 5.0])
        tensor([[0., 4., 0.],
                [0., 0., 5.]])

    Source: keras.ops.scatter_update.
    """
    reduction = reduction.lower() if isinstance(reduction, str) else reduction
    if reduction not in (None, "add", *_REDUCTIONS):
        raise ValueError(
            f"Unknown reduction {reduction!r}. Expected None, 'add', 'max', 'min' or 'mul'."
        )
    inputs = as_tensor(inputs)
    places = _coordinates(as_tensor(indices))
    updates = as_tensor(updates).to(inputs)
    if reduction in _REDUCTIONS:
        return _joined(inputs, places, updates, _REDUCTIONS[reduction])
    return inputs.index_put(places, updates, accumulate=reduction == "add")


def _coordinates(indices: Tensor) -> tuple[Tensor, ...]:
    return indices.long().unbind(-1)


def _joined(inputs: Tensor, places: Any, updates: Tensor, reduction: str) -> Tensor:
    """Join along one axis, that of all places; each place's number is looked up, thus checked."""
    lead, rest = inputs.shape[: len(places)], inputs.shape[len(places) :]
    numbers = torch.arange(math.prod(lead), device=inputs.device).view(lead)[places].reshape(-1)
    updates = updates.expand(*places[0].shape, *rest).reshape(-1, math.prod(rest))
    flat = inputs.reshape(-1, math.prod(rest))
    joined = flat.scatter_reduce(0, numbers[:, None].expand_as(updates), updates, reduction)
    return joined.view(inputs.shape)
