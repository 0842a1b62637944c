"""Losses of segmentation maps by how much they overlap: Dice, Tversky.

Each is a function and a class that reduces what it returns: without an axis one loss for the whole
batch, with axes one for each of the others. Half precision is computed in float32, and the
functions return float32 for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.core import config
from kerlite.core.registry import register_public
from kerlite.losses.arguments import checked_axes, checked_range
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_shapes, check_values
from kerlite.losses.shapes import equal_shape, on_tensors

__all__ = ["Dice", "Tversky", "dice", "tversky"]


@on_tensors
def dice(y_true: Any, y_pred: Any, axis: int | Sequence[int] | None = None) -> Tensor:
    """1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred)) over axes.

    Args:
        y_true: targets, from 0 to 1.
        y_pred: predictions of the same shape, from 0 to 1.
        axis: the axes to sum over; None for all, the batch included.

    Example:
        >>> dice([[1.0, 1.0, 0.0]], [[0.0, 1.0, 0.0]])
        tensor(0.3333)

    Source: keras.losses.dice.
    """
    y_true, y_pred = equal_shape(y_true, y_pred)
    overlap = (y_true * y_pred).sum(axis)
    return 1.0 - 2.0 * overlap / (y_true.sum(axis) + y_pred.sum(axis) + config.epsilon())


@on_tensors
def tversky(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.5,
    beta: float = 0.5,
    axis: int | Sequence[int] | None = None,
) -> Tensor:
    """1 - both / (both + alpha * missed + beta * spurious), sums over axes.

    both = sum(y_true * y_pred), missed = sum(y_true * (1 - y_pred)),
    spurious = sum((1 - y_true) * y_pred).

    Args:
        y_true: targets, from 0 to 1.
        y_pred: predictions of the same shape, from 0 to 1.
        alpha: the weight of what is missed, at least 0.
        beta: the weight of what is spurious, at least 0.
        axis: the axes to sum over; None for all, the batch included.

    Example:
        >>> tversky([[1.0, 1.0, 0.0]], [[0.0, 1.0, 0.0]], alpha=1.0)
        tensor(0.5000)

    Source: keras.losses.tversky; see `Tversky` for what its alpha is.
    """
    y_true, y_pred = equal_shape(y_true, y_pred)
    both = (y_true * y_pred).sum(axis)
    missed = ((1.0 - y_pred) * y_true).sum(axis)
    spurious = (y_pred * (1.0 - y_true)).sum(axis)
    return 1.0 - both / (both + missed * alpha + spurious * beta + config.epsilon())


class _OverlapLoss(Loss):
    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError for targets that do not fit the predictions, or are not in [0, 1]."""
        check_shapes(self.name, y_true, y_pred_shape)
        check_values(self.name, y_true, 0, 1)


class Dice(_OverlapLoss):
    """Dice loss: 1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred)).

    Args:
        reduction: see `Loss`; without an axis there is but one loss.
        name: its name.
        axis: the axes to sum over, (1, 2, 3) for one loss an image; None for all.
        dtype: number type of the computation.

    Shape:
        Targets and predictions of one shape, such as (n, height, width, classes).

    Raises:
        ValueError: if axis is not None, an integer or several.

    Example:
        >>> Dice()([[1.0, 1.0, 0.0]], [[0.0, 1.0, 0.0]])
        tensor(0.3333)

    Source: keras.losses.Dice; Milletari et al., 2016 (arXiv 1606.04797), without the squares.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: int | Sequence[int] | None = None,
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.axis = checked_axes(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the Dice loss over the axes."""
        return dice(y_true, y_pred, axis=self.axis)


class Tversky(_OverlapLoss):
    """Tversky loss: 1 - both / (both + alpha * missed + beta * spurious).

    both = sum(y_true * y_pred), missed = sum(y_true * (1 - y_pred)),
    spurious = sum((1 - y_true) * y_pred). With alpha = beta = 0.5 it is the Dice loss.

    Args:
        alpha: the weight of what is missed, at least 0.
        beta: the weight of what is spurious, at least 0.
        reduction: see `Loss`; without an axis there is but one loss.
        name: its name.
        axis: the axes to sum over, (1, 2, 3) for one loss an image; None for all.
        dtype: number type of the computation.

    Shape:
        Targets and predictions of one shape, such as (n, height, width, classes).

    Raises:
        ValueError: if alpha or beta is negative, or axis not None, an integer or several.

    Example:
        >>> Tversky(alpha=1.0)([[1.0, 1.0, 0.0]], [[0.0, 1.0, 0.0]])
        tensor(0.5000)

    Source: keras.losses.Tversky; Salehi et al., 2017 (arXiv 1706.05721). Keras's documentation and
    the paper call alpha the weight of false positives; what Keras computes, and this class with it,
    is as described here.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: int | Sequence[int] | None = None,
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.alpha = checked_range("alpha", alpha, least=0)
        self.beta = checked_range("beta", beta, least=0)
        self.axis = checked_axes(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the Tversky loss over the axes."""
        return tversky(y_true, y_pred, self.alpha, self.beta, self.axis)


for _function in (dice, tversky):
    register_public(_function, module="keras.losses")
