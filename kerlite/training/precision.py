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

    Raises:
        ValueError: if the loss is to be scaled and no layer computes in float16.
    """
    policy = getattr(module, "dtype_policy", None)
    wanted = auto_scale_loss and getattr(policy, "name", None) == "mixed_float16"
    wrapped = isinstance(optimizer, LossScaleOptimizer)
    if wrapped:
        _require_float16(module)
    if not wanted or wrapped or not isinstance(optimizer, Optimizer):
        return optimizer
    return LossScaleOptimizer(optimizer, name="loss_scale_optimizer")


def _require_float16(module: nn.Module) -> None:
    layers = (part for part in module.modules() if hasattr(part, "dtype_policy"))
    policies: list[Any] = [layer.dtype_policy for layer in layers]
    if policies and all(policy.compute_dtype != "float16" for policy in policies):
        found = sorted({policy.name for policy in policies})
        raise ValueError(
            "A LossScaleOptimizer keeps gradients of float16 from vanishing, but no layer of the "
            f"model computes in it: their dtype policies are {found}. Compile with the inner "
            "optimizer, or make the layers with the policy 'mixed_float16'."
        )
