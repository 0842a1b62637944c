"""The parts of complex numbers, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating

__all__ = ["angle", "conj", "conjugate", "imag", "real"]


@operation("numpy")
def real(x: Any) -> Tensor:
    """Return the real part: a view of complex numbers, real ones as they are.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> real([1 + 2j, 3.0])
        tensor([1., 3.])

    Source: keras.ops.real.
    """
    return torch.real(as_tensor(x))


@operation("numpy")
def imag(x: Any) -> Tensor:
    """Return the imaginary part: a view of complex numbers, 0 for real ones.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> imag([1 + 2j, 3.0])
        tensor([2., 0.])

    Source: keras.ops.imag; real numbers give 0 as in NumPy, where Keras on torch raises.
    """
    x = as_tensor(x)
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


@operation("numpy")
def conjugate(x: Any) -> Tensor:
    """Return `a - bi` for `a + bi`; real numbers as they are, not copied. `conj` is the same.

    Args:
        x: a tensor, array, list or number.

    Example:
        >>> conjugate([1 + 2j])
        tensor([1.-2.j])

    Source: keras.ops.conjugate.
    """
    return torch.conj(as_tensor(x)).resolve_conj()


@operation("numpy")
def angle(x: Any) -> Tensor:
    """Return the angle of complex numbers, in radians in (-pi, pi]; pi for negative real ones.

    Args:
        x: a tensor, array, list or number; integers and booleans become floatx.

    Example:
        >>> angle([1j, -1.0])
        tensor([1.5708, 3.1416])

    Source: keras.ops.angle.
    """
    return torch.angle(as_floating(x))


conj = conjugate
