"""Whether a call trains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import nn

from kerlite.layers.calls import state

__all__ = ["put_into_mode", "resolve_training"]


def put_into_mode(root: nn.Module, training: bool) -> list[nn.Module]:
    """Put torch modules that are no layers into the mode of an explicit `training` argument.

    Layers read the argument itself; a torch module knows only its own mode. Those inside a layer
    with `sets_mode` are left to it.

    Returns:
        The modules whose mode changed, to be put back after the call.
    """
    changed = [module for module in _plain_modules(root) if module.training != training]
    for module in changed:
        module.training = training
    return changed


def _plain_modules(root: nn.Module) -> Iterator[nn.Module]:
    waiting = [root]
    while waiting:
        module = waiting.pop()
        if not hasattr(module, "keras_buffers"):
            yield module
        if not getattr(module, "sets_mode", False):
            waiting.extend(module.children())


def resolve_training(
    layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any], list[nn.Module]]:
    """Settle whether a call trains, and hand that to `call` if it asks.

    An explicit argument wins, then the enclosing call's, then the layer's own mode.

    Returns:
        The arguments, and the torch modules whose mode has to be put back after the call.
    """
    signature = layer._signature
    explicit = signature.training_of(args, kwargs)
    changed: list[nn.Module] = []
    if explicit is not None:
        state.training = bool(explicit)
        if layer._modules:
            changed = put_into_mode(layer, state.training)
    elif signature.takes_training:
        mode = layer.training if state.training is None else state.training
        args, kwargs = signature.with_training(args, kwargs, mode)
    if "training" in kwargs and not (signature.takes_training or signature.takes_any):
        kwargs = {key: value for key, value in kwargs.items() if key != "training"}
    return args, kwargs, changed  # `training` may be meant for the layers inside only
