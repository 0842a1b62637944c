"""Operations on the bits of integers, element by element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote
from kerlite.ops.numpy.operands import counted

__all__ = [
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "left_shift",
    "right_shift",
]


@operation("numpy", inputs=2)
def bitwise_and(x: Any, y: Any) -> Tensor:
    """Return the bits that are set in both.

    Args:
        x: integers or booleans.
        y: likewise; the two are broadcast.

    Example:
        >>> bitwise_and([12, 7], 10)
        tensor([8, 2], dtype=torch.int32)

    Source: keras.ops.bitwise_and.
    """
    return torch.bitwise_and(*promote(x, y))


@operation("numpy", inputs=2)
def bitwise_or(x: Any, y: Any) -> Tensor:
    """Return the bits that are set in at least one.

    Args:
        x: integers or booleans.
        y: likewise; the two are broadcast.

    Example:
        >>> bitwise_or([12, 7], 10)
        tensor([14, 15], dtype=torch.int32)

    Source: keras.ops.bitwise_or.
    """
    return torch.bitwise_or(*promote(x, y))


@operation("numpy", inputs=2)
def bitwise_xor(x: Any, y: Any) -> Tensor:
    """Return the bits that are set in exactly one.

    Args:
        x: integers or booleans.
        y: likewise; the two are broadcast.

    Example:
        >>> bitwise_xor([12, 7], 10)
        tensor([ 6, 13], dtype=torch.int32)

    Source: keras.ops.bitwise_xor.
    """
    return torch.bitwise_xor(*promote(x, y))


@operation("numpy")
def bitwise_invert(x: Any) -> Tensor:
    """Return every bit turned over: `-x - 1` for signed integers, `not x` for booleans.

    Args:
        x: integers or booleans.

    Example:
        >>> bitwise_invert([0, 5])
        tensor([-1, -6], dtype=torch.int32)

    Source: keras.ops.bitwise_invert.
    """
    return torch.bitwise_not(as_tensor(x))


@operation("numpy")
def bitwise_not(x: Any) -> Tensor:
    """Return every bit turned over; the same as `bitwise_invert`.

    Args:
        x: integers or booleans.

    Example:
        >>> bitwise_not([0, 5])
        tensor([-1, -6], dtype=torch.int32)

    Source: keras.ops.bitwise_not.
    """
    return torch.bitwise_not(as_tensor(x))


@operation("numpy", inputs=2)
def bitwise_left_shift(x: Any, y: Any) -> Tensor:
    """Return the bits moved to higher places: `x * 2 ** y`.

    Args:
        x: integers; booleans become int32.
        y: by how many bits, 0 or more; the two are broadcast.

    Example:
        >>> bitwise_left_shift([8, 20], 2)
        tensor([32, 80], dtype=torch.int32)

    Source: keras.ops.bitwise_left_shift.
    """
    return torch.bitwise_left_shift(*counted(x, y))


@operation("numpy", inputs=2)
def left_shift(x: Any, y: Any) -> Tensor:
    """Return the bits moved to higher places: `x * 2 ** y`.

    The same as `bitwise_left_shift`.

    Args:
        x: integers; booleans become int32.
        y: by how many bits, 0 or more; the two are broadcast.

    Example:
        >>> left_shift([8, 20], 2)
        tensor([32, 80], dtype=torch.int32)

    Source: keras.ops.left_shift.
    """
    return torch.bitwise_left_shift(*counted(x, y))


@operation("numpy", inputs=2)
def bitwise_right_shift(x: Any, y: Any) -> Tensor:
    """Return the bits moved to lower places: `floor(x / 2 ** y)`.

    Args:
        x: integers; booleans become int32.
        y: by how many bits, 0 or more; the two are broadcast.

    Example:
        >>> bitwise_right_shift([8, 20], 2)
        tensor([2, 5], dtype=torch.int32)

    Source: keras.ops.bitwise_right_shift.
    """
    return torch.bitwise_right_shift(*counted(x, y))


@operation("numpy", inputs=2)
def right_shift(x: Any, y: Any) -> Tensor:
    """Return the bits moved to lower places: `floor(x / 2 ** y)`.

    The same as `bitwise_right_shift`.

    Args:
        x: integers; booleans become int32.
        y: by how many bits, 0 or more; the two are broadcast.

    Example:
        >>> right_shift([8, 20], 2)
        tensor([2, 5], dtype=torch.int32)

    Source: keras.ops.right_shift.
    """
    return torch.bitwise_right_shift(*counted(x, y))
