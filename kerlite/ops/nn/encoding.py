"""Whole numbers as vectors of zeros and ones; two real numbers as a complex one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote_all

__all__ = ["multi_hot", "one_hot", "polar"]


@operation("nn", settled={"dtype": dtypes.standardize_dtype})
def one_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Tensor:
    """Return 1 at the place that each number tells, 0 elsewhere along a new axis.

    Args:
        x: whole numbers; those that are no class, below 0 or too large, give zeros only.
        num_classes: how many classes there are.
        axis: where the new axis goes in the result.
        dtype: the result's type; by default floatx.
        sparse: must be False; torch has no layout of its own for this.

    Raises:
        ValueError: for sparse, or an axis that the result does not have.

    Example:
        >>> one_hot([1, 0, -1], 2)
        tensor([[0., 1.],
                [1., 0.],
                [0., 0.]])

    Source: keras.ops.one_hot. On torch, Keras raises for numbers that are too large.
    """
    return _one_hot(as_tensor(x), num_classes, axis, dtype, sparse)


@operation(
    "nn",
    settled={"dtype": dtypes.standardize_dtype},
    options={
        "num_classes": ("num_classes", None), "axis": ("axis", -1), "dtype": ("dtype", None),
        "sparse": ("sparse", False),
    },
)  # fmt: skip
def multi_hot(
    inputs: Any,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: Any = None,
    sparse: bool = False,
    **kwargs: Any,
) -> Tensor:
    """Return 1 for each class that is among a row's numbers, 0 for the others.

    It is the largest of `one_hot(inputs, num_classes, axis)` along axis 1, or 0 for one row.

    Args:
        inputs: whole numbers, (n, row); those that are no class do not count.
        num_classes: how many classes there are.
        axis: where the axis of the classes is before rows are put together.
        dtype: the result's type; by default floatx.
        sparse: must be False; torch has no layout of its own for this.
        **kwargs: num_tokens, the old name of num_classes.

    Raises:
        ValueError: without num_classes, or for sparse.

    Example:
        >>> multi_hot([[0, 2], [1, 1]], 3)
        tensor([[1., 0., 1.],
                [0., 1., 0.]])

    Source: keras.ops.multi_hot.
    """
    num_classes = kwargs.pop("num_tokens", None) if num_classes is None else num_classes
    if kwargs:
        raise TypeError(f"multi_hot received unknown arguments: {sorted(kwargs)}.")
    if num_classes is None:
        raise ValueError("multi_hot needs num_classes, how many classes there are.")
    x = as_tensor(inputs)
    return _one_hot(x, num_classes, axis, dtype, sparse).amax(1 if x.ndim > 1 else 0)


@operation("nn", inputs=2)
def polar(abs_: Any, angle: Any) -> Tensor:
    """Return the complex numbers abs_ * (cos(angle) + i * sin(angle)).

    Args:
        abs_: the absolute values.
        angle: the angles in radians, of a shape that broadcasts to that of abs_.

    Example:
        >>> polar([1.0], [0.0])
        tensor([1.+0.j])

    Source: keras.ops.polar. Half precision gives complex64.
    """
    size, angle = promote_all([abs_, angle], floating=True)
    if size.itemsize == 2:
        size, angle = size.float(), angle.float()
    return torch.complex(size * angle.cos(), size * angle.sin())


def _one_hot(x: Tensor, num_classes: int, axis: int, dtype: Any, sparse: bool) -> Tensor:
    if sparse:
        raise ValueError("Sparse results are not supported: leave out sparse=True.")
    kind = x.dtype
    x = x.long() if kind.is_floating_point or kind is torch.bool else x
    classes = torch.arange(num_classes, device=x.device)
    if axis != -1:
        after = -axis - 1 if axis < 0 else x.ndim - axis
        classes = classes.view(-1, *[1] * after)
    return (x.unsqueeze(axis) == classes).to(dtypes.to_torch_dtype(dtype))
