"""Losses between distributions, and of counts: Kullback-Leibler divergence, Poisson.

Each is a function, one loss for each sample, and a class that reduces it. Half precision is
computed in float32, and the functions return float32 for it.
"""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from kerlite.core import config
from kerlite.core.registry import register_public
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_shapes
from kerlite.losses.shapes import on_tensors, same_shape

__all__ = ["KLDivergence", "Poisson", "kl_divergence", "poisson"]


@on_tensors
def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """sum(y_true * log(y_true / y_pred)) over the last axis; both are clipped to [epsilon, 1].

    Example:
        >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]])
        tensor([0.1438])

    Source: keras.losses.kl_divergence.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    # At limits that are tensors the gradient is not 0, as in Keras: a softmax may well give 1.
    limits = y_pred.new_full((), config.epsilon()), y_pred.new_ones(())
    y_true, y_pred = y_true.clamp(*limits), y_pred.clamp(*limits)
    return (y_true * (y_true / y_pred).log()).sum(-1)


@on_tensors
def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """mean(y_pred - y_true * log(y_pred)) over the last axis.

    Example:
        >>> poisson([[1.0, 0.0]], [[2.0, 1.0]])
        tensor([1.1534])

    Source: keras.losses.poisson.
    """
    return _poisson(y_true, y_pred, "none").mean(-1)


class _ProbabilisticLoss(Loss):
    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError unless targets and predictions can be compared value by value."""
        check_shapes(self.name, y_true, y_pred_shape)


class KLDivergence(_ProbabilisticLoss):
    """Kullback-Leibler divergence: sum(y_true * log(y_true / y_pred)) over the last axis.

    Targets and predictions are probabilities, and clipped to [epsilon, 1].

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
        tensor(0.1438)

    Source: keras.losses.KLDivergence.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the divergence of each sample."""
        return kl_divergence(y_true, y_pred)


class Poisson(_ProbabilisticLoss):
    """Poisson loss of counts: mean(y_pred - y_true * log(y_pred)).

    Predictions are rates, at least 0: end the model with an exponential or softplus.

    Args:
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> Poisson()([[1.0, 0.0]], [[2.0, 1.0]])
        tensor(1.1534)

    Source: keras.losses.Poisson; runs as torch.nn.functional.poisson_nll_loss.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the Poisson loss of each sample."""
        return poisson(y_true, y_pred)

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the mean over everything from one kernel."""
        return _poisson(y_true, y_pred, "mean")


def _poisson(y_true: Tensor, y_pred: Tensor, reduction: str) -> Tensor:
    y_true, y_pred = same_shape(y_true, y_pred)
    return F.poisson_nll_loss(
        y_pred, y_true, log_input=False, eps=config.epsilon(), reduction=reduction
    )


for _function in (kl_divergence, poisson):
    register_public(_function, module="keras.losses")
