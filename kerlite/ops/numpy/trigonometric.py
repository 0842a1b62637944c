"""Angles: trigonometric and hyperbolic functions and their inverses, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.ops.numpy.operands import as_wide_floating, tensors

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cos",
    "cosh",
    "deg2rad",
    "hypot",
    "rad2deg",
    "sin",
    "sinh",
    "tan",
    "tanh",
]


@operation("numpy")
def sin(x: Any) -> Tensor:
    """Return the sine.

    Args:
        x: angles in radians; integers and booleans become floatx.

    Example:
        >>> sin([0.0, 1.0])
        tensor([0.0000, 0.8415])

    Source: keras.ops.sin.
    """
    return torch.sin(as_floating(x))


@operation("numpy")
def cos(x: Any) -> Tensor:
    """Return the cosine.

    Args:
        x: angles in radians; integers and booleans become floatx.

    Example:
        >>> cos([0.0, 1.0])
        tensor([1.0000, 0.5403])

    Source: keras.ops.cos.
    """
    return torch.cos(as_floating(x))


@operation("numpy")
def tan(x: Any) -> Tensor:
    """Return the tangent.

    Args:
        x: angles in radians; integers and booleans become floatx.

    Example:
        >>> tan([0.0, 1.0])
        tensor([0.0000, 1.5574])

    Source: keras.ops.tan.
    """
    return torch.tan(as_floating(x))


@operation("numpy")
def arcsin(x: Any) -> Tensor:
    """Return the angle in [-pi/2, pi/2] whose sine is `x`; NaN outside [-1, 1].

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> arcsin([0.0, 1.0])
        tensor([0.0000, 1.5708])

    Source: keras.ops.arcsin.
    """
    return torch.arcsin(as_floating(x))


@operation("numpy")
def arccos(x: Any) -> Tensor:
    """Return the angle in [0, pi] whose cosine is `x`; NaN outside [-1, 1].

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> arccos([0.0, 1.0])
        tensor([1.5708, 0.0000])

    Source: keras.ops.arccos.
    """
    return torch.arccos(as_floating(x))


@operation("numpy")
def arctan(x: Any) -> Tensor:
    """Return the angle in [-pi/2, pi/2] whose tangent is `x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> arctan([0.0, 1.0])
        tensor([0.0000, 0.7854])

    Source: keras.ops.arctan.
    """
    return torch.arctan(as_floating(x))


@operation("numpy", inputs=2)
def arctan2(x1: Any, x2: Any) -> Tensor:
    """Return the angle in [-pi, pi] of the point with height `x1` and width `x2`.

    Args:
        x1: the points' second coordinate.
        x2: their first coordinate; the two are broadcast.

    Example:
        >>> arctan2([1.0, -1.0], [-1.0, 1.0])
        tensor([ 2.3562, -0.7854])

    Source: keras.ops.arctan2.
    """
    return torch.arctan2(*tensors(x1, x2, floating=True))


@operation("numpy", inputs=2)
def hypot(x1: Any, x2: Any) -> Tensor:
    """Return `sqrt(x1 ** 2 + x2 ** 2)` without overflow.

    Args:
        x1: a tensor, array, list or number.
        x2: likewise; the two are broadcast.

    Example:
        >>> hypot([3.0, 5.0], [4.0, 12.0])
        tensor([ 5., 13.])

    Source: keras.ops.hypot.
    """
    return torch.hypot(*tensors(x1, x2, floating=True))


@operation("numpy", "Deg2rad")
def deg2rad(x: Any) -> Tensor:
    """Return degrees as radians: `x * pi / 180`.

    Args:
        x: angles in degrees; int64 becomes float64, other integers floatx.

    Example:
        >>> deg2rad([0.0, 180.0])
        tensor([0.0000, 3.1416])

    Source: keras.ops.deg2rad.
    """
    return torch.deg2rad(as_wide_floating(x))


@operation("numpy", "Rad2deg")
def rad2deg(x: Any) -> Tensor:
    """Return radians as degrees: `x * 180 / pi`.

    Args:
        x: angles in radians; int64 becomes float64, other integers floatx.

    Example:
        >>> rad2deg([0.0, 3.1415927])
        tensor([  0., 180.])

    Source: keras.ops.rad2deg.
    """
    return torch.rad2deg(as_wide_floating(x))


@operation("numpy")
def sinh(x: Any) -> Tensor:
    """Return the hyperbolic sine: `(e ** x - e ** -x) / 2`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> sinh([0.0, 1.0])
        tensor([0.0000, 1.1752])

    Source: keras.ops.sinh.
    """
    return torch.sinh(as_floating(x))


@operation("numpy")
def cosh(x: Any) -> Tensor:
    """Return the hyperbolic cosine: `(e ** x + e ** -x) / 2`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> cosh([0.0, 1.0])
        tensor([1.0000, 1.5431])

    Source: keras.ops.cosh.
    """
    return torch.cosh(as_floating(x))


@operation("numpy")
def tanh(x: Any) -> Tensor:
    """Return the hyperbolic tangent: `sinh(x) / cosh(x)`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> tanh([0.0, 1.0])
        tensor([0.0000, 0.7616])

    Source: keras.ops.tanh.
    """
    return torch.tanh(as_floating(x))


@operation("numpy")
def arcsinh(x: Any) -> Tensor:
    """Return the number whose hyperbolic sine is `x`.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> arcsinh([0.0, 1.0])
        tensor([0.0000, 0.8814])

    Source: keras.ops.arcsinh.
    """
    return torch.arcsinh(as_floating(x))


@operation("numpy")
def arccosh(x: Any) -> Tensor:
    """Return the number, 0 or more, whose hyperbolic cosine is `x`; NaN below 1.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> arccosh([1.0, 2.0])
        tensor([0.0000, 1.3170])

    Source: keras.ops.arccosh.
    """
    return torch.arccosh(as_floating(x))


@operation("numpy")
def arctanh(x: Any) -> Tensor:
    """Return the number whose hyperbolic tangent is `x`; NaN outside [-1, 1].

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> arctanh([0.0, 0.5])
        tensor([0.0000, 0.5493])

    Source: keras.ops.arctanh.
    """
    return torch.arctanh(as_floating(x))
