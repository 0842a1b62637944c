"""Hinge losses: predictions are scores, right by a margin of one or not.

Each is a function, one loss for each sample, and a class that reduces it. Half precision is
computed in float32, and the functions return float32 for it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.registry import register_public
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_shapes, check_values
from kerlite.losses.shapes import at_least, on_tensors, same_shape

__all__ = [
    "CategoricalHinge",
    "Hinge",
    "SquaredHinge",
    "categorical_hinge",
    "hinge",
    "squared_hinge",
]


@on_tensors
def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean(max(1 - y_true * y_pred, 0)) over the last axis; targets of 0 and 1 become -1 and 1.

    Example:
        >>> hinge([[1.0, -1.0]], [[0.5, 2.0]])
        tensor([1.7500])

    Source: keras.losses.hinge.
    """
    return _shortfall(y_true, y_pred).mean(-1)


@on_tensors
def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """mean(max(1 - y_true * y_pred, 0)^2) over the last axis; targets as for `hinge`.

    Example:
        >>> squared_hinge([[1.0, -1.0]], [[0.5, 2.0]])
        tensor([4.6250])

    Source: keras.losses.squared_hinge.
    """
    return _shortfall(y_true, y_pred).square().mean(-1)


@on_tensors
def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """max(max((1 - y_true) * y_pred) - sum(y_true * y_pred) + 1, 0) over the last axis.

    Example:
        >>> categorical_hinge([[0.0, 1.0, 0.0]], [[0.5, 2.0, 1.5]])
        tensor([0.5000])

    Source: keras.losses.categorical_hinge.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    right = (y_true * y_pred).sum(-1)
    wrong = ((1.0 - y_true) * y_pred).amax(-1)
    return at_least(wrong - right + 1.0, 0.0)


class _HingeLoss(Loss):
    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError for targets that do not fit the predictions, or are not in [-1, 1]."""
        check_shapes(self.name, y_true, y_pred_shape)
        check_values(self.name, y_true, -1, 1)


class Hinge(_HingeLoss):
    """Hinge loss: mean(max(1 - y_true * y_pred, 0)).

    Targets are -1 or 1; where all targets of a batch are 0 or 1, they count as -1 or 1.

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> Hinge()([[1.0, -1.0]], [[0.5, 2.0]])
        tensor(1.7500)

    Source: keras.losses.Hinge.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the hinge loss of each sample."""
        return hinge(y_true, y_pred)


class SquaredHinge(_HingeLoss):
    """Squared hinge loss: mean(max(1 - y_true * y_pred, 0)^2).

    Targets are -1 or 1; where all targets of a batch are 0 or 1, they count as -1 or 1.

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> SquaredHinge()([[1.0, -1.0]], [[0.5, 2.0]])
        tensor(4.6250)

    Source: keras.losses.SquaredHinge.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the squared hinge loss of each sample."""
        return squared_hinge(y_true, y_pred)


class CategoricalHinge(_HingeLoss):
    """Hinge loss of one-hot targets: how far the right score is from leading by one.

    max(max((1 - y_true) * y_pred) - sum(y_true * y_pred) + 1, 0) over the classes, the last axis.

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> CategoricalHinge()([[0.0, 1.0, 0.0]], [[0.5, 2.0, 1.5]])
        tensor(0.5000)

    Source: keras.losses.CategoricalHinge.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the categorical hinge loss of each sample."""
        return categorical_hinge(y_true, y_pred)


def _shortfall(y_true: Tensor, y_pred: Tensor) -> Tensor:
    y_true, y_pred = same_shape(y_true, y_pred)
    are_binary = ((y_true == 0) | (y_true == 1)).all()
    signs = torch.where(are_binary, 2.0 * y_true - 1.0, y_true)
    return at_least(1.0 - signs * y_pred, 0.0)


for _function in (hinge, squared_hinge, categorical_hinge):
    register_public(_function, module="keras.losses")
