"""Sequences of numbers, and grids made of them."""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import Tensor

from kerlite.core import config, dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote_all
from kerlite.ops.numpy.operands import DTYPE_BY_NAME

__all__ = ["arange", "geomspace", "linspace", "logspace", "meshgrid"]

_NUMBERS = (int, float)


@operation("numpy", inputs=3, settled=DTYPE_BY_NAME)
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """Return `start`, `start + step`, ... up to before `stop`.

    With one argument, that is `stop`, and the numbers start at 0.

    Args:
        start: the first number.
        stop: where it ends; it is not among them.
        step: the distance between two; by default 1.
        dtype: the number type; by default int32 for Python's integers, floatx for its floats.

    Raises:
        ValueError: if `step` is 0.

    Example:
        >>> arange(3)
        tensor([0, 1, 2], dtype=torch.int32)
        >>> arange(1, 2, 0.25)
        tensor([1.0000, 1.2500, 1.5000, 1.7500])

    Source: keras.ops.arange; a range that runs the wrong way is empty as in NumPy, where Keras
    raises on torch.
    """
    if type(start) is int and stop is step is dtype is None:  # the usual, in one step
        return torch.arange(max(start, 0), dtype=torch.int32, device=config.device())
    given = [value for value in (start, stop, step) if value is not None]
    if dtype is None:
        kinds = [getattr(value, "dtype", type(value)) for value in given]
        usual = kinds in ([int], [int, int])
        dtype = torch.int32 if usual else dtypes.result_type(*kinds)
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    if (stop - start) * step < 0:
        stop = start  # none at all, as in NumPy
    return torch.arange(
        start, stop, step, dtype=dtypes.to_torch_dtype(dtype), device=config.device()
    )


@operation("numpy", inputs=2, settled=DTYPE_BY_NAME)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return evenly spaced numbers from `start` to `stop`.

    Args:
        start: the first number, or an array of them.
        stop: the last one, likewise; the two are broadcast.
        num: how many.
        endpoint: whether `stop` is one of them.
        retstep: whether to return the distance too, as (numbers, distance).
        dtype: the number type; by default that of the ends, integers give floatx. For integers the
            numbers are rounded down.
        axis: where the new axis goes.

    Raises:
        ValueError: if `num` is negative.

    Example:
        >>> linspace(0.0, 1.0, 5)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
        >>> linspace([0.0, 1.0], 2.0, 3, axis=-1)
        tensor([[0.0000, 1.0000, 2.0000],
                [1.0000, 1.5000, 2.0000]])

    Source: keras.ops.linspace; arrays and `axis` work as in NumPy, where Keras raises on torch; the
    distance is a tensor.
    """
    _check_number("linspace", num)
    first, last, kind = _ends(start, stop, dtype)
    numbers, step = _spread(first, last, num, endpoint)
    result = _finished(numbers, kind, axis)
    return (result, step) if retstep else result


@operation("numpy", inputs=2, settled=DTYPE_BY_NAME)
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10,
    dtype: Any = None,
    axis: int = 0,
) -> Tensor:
    """Return `base ** linspace(start, stop)`: numbers of one ratio.

    Args:
        start: the exponent of the first number, or an array of them.
        stop: that of the last one, likewise; the two are broadcast.
        num: how many.
        endpoint: whether `stop` is one of them.
        base: what is raised to the exponents, a number.
        dtype: the number type; by default that of the ends, integers give floatx. For integers the
            numbers are rounded down.
        axis: where the new axis goes.

    Raises:
        ValueError: if `num` is negative.

    Example:
        >>> logspace(0, 3, 4)
        tensor([   1.,   10.,  100., 1000.])

    Source: keras.ops.logspace; `axis` works as in NumPy, where Keras raises on torch.
    """
    _check_number("logspace", num)
    first, last, kind = _ends(start, stop, dtype)
    numbers, _ = _spread(first, last, num, endpoint)
    return _finished(torch.pow(base, numbers), kind, axis)


@operation("numpy", inputs=2, settled=DTYPE_BY_NAME)
def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Tensor:
    """Return numbers of one ratio from `start` to `stop`, which have the same sign.

    Args:
        start: the first number, or an array of them.
        stop: the last one, likewise; the two are broadcast.
        num: how many.
        endpoint: whether `stop` is one of them.
        dtype: the number type; by default that of the ends, integers give floatx. For integers the
            numbers are rounded down.
        axis: where the new axis goes.

    Raises:
        ValueError: if `num` is negative, or an end is the number 0.

    Example:
        >>> geomspace(1, 1000, 4)
        tensor([   1.0000,   10.0000,  100.0000, 1000.0000])
        >>> geomspace(-1.0, -100.0, 3)
        tensor([  -1.,  -10., -100.])

    Source: keras.ops.geomspace; `axis` works as in NumPy, where Keras raises on torch; real numbers
    only.
    """
    _check_number("geomspace", num)
    if (type(start) in _NUMBERS and not start) or (type(stop) in _NUMBERS and not stop):
        raise ValueError(f"geomspace() cannot include 0; received start={start}, stop={stop}.")
    first, last, kind = _ends(start, stop, dtype)
    sign = torch.sign(first)
    logs, _ = _spread(torch.log(first * sign), torch.log(last * sign), num, endpoint)
    numbers = sign * torch.exp(logs)
    place = torch.arange(num, device=first.device).reshape(-1, *[1] * (numbers.ndim - 1))
    numbers = torch.where(place == 0, first, numbers)
    if endpoint and num > 1:
        numbers = torch.where(place == num - 1, last, numbers)
    return _finished(numbers, kind, axis)


@operation("numpy", inputs=sys.maxsize, options={"indexing": ("indexing", "xy")})
def meshgrid(*x: Any, indexing: str = "xy") -> tuple[Tensor, ...]:
    """Return coordinate grids: each vector spread along the axes of all the others.

    The grids are views of the vectors, with elements that share memory.

    Args:
        x: vectors; more axes are flattened.
        indexing: "xy" if the first vector runs along the second axis, as in images; "ij" if it runs
            along the first.

    Raises:
        ValueError: if `indexing` is unknown.

    Example:
        >>> meshgrid([1, 2], [3, 4, 5])[1]
        tensor([[3, 3],
                [4, 4],
                [5, 5]], dtype=torch.int32)

    Source: keras.ops.meshgrid; the vectors may differ in type and have more axes, as in NumPy,
    where Keras raises on torch.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f'Unknown indexing: {indexing!r}. Expected "xy" or "ij".')
    vectors = [as_tensor(one).reshape(-1) for one in x]
    axes = list(range(len(vectors)))
    if indexing == "xy" and len(axes) > 1:
        axes[:2] = 1, 0
    sizes = [0] * len(axes)
    for axis, vector in zip(axes, vectors, strict=True):
        sizes[axis] = len(vector)
    return tuple(
        vector.reshape([-1 if i == axis else 1 for i in range(len(axes))]).expand(sizes)
        for axis, vector in zip(axes, vectors, strict=True)
    )


def _ends(start: Any, stop: Any, dtype: Any) -> tuple[Tensor, Tensor, torch.dtype]:
    """Return both ends in the type to compute in, and the type of the result."""
    start, stop = promote_all([start, stop], floating=True)
    kind = start.dtype if dtype is None else dtypes.to_torch_dtype(dtype)
    exact = torch.promote_types(start.dtype, torch.float32)
    if not (kind.is_floating_point or kind.is_complex):
        exact = torch.promote_types(exact, torch.float64)
    exact = torch.promote_types(exact, kind)
    return start.to(exact), stop.to(exact), kind


def _check_number(function: str, num: int) -> None:
    if num < 0:
        raise ValueError(f"{function}() makes 0 or more numbers; received num={num}.")


def _finished(x: Tensor, kind: torch.dtype, axis: int) -> Tensor:
    """Put the new axis, the first one, in its place, and the numbers into their type."""
    if axis:
        x = x.movedim(0, axis)
    if x.dtype.is_floating_point and not (kind.is_floating_point or kind.is_complex):
        x = torch.floor(x)  # as NumPy; a cast would round towards 0
    return x.to(kind)


def _spread(start: Tensor, stop: Tensor, num: int, endpoint: bool) -> tuple[Tensor, Tensor]:
    """Return evenly spaced numbers along a new first axis, and their distance."""
    start, stop = torch.broadcast_tensors(start, stop)
    spaces = num - 1 if endpoint else num
    step = (stop - start) / max(spaces, 1)
    place = torch.arange(num, device=start.device).reshape(-1, *[1] * start.ndim)
    numbers = start + place * step
    if endpoint and num > 1:
        numbers = torch.where(place == spaces, stop, numbers)  # exact, whatever was rounded
    return numbers, step if spaces > 0 else torch.full_like(step, torch.nan)
