"""The moving averages of batch normalization."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.variable import Variable

__all__ = ["add_averages", "move"]


def add_averages(layer: Any) -> None:
    """Make the buffers that follow the statistics of the batches."""
    made: Any = (layer.num_features,), layer.variable_dtype
    mean = Variable(layer.moving_mean_initializer, *made).detach()
    variance = Variable(layer.moving_variance_initializer, *made).detach()
    layer.running_mean, layer.running_var = mean, variance
    layer.num_batches_tracked = torch.zeros((), dtype=torch.int64, device=mean.device)
    if layer.renorm:
        layer.moving_stddev, layer.renorm_stddev = variance.sqrt(), variance.sqrt()
        layer.renorm_mean = mean.clone()


def move(average: Tensor, value: Tensor, momentum: float) -> None:
    """Let a moving average follow a value: average * momentum + value * (1 - momentum)."""
    with torch.no_grad():
        average.mul_(momentum).add_(value.detach().to(average.dtype), alpha=1 - momentum)
