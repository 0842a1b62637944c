"""Comparisons, element by element: the results are booleans."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote
from kerlite.ops.numpy.operands import tensors

__all__ = [
    "allclose",
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "less",
    "less_equal",
    "not_equal",
]

_BOUNDS = {
    kind: (torch.iinfo(kind).min, torch.iinfo(kind).max)
    for kind in (torch.uint8, torch.uint16, torch.int8, torch.int16, torch.int32)
}


@operation("numpy", inputs=2)
def equal(x1: Any, x2: Any) -> Tensor:
    """Return whether `x1 == x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> equal([1, 2, 3], 2)
        tensor([False,  True, False])

    Source: keras.ops.equal; a Python integer that the other's type cannot hold is compared as it
    is, where Keras on torch wraps it around.
    """
    x1, x2 = _comparable(x1, x2)
    return x1 == x2


@operation("numpy", inputs=2)
def not_equal(x1: Any, x2: Any) -> Tensor:
    """Return whether `x1 != x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> not_equal([1, 2, 3], 2)
        tensor([ True, False,  True])

    Source: keras.ops.not_equal; Python integers as in `equal`.
    """
    x1, x2 = _comparable(x1, x2)
    return x1 != x2


@operation("numpy", inputs=2)
def less(x1: Any, x2: Any) -> Tensor:
    """Return whether `x1 < x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> less([1, 2, 3], 2)
        tensor([ True, False, False])

    Source: keras.ops.less; Python integers as in `equal`.
    """
    x1, x2 = _comparable(x1, x2)
    return x1 < x2


@operation("numpy", inputs=2)
def less_equal(x1: Any, x2: Any) -> Tensor:
    """Return whether `x1 <= x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> less_equal([1, 2, 3], 2)
        tensor([ True,  True, False])

    Source: keras.ops.less_equal; Python integers as in `equal`.
    """
    x1, x2 = _comparable(x1, x2)
    return x1 <= x2


@operation("numpy", inputs=2)
def greater(x1: Any, x2: Any) -> Tensor:
    """Return whether `x1 > x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> greater([1, 2, 3], 2)
        tensor([False, False,  True])

    Source: keras.ops.greater; Python integers as in `equal`.
    """
    x1, x2 = _comparable(x1, x2)
    return x1 > x2


@operation("numpy", inputs=2)
def greater_equal(x1: Any, x2: Any) -> Tensor:
    """Return whether `x1 >= x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> greater_equal([1, 2, 3], 2)
        tensor([False,  True,  True])

    Source: keras.ops.greater_equal; Python integers as in `equal`.
    """
    x1, x2 = _comparable(x1, x2)
    return x1 >= x2


@operation("numpy", inputs=4)
def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Return whether `|x1 - x2| <= atol + rtol * |x2|`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.
        rtol: the relative tolerance, a number.
        atol: the absolute tolerance, a number.
        equal_nan: whether two NaNs are close.

    Example:
        >>> isclose([1.0, 2.0], [1.0, 2.1])
        tensor([ True, False])

    Source: keras.ops.isclose; the tolerances count for integers too, as in NumPy; Keras on torch
    asks them to be equal.
    """
    x1, x2 = tensors(x1, x2)
    if not (x1.is_floating_point() or x1.is_complex()):
        x1, x2 = x1.to(torch.float64), x2.to(torch.float64)
    return torch.isclose(x1, x2, rtol, atol, equal_nan)


@operation("numpy", "AllClose", inputs=2)
def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Return, as one boolean tensor, whether all of `isclose(x1, x2)` holds.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.
        rtol: the relative tolerance, a number.
        atol: the absolute tolerance, a number.
        equal_nan: whether two NaNs are close.

    Example:
        >>> allclose([1.0, 2.0], [1.0, 2.1])
        tensor(False)

    Source: keras.ops.allclose; integers as in `isclose`.
    """
    return torch.all(isclose(x1, x2, rtol, atol, equal_nan))


@operation("numpy")
def isnan(x: Any) -> Tensor:
    """Return whether each element is NaN.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> isnan([1.0, float("nan"), float("inf")])
        tensor([False,  True, False])

    Source: keras.ops.isnan.
    """
    return torch.isnan(as_tensor(x))


@operation("numpy")
def isinf(x: Any) -> Tensor:
    """Return whether each element is infinite, of either sign.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> isinf([1.0, float("nan"), float("inf")])
        tensor([False, False,  True])

    Source: keras.ops.isinf.
    """
    return torch.isinf(as_tensor(x))


@operation("numpy")
def isfinite(x: Any) -> Tensor:
    """Return whether each element is neither NaN nor infinite.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> isfinite([1.0, float("nan"), float("inf")])
        tensor([ True, False, False])

    Source: keras.ops.isfinite.
    """
    return torch.isfinite(as_tensor(x))


@operation("numpy")
def isposinf(x: Any) -> Tensor:
    """Return whether each element is infinity.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> isposinf([1.0, float("nan"), float("inf")])
        tensor([False, False,  True])

    Source: keras.ops.isposinf.
    """
    return torch.isposinf(as_tensor(x))


@operation("numpy")
def isneginf(x: Any) -> Tensor:
    """Return whether each element is -infinity.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> isneginf([1.0, float("nan"), float("-inf")])
        tensor([False, False,  True])

    Source: keras.ops.isneginf.
    """
    return torch.isneginf(as_tensor(x))


@operation("numpy")
def isreal(x: Any) -> Tensor:
    """Return whether each element's imaginary part is 0.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> isreal([1 + 2j, 3.0])
        tensor([False,  True])

    Source: keras.ops.isreal.
    """
    return torch.isreal(as_tensor(x))


def _comparable(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Return two operands of one type that also holds the Python number, if one is."""
    x1, x2 = promote(x1, x2)
    if type(x2) is int:
        return _with_room(x1, x2), x2
    if type(x1) is int:
        return x1, _with_room(x2, x1)
    return x1, x2


def _with_room(x: Tensor, number: int) -> Tensor:
    low, high = _BOUNDS.get(x.dtype, (number, number))
    return x if low <= number <= high else x.to(torch.int64)  # torch would cut the number
