"""Sums, products, quotients and remainders, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating, promote
from kerlite.ops.numpy.operands import counted, tensors

__all__ = [
    "abs",
    "absolute",
    "add",
    "divide",
    "divide_no_nan",
    "fabs",
    "floor_divide",
    "fmod",
    "gcd",
    "lcm",
    "mod",
    "multiply",
    "negative",
    "power",
    "reciprocal",
    "subtract",
    "true_divide",
]


@operation("numpy", inputs=2)
def add(x1: Any, x2: Any) -> Tensor:
    """Return `x1 + x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> add([1, 2], 0.5)
        tensor([1.5000, 2.5000])

    Source: keras.ops.add.
    """
    x1, x2 = promote(x1, x2)
    return torch.add(x1, x2)


@operation("numpy", inputs=2)
def subtract(x1: Any, x2: Any) -> Tensor:
    """Return `x1 - x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Raises:
        ValueError: of two booleans, whose difference has no meaning (see `logical_xor`).

    Example:
        >>> subtract([1, 2], 0.5)
        tensor([0.5000, 1.5000])

    Source: keras.ops.subtract.
    """
    x1, x2 = promote(x1, x2)
    return torch.subtract(x1, x2)


@operation("numpy", inputs=2)
def multiply(x1: Any, x2: Any) -> Tensor:
    """Return `x1 * x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> multiply([1, 2], 0.5)
        tensor([0.5000, 1.0000])

    Source: keras.ops.multiply.
    """
    x1, x2 = promote(x1, x2)
    return torch.multiply(x1, x2)


@operation("numpy", inputs=2)
def divide(x1: Any, x2: Any) -> Tensor:
    """Return `x1 / x2`; integers give floatx.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> divide([1, 2], 4)
        tensor([0.2500, 0.5000])

    Source: keras.ops.divide.
    """
    x1, x2 = promote(x1, x2, floating=True)
    return torch.divide(x1, x2)


@operation("numpy", inputs=2)
def true_divide(x1: Any, x2: Any) -> Tensor:
    """Return `x1 / x2`; the same as `divide`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> true_divide([1, 2], 4)
        tensor([0.2500, 0.5000])

    Source: keras.ops.true_divide.
    """
    x1, x2 = promote(x1, x2, floating=True)
    return torch.divide(x1, x2)


@operation("numpy", inputs=2)
def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """Return `x1 / x2`, with 0 where `x2` is 0.

    The gradient is 0 there, too.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> divide_no_nan([1.0, 2.0], [0.0, 4.0])
        tensor([0.0000, 0.5000])

    Source: keras.ops.divide_no_nan.
    """
    x1, x2 = tensors(x1, x2, floating=True)
    zero = x2 == 0
    return torch.where(zero, 0, x1 / torch.where(zero, 1, x2))


@operation("numpy", inputs=2)
def floor_divide(x1: Any, x2: Any) -> Tensor:
    """Return `floor(x1 / x2)`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> floor_divide([7, -7], 2)
        tensor([ 3, -4], dtype=torch.int32)

    Source: keras.ops.floor_divide; two booleans are taken as int32, where Keras raises on torch.
    """
    # Not torch.floor_divide, which has no gradient, not even zero.
    return torch.div(*counted(x1, x2), rounding_mode="floor")


@operation("numpy", inputs=2)
def mod(x1: Any, x2: Any) -> Tensor:
    """Return `x1 - floor(x1 / x2) * x2`, the remainder that has the sign of `x2`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> mod([7, -7], 3)
        tensor([1, 2], dtype=torch.int32)

    Source: keras.ops.mod.
    """
    return torch.remainder(*counted(x1, x2))


@operation("numpy", inputs=2)
def fmod(x1: Any, x2: Any) -> Tensor:
    """Return the remainder of `x1 / x2` that has the sign of `x1`.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> fmod([7, -7], 3)
        tensor([ 1, -1], dtype=torch.int32)

    Source: keras.ops.fmod.
    """
    return torch.fmod(*tensors(*counted(x1, x2)))


@operation("numpy", inputs=2)
def power(x1: Any, x2: Any) -> Tensor:
    """Return `x1` raised to the power `x2`.

    Types combine as in a sum, so integers stay integers; a negative exponent needs floats.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Raises:
        ValueError: for integers raised to a negative Python integer.

    Example:
        >>> power([1, 2, 3], 2)
        tensor([1, 4, 9], dtype=torch.int32)

    Source: keras.ops.power; two booleans are taken as int32, where Keras raises on torch; a
    negative Python exponent of integers raises as in NumPy, where Keras returns 0.
    """
    if type(x2) is int:
        x1 = as_tensor(x1)  # torch then sees whether the exponent is negative
    return torch.pow(*counted(x1, x2))


@operation("numpy")
def negative(x: Any) -> Tensor:
    """Return `-x`.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> negative([1.0, -2.0])
        tensor([-1.,  2.])

    Source: keras.ops.negative.
    """
    return torch.negative(as_tensor(x))


@operation("numpy")
def reciprocal(x: Any) -> Tensor:
    """Return `1 / x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> reciprocal([2, 4])
        tensor([0.5000, 0.2500])

    Source: keras.ops.reciprocal.
    """
    return torch.reciprocal(as_floating(x))


@operation("numpy")
def absolute(x: Any) -> Tensor:
    """Return `|x|`; of complex numbers the modulus. `abs` is the same.

    Booleans come back as they are, not copied.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> absolute([1.0, -2.0])
        tensor([1., 2.])

    Source: keras.ops.absolute.
    """
    x = as_tensor(x)
    return x if x.dtype is torch.bool else torch.abs(x)


@operation("numpy")
def fabs(x: Any) -> Tensor:
    """Return `|x|` as floating-point numbers.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> fabs([1, -2])
        tensor([1., 2.])

    Source: keras.ops.fabs.
    """
    x = as_floating(x)
    if x.is_complex():
        raise TypeError(f"fabs() takes real numbers; received {x.dtype}. Use absolute().")
    return torch.abs(x)


@operation("numpy", inputs=2)
def gcd(x1: Any, x2: Any) -> Tensor:
    """Return the greatest common divisor.

    Args:
        x1: integers.
        x2: likewise; the two are broadcast.

    Example:
        >>> gcd([12, 18], 8)
        tensor([4, 2], dtype=torch.int32)

    Source: keras.ops.gcd.
    """
    return torch.gcd(*tensors(x1, x2))


@operation("numpy", inputs=2)
def lcm(x1: Any, x2: Any) -> Tensor:
    """Return the least common multiple.

    Args:
        x1: integers.
        x2: likewise; the two are broadcast.

    Example:
        >>> lcm([4, 6], 10)
        tensor([20, 30], dtype=torch.int32)

    Source: keras.ops.lcm.
    """
    return torch.lcm(*tensors(x1, x2))


abs = absolute
