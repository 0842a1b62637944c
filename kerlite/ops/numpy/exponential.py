"""Powers, roots, exponentials and logarithms, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.ops.numpy.operands import as_wide_floating, tensors

__all__ = [
    "cbrt",
    "exp",
    "exp2",
    "expm1",
    "ldexp",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "sqrt",
    "square",
]


@operation("numpy")
def square(x: Any) -> Tensor:
    """Return `x * x`; booleans become int32.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> square([1, -3])
        tensor([1, 9], dtype=torch.int32)

    Source: keras.ops.square.
    """
    x = as_tensor(x)
    return torch.square(x.to(torch.int32) if x.dtype is torch.bool else x)


@operation("numpy")
def sqrt(x: Any) -> Tensor:
    """Return the square root; NaN for negative numbers.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> sqrt([4.0, 9.0])
        tensor([2., 3.])

    Source: keras.ops.sqrt.
    """
    return torch.sqrt(as_floating(x))


@operation("numpy")
def cbrt(x: Any) -> Tensor:
    """Return the real cube root, which has the sign of `x`.

    Args:
        x: a tensor, array, list or number; int64 becomes float64, other integers floatx.

    Example:
        >>> cbrt([8.0, -27.0])
        tensor([ 2., -3.])

    Source: keras.ops.cbrt.
    """
    x = as_wide_floating(x)
    return torch.copysign(torch.abs(x) ** (1 / 3), x)


@operation("numpy")
def exp(x: Any) -> Tensor:
    """Return `e ** x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> exp([0.0, 1.0])
        tensor([1.0000, 2.7183])

    Source: keras.ops.exp.
    """
    return torch.exp(as_floating(x))


@operation("numpy")
def exp2(x: Any) -> Tensor:
    """Return `2 ** x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> exp2([0.0, 3.0])
        tensor([1., 8.])

    Source: keras.ops.exp2.
    """
    return torch.exp2(as_floating(x))


@operation("numpy")
def expm1(x: Any) -> Tensor:
    """Return `e ** x - 1`, exact for small `x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> expm1([0.0, 1e-6])
        tensor([0.0000e+00, 1.0000e-06])

    Source: keras.ops.expm1.
    """
    return torch.expm1(as_floating(x))


@operation("numpy")
def log(x: Any) -> Tensor:
    """Return the natural logarithm: -inf for 0, NaN below.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> log([1.0, 10.0])
        tensor([0.0000, 2.3026])

    Source: keras.ops.log.
    """
    return torch.log(as_floating(x))


@operation("numpy")
def log10(x: Any) -> Tensor:
    """Return the logarithm to base 10.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> log10([1.0, 1000.0])
        tensor([0., 3.])

    Source: keras.ops.log10.
    """
    return torch.log10(as_floating(x))


@operation("numpy", "Log1p")
def log1p(x: Any) -> Tensor:
    """Return `log(1 + x)`, exact for small `x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> log1p([0.0, 1e-6])
        tensor([0.0000e+00, 1.0000e-06])

    Source: keras.ops.log1p.
    """
    return torch.log1p(as_floating(x))


@operation("numpy")
def log2(x: Any) -> Tensor:
    """Return the logarithm to base 2.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> log2([1.0, 8.0])
        tensor([0., 3.])

    Source: keras.ops.log2.
    """
    return torch.log2(as_floating(x))


@operation("numpy", inputs=2)
def logaddexp(x1: Any, x2: Any) -> Tensor:
    """Return `log(e ** x1 + e ** x2)` without overflow.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> logaddexp([0.0, 1000.0], [0.0, 1000.0])
        tensor([6.9315e-01, 1.0007e+03])

    Source: keras.ops.logaddexp.
    """
    return torch.logaddexp(*tensors(x1, x2, floating=True))


@operation("numpy", inputs=2)
def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """Return `log2(2 ** x1 + 2 ** x2)` without overflow.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> logaddexp2([0.0, 1000.0], [0.0, 1000.0])
        tensor([1.0000e+00, 1.0010e+03])

    Source: keras.ops.logaddexp2.
    """
    return torch.logaddexp2(*tensors(x1, x2, floating=True))


@operation("numpy", inputs=2)
def ldexp(x1: Any, x2: Any) -> Tensor:
    """Return `x1 * 2 ** x2`.

    Args:
        x1: a tensor, array, list or number; integers and booleans become floatx.
        x2: integers; the two are broadcast.

    Raises:
        TypeError: if `x2` holds no integers.

    Example:
        >>> ldexp([1.0, 1.5], [3, -1])
        tensor([8.0000, 0.7500])

    Source: keras.ops.ldexp.
    """
    x1, x2 = as_floating(x1), as_tensor(x2)
    if x2.dtype is torch.bool or x2.is_floating_point() or x2.is_complex():
        raise TypeError(f"ldexp() takes integer exponents; received x2 of {x2.dtype}.")
    return torch.ldexp(*torch.broadcast_tensors(x1, x2))
