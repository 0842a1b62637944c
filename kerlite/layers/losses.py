"""What layers add to the loss: `add_loss` in a call, and the penalties on weights and outputs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core import tree
from kerlite.layers.calls import state
from kerlite.layers.weights import penalty, regularized_weights

__all__ = ["add_activity_penalty", "add_loss", "added_in", "forget_losses", "losses_of"]


def add_loss(layer: Any, loss: Any) -> None:
    """Keep scalars that a layer's call adds to the loss, until the next outermost call."""
    if layer._number not in state.losses:
        state.losses.append(layer._number)
    for one in tree.flatten(loss):
        tensor = torch.as_tensor(one)
        if tensor.numel() != 1:
            raise ValueError(
                f"add_loss() takes scalars; the layer {layer.name!r} gave one of shape "
                f"{tuple(tensor.shape)}. Reduce it, with mean() for instance."
            )
        layer._losses.append(tensor.reshape(()))
    layer._fast = False


def add_activity_penalty(layer: Any, outputs: Any) -> None:
    """Add the penalty on the outputs of a call, the mean over the batch."""
    for output in tree.flatten(outputs):
        layer.add_loss(layer.activity_regularizer(output) / max(len(output), 1))


def losses_of(layer: nn.Module) -> list[Tensor]:
    """Return what the last call added in a layer and those inside, and all penalties on weights."""
    added = [loss for module in layer.modules() for loss in getattr(module, "_losses", ())]
    return added + [penalty(weight) for weight in regularized_weights(layer)]


def forget_losses(root: nn.Module) -> None:
    """Clear what `add_loss` collected below `root`: a new outermost call begins."""
    for layer in added_in(root):
        layer._losses.clear()
        state.losses.remove(layer._number)


def added_in(root: nn.Module) -> list[Any]:
    """Return the layers below `root` that added to the loss in their last call."""
    if not state.losses:
        return []
    found: dict[int, Any] = {}  # by number: torch.compile cannot follow a set of modules
    waiting = [root]
    while waiting:
        module = waiting.pop()
        number = getattr(module, "_number", None)
        if number in state.losses:
            found[number] = module
        waiting.extend(child for child in reversed(module._modules.values()) if child is not None)
    return list(found.values())
