"""Random whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core import config, dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.draws import draw
from kerlite.core.operation import operation
from kerlite.core.seeds import SeedGenerator

__all__ = ["binomial", "categorical", "randint"]

Seed = int | SeedGenerator | None


def randint(
    shape: Sequence[int], minval: int, maxval: int, dtype: Any = "int32", seed: Seed = None
) -> Tensor:
    """Return whole numbers that lie evenly in [minval, maxval).

    Args:
        shape: of the result.
        minval: the lowest number.
        maxval: the number above the highest.
        dtype: an integer type.
        seed: None, a whole number, or a `SeedGenerator`.

    Raises:
        ValueError: if the dtype is no integer type, or no number lies in the range.

    Example:
        >>> randint((100,), 2, 5, seed=1).unique()
        tensor([2, 3, 4], dtype=torch.int32)

    Source: keras.random.randint.
    """
    if not dtypes.is_int(dtype):
        raise ValueError(
            f"randint draws whole numbers; received dtype={dtype!r}. Use an integer dtype, or "
            "kerlite.random.uniform for others."
        )
    low, high = int(minval), int(maxval)
    if low >= high:
        raise ValueError(
            f"No number is at least minval={minval} and less than maxval={maxval}: the upper bound "
            "is not drawn itself."
        )
    target = dtypes.to_torch_dtype(dtype)
    return draw("integers", shape, seed, target, config.device(), numbers=(low, high))


@operation(None, inputs=2)
def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Seed = None) -> Tensor:
    """Return class indices, drawn with the chances softmax(logits).

    Args:
        logits: (batch, classes) or (classes,).
        num_samples: how many to draw for each row, >= 1; one class may come more than once.
        dtype: an integer type.
        seed: None, a whole number, or a `SeedGenerator`.

    Shape:
        (batch, num_samples), or (num_samples,).

    Raises:
        ValueError: for logits of another rank.

    Example:
        >>> categorical([[0.0, 20.0], [20.0, 0.0]], 3, seed=1)
        tensor([[1, 1, 1],
                [0, 0, 0]], dtype=torch.int32)

    Source: keras.random.categorical.
    """
    logits = as_tensor(logits)
    if logits.ndim not in (1, 2):
        raise ValueError(
            f"logits must be of shape (batch, classes) or (classes,); received "
            f"{tuple(logits.shape)}."
        )
    chances = logits.to(torch.promote_types(logits.dtype, torch.float32)).softmax(-1)
    shape = (*chances.shape[:-1], num_samples)
    target = dtypes.to_torch_dtype(dtype)
    return draw("categories", shape, seed, target, chances.device, (chances,), (num_samples,))


def binomial(
    shape: Sequence[int], counts: Any, probabilities: Any, dtype: Any = None, seed: Seed = None
) -> Tensor:
    """Return how many of `counts` trials succeed, each with a given probability.

    Args:
        shape: of the result.
        counts: the number of trials, >= 0; a number, or a tensor to be broadcast.
        probabilities: of a success, in [0, 1]; likewise.
        dtype: number type of the result; floatx by default.
        seed: None, a whole number, or a `SeedGenerator`.

    Example:
        >>> binomial((3,), [0, 5, 5], [0.5, 1.0, 0.0], seed=1)
        tensor([0., 5., 0.])

    Source: keras.random.binomial.
    """
    target = dtypes.to_torch_dtype(dtype)
    tensors = [as_tensor(one).to(torch.float32) for one in (counts, probabilities)]
    return draw("binomial", shape, seed, target, tensors[0].device, tensors)
