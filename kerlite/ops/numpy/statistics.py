"""Histograms, counts and correlations."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, common_dtype, promote, promote_all
from kerlite.core.shapes_only import unknown_size

__all__ = ["bincount", "corrcoef", "correlate", "digitize", "histogram"]


@operation("numpy")
def histogram(
    x: Any, bins: int = 10, range: tuple[float, float] | None = None
) -> tuple[Tensor, Tensor]:
    """Return how many elements fall into each of several bins of equal width, and the bins' edges.

    A bin has its left edge; the last one has both.

    Args:
        x: a tensor of one dimension; integers and booleans become floatx.
        bins: the number of bins, at least 1.
        range: the least and the greatest edge; None for those of `x`. What lies outside is left
            out. Two equal edges are moved apart by 0.5 each.

    Returns:
        The counts and the edges, in the type of `x`.

    Raises:
        ValueError: if `x` has not one dimension, `bins` is not positive or `range` is not a range.
        TypeError: if `bins` is no integer.

    Example:
        >>> histogram(torch.tensor([0.0, 1.0, 1.0, 4.0]), bins=2)
        (tensor([3., 1.]), tensor([0., 2., 4.]))

    Source: keras.ops.histogram; integers and any device work, and equal edges are NumPy's.
    """
    _check_bins(bins, range)
    x = as_floating(x)
    if x.ndim != 1:
        raise ValueError(f"histogram takes one dimension; received the shape {tuple(x.shape)}.")
    edges = _edges(x.detach(), bins, range)
    inside = (x >= edges[0]) & (x <= edges[-1])
    place = torch.searchsorted(edges, x.detach(), right=True) - 1
    counts = torch.zeros(bins, dtype=torch.int64, device=x.device)
    counts = counts.scatter_add(0, torch.clamp(place, 0, bins - 1), inside.long())
    return counts.to(x.dtype), edges


@operation("numpy")
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """Return how often each integer comes: y[i] is the number (or summed weights) of x == i.

    The length depends on the values: the device is waited for, and a symbolic result has an
    unknown size.

    Args:
        x: integers from 0 on, of one dimension, or two for a count of each row.
        weights: of the shape of `x`; None to count.
        minlength: the least length of the result.
        sparse: must be False.

    Returns:
        int32 counts of length max(x) + 1, or sums of weights in the type of both.

    Raises:
        ValueError: if `sparse` is set, or `x` has negative elements or another rank.

    Example:
        >>> bincount(torch.tensor([1, 2, 2, 4]))
        tensor([0, 1, 2, 0, 1], dtype=torch.int32)

    Source: keras.ops.bincount; rows may have different greatest values.
    """
    if sparse:
        raise ValueError("bincount gives dense tensors; received sparse=True. Leave it out.")
    x = as_tensor(x)
    if x.ndim not in (1, 2):
        raise ValueError(f"bincount takes 1 or 2 dimensions; received the shape {tuple(x.shape)}.")
    kind = torch.int32
    if weights is not None:
        weights = as_tensor(weights)
        kind = common_dtype(x.dtype, weights.dtype)
        if weights.shape != x.shape:
            raise ValueError(
                f"The weights of bincount have the shape of x, {tuple(x.shape)}; received "
                f"{tuple(weights.shape)}."
            )
        weights = weights.reshape(-1)
    length = unknown_size(x)
    if length is not None:
        return x.new_zeros((*x.shape[:-1], length), dtype=kind)
    if x.ndim == 1:
        return torch.bincount(x, weights, minlength).to(kind)
    return _bincount_rows(x, weights, minlength).to(kind)


@operation("numpy", inputs=2)
def digitize(x: Any, bins: Any) -> Tensor:
    """Return the bin of each element, as int32: i where bins[i - 1] <= x < bins[i].

    Args:
        x: a tensor or a number.
        bins: increasing edges, of one dimension.

    Example:
        >>> digitize(torch.tensor([0.0, 1.0, 2.5]), [1.0, 2.0])
        tensor([0, 1, 2], dtype=torch.int32)

    Source: keras.ops.digitize.
    """
    x, bins = promote_all((x, bins))
    if x.dtype is torch.bool:
        x, bins = x.to(torch.uint8), bins.to(torch.uint8)
    return torch.bucketize(x, bins, right=True, out_int32=True)


@operation("numpy")
def corrcoef(x: Any) -> Tensor:
    """Return Pearson's correlation of each row with each.

    The covariance of two rows over the product of their standard deviations, from -1 to 1.

    Args:
        x: a tensor (variables, observations), or of one dimension; int64 becomes float64, other
            integers and booleans floatx.

    Raises:
        ValueError: if `x` has more dimensions.

    Example:
        >>> corrcoef(torch.tensor([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])

    Source: keras.ops.corrcoef.
    """
    x = as_tensor(x)
    x = x.double() if x.dtype is torch.int64 else as_floating(x)
    if x.ndim > 2:
        raise ValueError(f"corrcoef takes 1 or 2 dimensions; received the shape {tuple(x.shape)}.")
    # Not torch.corrcoef, which looks at values: it can be neither recorded nor compiled.
    rows = torch.atleast_2d(x)
    rows = rows - torch.mean(rows, 1, keepdim=True)
    covariance = rows @ rows.mH
    deviation = torch.sqrt(torch.diagonal(covariance).real)
    found = covariance / deviation[:, None] / deviation
    found = found if found.is_complex() else torch.clamp(found, -1, 1)
    return found if x.ndim == 2 else found[0, 0]


@operation("numpy", inputs=2)
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Tensor:
    """Return the cross-correlation of two sequences: y[k] = sum over n of x1[n + k] * conj(x2[n]).

    Args:
        x1: a tensor of one dimension; int64 becomes float64, other integers and booleans floatx.
        x2: likewise.
        mode: "valid" where both overlap wholly, "same" for the length of the longer one, "full"
            wherever they overlap.

    Raises:
        ValueError: if the mode is unknown, or a tensor has not one dimension or no elements.

    Example:
        >>> correlate(torch.tensor([1.0, 2.0, 3.0]), [0.0, 1.0], mode="full")
        tensor([1., 2., 3., 0.])

    Source: keras.ops.correlate; "same" has the length of the longer sequence, as in NumPy.
    """
    x1, x2 = promote(as_tensor(x1), as_tensor(x2))
    x1, x2 = (x.double() if x.dtype is torch.int64 else as_floating(x) for x in (x1, x2))
    if x1.ndim != 1 or x2.ndim != 1 or not x1.numel() or not x2.numel():
        raise ValueError(
            "correlate takes tensors of one dimension with elements; received the shapes "
            f"{tuple(x1.shape)} and {tuple(x2.shape)}."
        )
    n1, n2 = x1.shape[0], x2.shape[0]
    full = F.conv1d(x1[None, None], x2.conj()[None, None], padding=n2 - 1)[0, 0]
    short, long = (n2, n1) if n1 >= n2 else (n1, n2)
    starts = {"full": 0, "valid": short - 1, "same": (short - (n1 >= n2)) // 2}
    lengths = {"full": n1 + n2 - 1, "valid": long - short + 1, "same": long}
    if mode not in starts:
        raise ValueError(f"The mode of correlate is one of {list(starts)}; received {mode!r}.")
    return full[starts[mode] : starts[mode] + lengths[mode]]


def _check_bins(bins: Any, range: Any) -> None:
    if not isinstance(bins, int):
        raise TypeError(f"The number of bins is an int; received {bins!r}.")
    if bins < 1:
        raise ValueError(f"A histogram has at least 1 bin; received bins={bins}.")
    if range is not None and (
        not isinstance(range, (tuple, list)) or len(range) != 2 or not range[0] <= range[1]
    ):
        raise ValueError(
            f"The range of a histogram is (least edge, greatest edge); received {range!r}."
        )


def _edges(x: Tensor, bins: int, range: Any) -> Tensor:
    if range is None and not x.numel():
        range = (0, 1)
    low, high = torch.aminmax(x) if range is None else (x.new_tensor(edge) for edge in range)
    apart = torch.where(low == high, 0.5, 0.0).to(x.dtype)
    low, high = low - apart, high + apart
    steps = torch.arange(1, bins, dtype=x.dtype, device=x.device)
    return torch.cat([low[None], low + (high - low) * (steps / bins), high[None]])


def _bincount_rows(x: Tensor, weights: Tensor | None, minlength: int) -> Tensor:
    """Count row by row at once: each row's values are moved to a range of their own."""
    length = minlength
    if x.numel():
        least, greatest = torch.aminmax(x)
        if least < 0:
            raise ValueError(f"bincount takes integers from 0 on; received {int(least)}.")
        length = max(minlength, int(greatest) + 1)
    rows = x.shape[0]
    moved = x.long() + length * torch.arange(rows, device=x.device)[:, None]
    return torch.bincount(moved.reshape(-1), weights, rows * length).reshape(rows, length)
