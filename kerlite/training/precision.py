"""What training does about half precision."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.optimizers import Optimizer
from kerlite.optimizers.loss_scale_optimizer import LossScaleOptimizer

__all__ = ["with_loss_scale"]


def with_loss_scale(optimizer: Any, module: nn.Module, auto_scale_loss: bool) -> Any:
    """Return the optimizer, in a `LossScaleOptimizer` if the model is one of mixed_float16.

    Args:
        optimizer: what `compile` was given, as an optimizer; None stays None.
        module: the model.
        auto_scale_loss: whether to wrap at all.
    """
    policy = getattr(module, "dtype_policy", None)
    wanted = auto_scale_loss and getattr(policy, "name", None) == "mixed_float16"
    wrapped = isinstance(optimizer, LossScaleOptimizer)
    if not wanted or wrapped or not isinstance(optimizer, Optimizer):
        return optimizer
    return LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
