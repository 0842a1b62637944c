"""Freezing some layers of a model, and giving others learning rates of their own."""

from __future__ import annotations

from collections.abc import Sequence
from glob import escape
from typing import Any

from torch import nn

from kerlite.callbacks.training_snapshot import module_of
from kerlite.metrics import Metric
from kerlite.optimizers import TorchOptimizer
from kerlite.optimizers.references import Reference

__all__ = ["Groups", "check_groups", "layers_with_weights", "set_groups", "set_trainable"]


class Groups(dict[str, dict[str, Any]]):
    """Parameter groups that were set here, not by the user."""


def layers_with_weights(module: nn.Module) -> list[nn.Module]:
    """Return the parts of a module that have weights of their own, in order.

    Example:
        >>> layers_with_weights(nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1)))
        [Linear(in_features=2, out_features=2, bias=True),
         Linear(in_features=2, out_features=1, bias=True)]
    """
    return [
        part
        for part in module.modules()
        if not isinstance(part, Metric)
        and any(param.is_floating_point() for param in part.parameters(recurse=False))
    ]


def set_trainable(layer: nn.Module, value: bool) -> None:
    """Freeze or unfreeze a layer, or a module of torch's, and everything inside it."""
    if hasattr(type(layer), "trainable"):
        layer.trainable = value  # type: ignore[assignment]
    else:
        layer.requires_grad_(value)


def set_groups(model: Any, blocks: Sequence[Sequence[nn.Module]], factor: float) -> None:
    """Let the unfrozen weights of the k-th block, from 0, learn at `factor ** k` of the rate.

    Each weight has a parameter group, named by its exact path.
    """
    module, optimizer = module_of(model), model.optimizer
    inner = _inner(optimizer)
    plain = [one for one in module.parameters() if one.requires_grad]
    weights = getattr(module, "trainable_weights", plain)
    depth = {
        id(param): number
        for number, block in enumerate(blocks)
        for layer in block
        for param in layer.parameters(recurse=False)
    }
    references = [Reference.to(one, i) for i, one in enumerate(weights)]
    inner.groups = Groups({
        escape(one.path): {"learning_rate_multiplier": factor ** depth[id(one.param)]}
        for one in references
        if depth.get(id(one.param))
    })  # fmt: skip
    if optimizer.built:  # it is to sort the weights into groups anew, even if they are the same
        inner.built = False
        optimizer.build(weights)


def check_groups(optimizer: Any) -> None:
    """Refuse an optimizer that cannot have groups, or has some of the user's.

    Raises:
        ValueError: in both cases.
    """
    inner = _inner(optimizer)
    if isinstance(inner, TorchOptimizer) or hasattr(inner, "optimizers"):
        raise ValueError(
            f"FineTune cannot give parameter groups to a {type(inner).__name__}: use one of "
            "kerlite's other optimizers, or lr_mult=1."
        )
    if inner.groups and not isinstance(inner.groups, Groups):
        raise ValueError(
            f"The optimizer has parameter groups of its own, {list(inner.groups)}, and FineTune is "
            "to set others: drop them, or pass lr_mult=1."
        )


def _inner(optimizer: Any) -> Any:
    return getattr(optimizer, "inner_optimizer", optimizer)
