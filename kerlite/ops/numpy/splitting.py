"""Operations that cut a tensor into parts along an axis."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.shapes_only import may_be_unknown

__all__ = ["array_split", "dsplit", "hsplit", "split", "vsplit"]


@operation("numpy")
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Return views of the parts of `x` along an axis.

    Args:
        x: a tensor.
        indices_or_sections: the number of equal parts, or the places where to cut.
        axis: along which axis.

    Raises:
        ValueError: if the size of the axis is no multiple of the number of parts.

    Example:
        >>> split([1, 2, 3, 4], 2)
        [tensor([1, 2], dtype=torch.int32), tensor([3, 4], dtype=torch.int32)]
        >>> [len(part) for part in split(torch.zeros(5), [1, 3])]
        [1, 2, 2]

    Source: keras.ops.split.
    """
    x, parts = as_tensor(x), _parts(indices_or_sections)
    if type(parts) is int and x.size(axis) % parts and not may_be_unknown(x, axis):
        raise ValueError(
            f"split() cannot cut {x.size(axis)} elements into {parts} equal parts; received x of "
            f"shape {tuple(x.shape)}, axis={axis}. array_split() allows for parts of unequal size."
        )
    return list(x.tensor_split(parts, axis))


@operation("numpy")
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Return views of the parts of `x` along an axis, the first ones larger by 1 if need be.

    Args:
        x: a tensor.
        indices_or_sections: the number of parts, or the places where to cut.
        axis: along which axis.

    Example:
        >>> [len(part) for part in array_split(torch.zeros(5), 3)]
        [2, 2, 1]

    Source: keras.ops.array_split; places to cut at as in NumPy.
    """
    return list(as_tensor(x).tensor_split(_parts(indices_or_sections), axis))


@operation("numpy")
def hsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """Return views of the parts of `x` along axis 1, or 0 if it has no other.

    Args:
        x: a tensor of one axis or more.
        indices_or_sections: the number of equal parts, or the places where to cut.

    Example:
        >>> [part.shape for part in hsplit(torch.zeros(2, 4), 2)]
        [torch.Size([2, 2]), torch.Size([2, 2])]

    Source: keras.ops.hsplit.
    """
    return list(torch.hsplit(as_tensor(x), _parts(indices_or_sections)))


@operation("numpy")
def vsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """Return views of the parts of `x` along axis 0.

    Args:
        x: a tensor of two axes or more.
        indices_or_sections: the number of equal parts, or the places where to cut.

    Example:
        >>> [part.shape for part in vsplit(torch.zeros(4, 2), [1])]
        [torch.Size([1, 2]), torch.Size([3, 2])]

    Source: keras.ops.vsplit.
    """
    return list(torch.vsplit(as_tensor(x), _parts(indices_or_sections)))


@operation("numpy")
def dsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """Return views of the parts of `x` along axis 2.

    Args:
        x: a tensor of three axes or more.
        indices_or_sections: the number of equal parts, or the places where to cut.

    Example:
        >>> [part.shape for part in dsplit(torch.zeros(1, 2, 4), 2)]
        [torch.Size([1, 2, 2]), torch.Size([1, 2, 2])]

    Source: keras.ops.dsplit.
    """
    return list(torch.dsplit(as_tensor(x), _parts(indices_or_sections)))


def _parts(indices_or_sections: Any) -> int | list[int]:
    """Return a number of parts or the places to cut at, from any of the ways to give them."""
    if not isinstance(indices_or_sections, (int, list, tuple)):
        indices_or_sections = indices_or_sections.tolist()
    if not isinstance(indices_or_sections, int):
        return [int(place) for place in indices_or_sections]
    if indices_or_sections < 1:
        raise ValueError(f"The number of parts must be at least 1; it is {indices_or_sections}.")
    return indices_or_sections
