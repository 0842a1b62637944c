"""How targets and predictions go together: Pearson's correlation and Lin's concordance.

Each is a function, one value for each row along an axis, and a class that takes the mean over all
rows of all batches.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.registry import register_public
from kerlite.losses.arguments import checked_axis
from kerlite.losses.shapes import on_tensors, same_shape
from kerlite.metrics.reduction import MeanMetricWrapper

__all__ = [
    "ConcordanceCorrelation",
    "PearsonCorrelation",
    "concordance_correlation",
    "pearson_correlation",
]


@on_tensors
def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Return cov(y_true, y_pred) / (std(y_true) * std(y_pred)) along an axis.

    It is NaN where either is constant.

    Example:
        >>> pearson_correlation([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]],
        ...                     [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]])
        tensor([1.0000, 0.9934])

    Source: keras.metrics.pearson_correlation.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    true, pred = _deviations(y_true, axis), _deviations(y_pred, axis)
    true = true / torch.linalg.vector_norm(true, dim=axis, keepdim=True)
    pred = pred / torch.linalg.vector_norm(pred, dim=axis, keepdim=True)
    return (true * pred).sum(axis)


@on_tensors
def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Return the concordance correlation coefficient along an axis.

    2 * cov(y_true, y_pred) / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred))^2); it is 0
    where both are constant and equal.

    Example:
        >>> concordance_correlation([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]],
        ...                         [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]])
        tensor([0.9756, 0.9877])

    Source: Lin 1989, Biometrics 45(1); keras.metrics.concordance_correlation, without the epsilon
    there, which outweighs the variance of small numbers.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    true, pred = _deviations(y_true, axis), _deviations(y_pred, axis)
    bias = (y_true.mean(axis) - y_pred.mean(axis)).square()
    scale = true.square().mean(axis) + pred.square().mean(axis) + bias
    return torch.where(scale == 0, 0.0, 2 * (true * pred).mean(axis) / scale)


class PearsonCorrelation(MeanMetricWrapper):
    """Mean of Pearson's correlation of targets and predictions along an axis, from -1 to 1.

    cov(y_true, y_pred) / (std(y_true) * std(y_pred)), NaN where either is constant. With axis=0 the
    correlation is that over each batch, and the mean of these is not that over all samples.

    Args:
        name: its name in logs.
        dtype: number type of the result.
        axis: the axis along which to correlate.

    Shape:
        y_true and y_pred: (samples, values) for axis=-1.

    Example:
        >>> PearsonCorrelation()([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]],
        ...                      [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]])
        tensor(0.9967)

    Source: keras.metrics.PearsonCorrelation.
    """

    _direction = "up"

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1):
        super().__init__(pearson_correlation, name=name, dtype=dtype, axis=checked_axis(axis))
        self.axis = axis


class ConcordanceCorrelation(MeanMetricWrapper):
    """Mean of the concordance correlation of targets and predictions along an axis, from -1 to 1.

    2 * cov(y_true, y_pred) / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred))^2): unlike
    Pearson's, it is 1 only where they are equal. With axis=0 it is that over each batch, and the
    mean of these is not that over all samples.

    Args:
        name: its name in logs.
        dtype: number type of the result.
        axis: the axis along which to correlate.

    Shape:
        y_true and y_pred: (samples, values) for axis=-1.

    Example:
        >>> ConcordanceCorrelation()([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]],
        ...                          [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]])
        tensor(0.9816)

    Source: keras.metrics.ConcordanceCorrelation; for what differs see `concordance_correlation`.
    """

    _direction = "up"

    def __init__(
        self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1
    ):
        super().__init__(concordance_correlation, name=name, dtype=dtype, axis=checked_axis(axis))
        self.axis = axis


def _deviations(x: Tensor, axis: int) -> Tensor:
    """Return x - mean(x); exactly 0 where x is constant but for the rounding of its mean."""
    mean = x.mean(axis, keepdim=True)
    deviations = x - mean
    rounding = 8 * torch.finfo(x.dtype).eps * mean.abs()
    return torch.where(deviations.abs().amax(axis, keepdim=True) <= rounding, 0.0, deviations)


for _function in (pearson_correlation, concordance_correlation):
    register_public(_function, module="keras.metrics")
