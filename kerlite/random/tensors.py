"""Tensors changed at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.convert import as_tensor
from kerlite.core.draws import draw
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.core.seeds import SeedGenerator

__all__ = ["dropout", "shuffle"]

Seed = int | SeedGenerator | None


@operation(None)
def dropout(
    inputs: Any, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None
) -> Tensor:
    """Return the inputs with a share of them set to 0 and the rest divided by 1 - rate.

    Args:
        inputs: a tensor.
        rate: the share that is dropped, in [0, 1].
        noise_shape: shape of the random mask, which is broadcast: 1 for axes along which all are
            dropped together, None for an axis's own size; by default all of them.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: for a rate outside [0, 1].

    Example:
        >>> dropout(torch.ones(3, 200), 0.5, noise_shape=(3, 1), seed=2).sum(1)
        tensor([400.,   0., 400.])

    Source: keras.random.dropout.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must be in [0, 1]; received rate={rate!r}.")
    inputs = as_floating(inputs)
    if noise_shape is None and seed is None:
        return F.dropout(inputs, rate)
    sizes = noise_shape or inputs.shape
    shape = [own if size is None else size for size, own in zip(sizes, inputs.shape, strict=True)]
    kept = draw("uniform", shape, seed, torch.float32, inputs.device) >= rate
    return torch.where(kept, inputs / (1 - rate) if rate < 1 else inputs, 0.0)


@operation(None)
def shuffle(x: Any, axis: int = 0, seed: Seed = None) -> Tensor:
    """Return the slices along an axis in random order.

    Args:
        x: a tensor of at least one dimension.
        axis: the axis.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: if there is no such axis.

    Example:
        >>> shuffle(torch.arange(5), seed=1).sort().values
        tensor([0, 1, 2, 3, 4])

    Source: keras.random.shuffle.
    """
    x = as_tensor(x)
    if x.ndim == 0:
        raise ValueError("A single number cannot be shuffled: x must have at least one dimension.")
    order = draw("permutation", (x.shape[axis],), seed, torch.int64, x.device)
    return x.index_select(axis, order)
