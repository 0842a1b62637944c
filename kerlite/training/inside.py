"""What a trainer looks for inside a module."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from kerlite.layers.weights import penalty_of, regularized_weights
from kerlite.metrics import Metric

__all__ = ["has_weights", "metrics_in", "penalties_in"]


def metrics_in(module: nn.Module) -> list[Metric]:
    """Return the metrics among the parts of a module: its own first, then those further inside."""
    found: dict[int, Metric] = {}
    waiting, seen = [module], {id(module)}
    while waiting:
        children = [part for part in waiting.pop()._modules.values() if part is not None]
        found.update((id(part), part) for part in children if isinstance(part, Metric))
        inner = [part for part in children if id(part) not in found and id(part) not in seen]
        seen.update(map(id, inner))
        waiting.extend(reversed(inner))
    return list(found.values())


def penalties_in(module: nn.Module) -> list[Callable[[], Tensor]]:
    """Return the functions that compute what the weights' regularizers add to the loss."""
    return [penalty_of(weight) for weight in regularized_weights(module)]


def has_weights(part: nn.Module) -> bool:
    """Return whether a module was built, as a layer or as a lazy module of torch's."""
    uninitialized = getattr(part, "has_uninitialized_params", None)
    return getattr(part, "built", True) and not (uninitialized and uninitialized())
