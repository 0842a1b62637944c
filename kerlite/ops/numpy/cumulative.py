"""Running sums and products, differences and integrals along an axis."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote

__all__ = ["cumprod", "cumsum", "diff", "trapezoid"]


@operation("numpy")
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Return the running sum along an axis: y[i] = x[0] + ... + x[i].

    Args:
        x: a tensor; booleans become int32, other types stay.
        axis: the axis; None for the flattened tensor.
        dtype: the type to compute in and to return; None for that of `x`.

    Example:
        >>> cumsum(torch.tensor([[1, 2], [3, 4]]), axis=1)
        tensor([[1, 3],
                [3, 7]])

    Source: keras.ops.cumsum.
    """
    return _running(torch.cumsum, as_tensor(x), axis, dtype)


@operation("numpy")
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """Return the running product along an axis: y[i] = x[0] * ... * x[i].

    Args:
        x: a tensor; booleans become int32, other types stay.
        axis: the axis; None for the flattened tensor.
        dtype: the type to compute in and to return; None for that of `x`.

    Example:
        >>> cumprod(torch.tensor([[1, 2], [3, 4]]))
        tensor([ 1,  2,  6, 24])

    Source: keras.ops.cumprod.
    """
    return _running(torch.cumprod, as_tensor(x), axis, dtype)


@operation("numpy")
def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """Return the n-th difference along an axis; the first is a[i + 1] - a[i].

    Args:
        a: a tensor of at least one dimension; of booleans, whether neighbours differ.
        n: how many times differences are taken, at least 0; with 0 the result is `a`.
        axis: the axis.

    Example:
        >>> diff(torch.tensor([1, 4, 9, 16])), diff(torch.tensor([1, 4, 9, 16]), n=2)
        (tensor([3, 5, 7]), tensor([2, 2]))

    Source: keras.ops.diff.
    """
    return torch.diff(as_tensor(a), n, axis)


@operation("numpy")
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Tensor:
    """Return the integral along an axis by the trapezoidal rule.

    The sum of (y[i] + y[i + 1]) / 2 * (x[i + 1] - x[i]).

    Args:
        y: values; integers and booleans become floatx.
        x: where they lie: of the shape of `y`, or one dimension for the axis; None for equal steps.
        dx: the step, where `x` is None.
        axis: the axis.

    Example:
        >>> trapezoid(torch.tensor([1.0, 2.0, 3.0])), trapezoid([1, 2, 3], x=[4, 6, 8])
        (tensor(4.), tensor(8.))

    Source: keras.ops.trapezoid.
    """
    if x is not None:
        y, x = promote(as_tensor(y), as_tensor(x), floating=True)
        return torch.trapezoid(y, x, dim=axis)
    area = torch.trapezoid(as_floating(y), dim=axis)
    return area * (dx if isinstance(dx, (int, float)) else as_tensor(dx).to(area))


def _running(function: Any, x: Tensor, axis: int | None, dtype: Any) -> Tensor:
    if axis is None:
        x, axis = x.reshape(-1), 0
    kind = x.dtype if dtype is None else dtypes.to_torch_dtype(dtype)
    return function(x, axis, dtype=torch.int32 if kind is torch.bool else kind)
