"""torch.compile of a layer that has not seen data yet: it is built before its code is traced.

torch asks a module with an `_initialize_hook` (a lazy one) to `_infer_parameters` from the first
arguments. A layer has the hook until it, and all that is inside, is built.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import nn

from kerlite.core import tree
from kerlite.core.tensor import KerasTensor
from kerlite.layers.building import build_for
from kerlite.layers.outputs import inferred, is_built

__all__ = ["UnbuiltHook", "allow_recurrent_layers", "build_before_tracing"]


class UnbuiltHook:
    """An attribute that is there until a layer is ready for torch.compile."""

    def __get__(self, layer: Any, owner: Any = None) -> Any:
        if layer is not None:
            allow_recurrent_layers(layer)
        if layer is not None and _is_ready(layer):
            raise AttributeError(f"{layer.described} has been built.")
        return self


def build_before_tracing(
    layer: Any, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None
) -> None:
    """Build a layer, and all that is inside, for the arguments of its first compiled call."""
    layer.__dict__["_prepared"] = True  # what is not built by now is never called
    allow_recurrent_layers(layer)
    args, kwargs = tree.map_structure(_symbolic, (args, kwargs or {}))
    if not layer.built:
        build_for(layer, args, kwargs)
    if not _is_ready(layer, asked=True):
        inferred(layer, args, kwargs)


def allow_recurrent_layers(module: nn.Module) -> None:
    """Let torch.compile trace LSTM and the like: it leaves out torch's own unless it is told to.

    Nothing is done until the compiler, which takes its time, has been loaded by who uses it.

    Args:
        module: what is compiled, or may be.

    Example:
        >>> allow_recurrent_layers(nn.LSTM(2, 3))
    """
    loaded = "torch._dynamo" in sys.modules
    if loaded and any(isinstance(part, nn.RNNBase) for part in module.modules()):
        torch._dynamo.config.allow_rnn = True


def _is_ready(layer: Any, asked: bool = False) -> bool:
    getattr(layer, "_graph", None)  # a Sequential that has changed makes its graph anew
    done = not asked and "_prepared" in layer.__dict__
    return done or all(map(is_built, layer.modules()))


def _symbolic(leaf: Any) -> Any:
    return KerasTensor(leaf.shape, leaf.dtype) if isinstance(leaf, torch.Tensor) else leaf
