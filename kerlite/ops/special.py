"""Functions that NumPy does not have: error functions, log-sum-exp, the k largest, distances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote

__all__ = ["cdist", "erf", "erfc", "erfinv", "in_top_k", "logdet", "logsumexp", "rsqrt", "top_k"]

_HALVES = (torch.float16, torch.bfloat16)


@operation("math")
def rsqrt(x: Any) -> Tensor:
    """Return one over the square root of each element: 1 / sqrt(x).

    Example:
        >>> rsqrt([1.0, 4.0, 0.0])
        tensor([1.0000, 0.5000,    inf])

    Source: keras.ops.rsqrt.
    """
    return torch.rsqrt(as_floating(x))


@operation("math")
def erf(x: Any) -> Tensor:
    """Return the error function of each element: 2 / sqrt(pi) * integral of exp(-t^2), 0 to x.

    Example:
        >>> erf([0.0, 1.0])
        tensor([0.0000, 0.8427])

    Source: keras.ops.erf.
    """
    return torch.erf(as_floating(x))


@operation("math")
def erfc(x: Any) -> Tensor:
    """Return what the error function lacks to one: 1 - erf(x), exact where that is tiny.

    Example:
        >>> erfc([0.0, 1.0])
        tensor([1.0000, 0.1573])

    Source: keras.ops.erfc.
    """
    return torch.erfc(as_floating(x))


@operation("math")
def erfinv(x: Any) -> Tensor:
    """Return the number whose error function each element is; NaN outside of [-1, 1].

    Example:
        >>> erfinv([0.0, 0.8427, 1.0])
        tensor([0.0000, 1.0000,    inf])

    Source: keras.ops.erfinv.
    """
    return torch.erfinv(as_floating(x))


@operation("math")
def logsumexp(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """Return log(sum(exp(x))) over axes, without overflow.

    Args:
        x: a tensor.
        axis: an axis or several; None for all.
        keepdims: whether the axes stay, with size one.

    Raises:
        ValueError: if there is no such axis.

    Example:
        >>> logsumexp([[0.0, 0.0], [1000.0, 0.0]], axis=1)
        tensor([6.9315e-01, 1.0000e+03])

    Source: keras.ops.logsumexp.
    """
    x = as_floating(x)
    axes = tuple(range(x.ndim)) if axis is None else axis
    return torch.logsumexp(x, axes if isinstance(axes, int) else tuple(axes), keepdim=keepdims)


@operation("math")
def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """Return the `k` largest values along the last axis, and their indices.

    Args:
        x: a tensor.
        k: how many, at most the size of the last axis.
        sorted: whether they descend; otherwise their order is torch's.

    Shape:
        (..., n) to two of (..., k); the indices are int64.

    Raises:
        ValueError: if `k` is larger than the axis.

    Example:
        >>> values, indices = top_k([3.0, 9.0, 5.0], 2)
        >>> values, indices
        (tensor([9., 5.]), tensor([1, 2]))

    Source: keras.ops.top_k.
    """
    return torch.topk(as_tensor(x), k, sorted=sorted)


@operation("math", inputs=2)
def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Return whether each target is among the classes with the `k` largest predictions.

    Args:
        targets: the true classes, integers.
        predictions: a score for every class.
        k: how many classes count; classes with equal scores at the border all do.

    Shape:
        (...,) and (..., classes) to (...,), of booleans.

    Raises:
        ValueError: if `k` is larger than the number of classes, or a target is none of them.

    Example:
        >>> in_top_k([2, 0], [[0.1, 0.3, 0.6], [0.1, 0.3, 0.6]], k=2)
        tensor([ True, False])

    Source: keras.ops.in_top_k.
    """
    targets, predictions = as_tensor(targets), as_tensor(predictions)
    score = predictions.gather(-1, targets.long().unsqueeze(-1)).squeeze(-1)
    return score >= torch.topk(predictions, k).values[..., -1]


@operation("math")
def logdet(x: Any) -> Tensor:
    """Return the logarithm of the determinant of each matrix; NaN where that is negative.

    Shape:
        (..., n, n) to (...).

    Raises:
        ValueError: if a matrix is not square.

    Example:
        >>> logdet([[2.0, 0.0], [0.0, 0.5]])
        tensor(0.)

    Source: keras.ops.logdet.
    """
    return torch.logdet(as_floating(x))


@operation("math", "CDist", inputs=2)
def cdist(x: Any, y: Any) -> Tensor:
    """Return the distances of all pairs of rows: d[i, j] = sqrt(sum((x[i] - y[j])^2)).

    Args:
        x: points in rows.
        y: points in rows, of as many coordinates.

    Shape:
        (..., n, d) and (..., m, d) to (..., n, m).

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> cdist([[0.0, 0.0], [3.0, 0.0]], [[0.0, 4.0]])
        tensor([[4.],
                [5.]])

    Source: keras.ops.cdist; where two points are the same the gradient is zero, not NaN.
    """
    x, y = promote(as_tensor(x), as_tensor(y), floating=True)
    kind = x.dtype
    if kind in _HALVES:  # torch.cdist has no half precision
        x, y = x.float(), y.float()
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").to(kind)
