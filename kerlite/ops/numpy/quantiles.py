"""Quantiles, percentiles and medians."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.ops.numpy.axes import Axis, kept, merged_last

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]

# Where the quantile lies between two elements -> the rank that is taken.
_METHODS = {
    "linear": lambda rank: rank,
    "lower": torch.floor,
    "higher": torch.ceil,
    "nearest": torch.round,
    "midpoint": lambda rank: (torch.floor(rank) + torch.ceil(rank)) / 2,
}


@operation("numpy", inputs=2)
def quantile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """Return quantiles along axes: the element of rank q * (n - 1) of n sorted ones.

    Args:
        x: a tensor; integers and booleans become floatx. NaN anywhere gives NaN.
        q: probabilities from 0 to 1, of any shape. As a tensor they are not checked, but clipped.
        axis: an axis or several; None for all of them.
        method: what is taken between two elements: "linear", "lower", "higher", "nearest" or
            "midpoint".
        keepdims: whether the axes stay, of size one.

    Shape:
        That of `q`, then that of `x` without the axes.

    Raises:
        ValueError: if there are no elements, the method is unknown or `q` out of range.

    Example:
        >>> quantile(torch.tensor([1.0, 2.0, 4.0]), [0.5, 0.75])
        tensor([2., 3.])

    Source: keras.ops.quantile; `x` may be of any size and `q` of any rank.
    """
    return _quantile(x, q, 1, axis, method, keepdims, skip_nan=False)


@operation("numpy", inputs=2)
def percentile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """Return percentiles along axes: quantile(x, q / 100).

    Args:
        x: a tensor; integers and booleans become floatx. NaN anywhere gives NaN.
        q: percentages from 0 to 100, of any shape. As a tensor they are not checked, but clipped.
        axis: an axis or several; None for all of them.
        method: see `quantile`.
        keepdims: whether the axes stay, of size one.

    Raises:
        ValueError: if there are no elements, the method is unknown or `q` out of range.

    Example:
        >>> percentile(torch.tensor([1.0, 2.0, 4.0]), 75)
        tensor(3.)

    Source: keras.ops.percentile.
    """
    return _quantile(x, q, 100, axis, method, keepdims, skip_nan=False)


@operation("numpy", inputs=2)
def nanquantile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """Return quantiles along axes of the elements that are not NaN; NaN where all are.

    Args:
        x: a tensor; integers and booleans become floatx.
        q: probabilities from 0 to 1, of any shape. As a tensor they are not checked, but clipped.
        axis: an axis or several; None for all of them.
        method: see `quantile`.
        keepdims: whether the axes stay, of size one.

    Raises:
        ValueError: if there are no elements, the method is unknown or `q` out of range.

    Example:
        >>> nanquantile(torch.tensor([1.0, float("nan"), 4.0]), 0.5)
        tensor(2.5000)

    Source: keras.ops.nanquantile.
    """
    return _quantile(x, q, 1, axis, method, keepdims, skip_nan=True)


@operation("numpy", inputs=2)
def nanpercentile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """Return percentiles along axes of the elements that are not NaN; NaN where all are.

    Args:
        x: a tensor; integers and booleans become floatx.
        q: percentages from 0 to 100, of any shape. As a tensor they are not checked, but clipped.
        axis: an axis or several; None for all of them.
        method: see `quantile`.
        keepdims: whether the axes stay, of size one.

    Raises:
        ValueError: if there are no elements, the method is unknown or `q` out of range.

    Example:
        >>> nanpercentile(torch.tensor([1.0, float("nan"), 4.0]), 50)
        tensor(2.5000)

    Source: keras.ops.nanpercentile.
    """
    return _quantile(x, q, 100, axis, method, keepdims, skip_nan=True)


@operation("numpy")
def median(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the median along axes; of an even number of elements the mean of the middle two.

    Args:
        x: a tensor; integers and booleans become floatx. NaN anywhere gives NaN.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Raises:
        ValueError: if there are no elements along the axes.

    Example:
        >>> median(torch.tensor([[3, 1, 2], [7, 9, 8]]), axis=1)
        tensor([2., 8.])

    Source: keras.ops.median.
    """
    return _quantile(x, 0.5, 1, axis, "linear", keepdims, skip_nan=False)


@operation("numpy")
def nanmedian(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the median along axes of the elements that are not NaN; NaN where all are.

    Args:
        x: a tensor; integers and booleans become floatx.
        axis: an axis or several; None for all of them.
        keepdims: whether the axes stay, of size one.

    Raises:
        ValueError: if there are no elements along the axes.

    Example:
        >>> nanmedian(torch.tensor([[3.0, float("nan"), 2.0], [7.0, 9.0, 8.0]]), axis=1)
        tensor([2.5000, 8.0000])

    Source: keras.ops.nanmedian.
    """
    return _quantile(x, 0.5, 1, axis, "linear", keepdims, skip_nan=True)


def _quantile(
    x: Any, q: Any, whole: int, axis: Axis, method: str, keepdims: bool, skip_nan: bool
) -> Tensor:
    if method not in _METHODS:
        raise ValueError(
            f"The method of a quantile is one of {list(_METHODS)}; received {method!r}."
        )
    _check_range(q, whole)
    x = as_floating(x)
    rows = merged_last(x, axis)
    if not rows.shape[-1]:
        raise ValueError(
            f"A quantile over axis={axis} needs elements there; received x of shape "
            f"{tuple(x.shape)}."
        )
    # Ranks in double precision: 0.3 * 10 has to be 3.
    q = torch.as_tensor(q, dtype=torch.float64, device=x.device) / whole
    found = _between(rows, q.reshape(-1), _METHODS[method], skip_nan)
    found = found.movedim(-1, 0).reshape([*q.shape, *rows.shape[:-1]])
    return kept(found, x, axis) if keepdims else found


def _between(rows: Tensor, q: Tensor, method: Any, skip_nan: bool) -> Tensor:
    """Return the quantiles of each row, as (..., q)."""
    rows = torch.sort(rows, dim=-1).values  # NaN comes last
    last: Any = rows.shape[-1] - 1
    if skip_nan:
        last = torch.clamp(torch.sum(~torch.isnan(rows), -1, True) - 1, min=0)
    rank = method(torch.clamp(q, 0, 1) * last).expand(*rows.shape[:-1], q.numel())
    floor = torch.floor(rank)
    below = torch.gather(rows, -1, floor.long())
    above = torch.gather(rows, -1, torch.ceil(rank).long())
    kind = torch.float32 if rows.dtype.itemsize < 4 else rows.dtype
    share = (rank - floor).to(kind)
    found = torch.lerp(below.to(kind), above.to(kind), share).to(rows.dtype)
    found = torch.where(below == above, below, found)  # of two infinities there is no difference
    alone = torch.isinf(above) & torch.isfinite(below) & (share > 0)  # lerp takes it from itself
    found = torch.where(alone, above, found)
    return found if skip_nan else torch.where(torch.isnan(rows[..., -1:]), float("nan"), found)


def _check_range(q: Any, whole: int) -> None:
    """Refuse what is out of range; to look into a tensor would wait for the device."""
    if isinstance(q, (list, tuple)):
        for item in q:
            _check_range(item, whole)
    elif isinstance(q, np.ndarray):
        _check_range(q.tolist(), whole)
    elif not isinstance(q, Tensor) and not 0 <= q <= whole:
        raise ValueError(f"The quantiles q lie between 0 and {whole}; received {q}.")
