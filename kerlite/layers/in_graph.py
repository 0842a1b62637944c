"""How a model's graph enters a layer: what it feeds fits, so nothing is checked again.

Hooks count all the same, and a layer that has more to do than to compute is called as ever; so is
the module that a tool has put in a layer's place, and one whose `forward` a tool has replaced.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.modules import module as torch_module

from kerlite import activations
from kerlite.core import tree
from kerlite.core.windows import channels_first_order, channels_last_order

__all__ = [
    "call_channels_first_in_graph",
    "call_in_graph",
    "call_over_in_graph",
    "is_pointwise",
    "knows_order",
]

_POINTWISE = tuple(
    getattr(activations, name)
    for name in (
        "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu",
        "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "mish", "relu", "relu6", "selu", "silu",
        "soft_shrink", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus",
        "tanh", "tanh_shrink", "threshold",
    )
)  # fmt: skip
_EVERYWHERE = (
    torch_module._global_forward_hooks,
    torch_module._global_forward_pre_hooks,
    torch_module._global_backward_hooks,
    torch_module._global_backward_pre_hooks,
)


def is_pointwise(activation: Any) -> bool:
    """Return whether an activation treats each element alone, wherever the channels are.

    Softmax does not; sigmoid does, but the logits that ride on its result would be lost.
    """
    return any(activation is known for known in _POINTWISE)


def knows_order(layer_class: type) -> bool:
    """Return whether what a class says about channels at axis 1 is said of its own `call`.

    A user's subclass with another `call` inherits `call_channels_first` and `pointwise`, but they
    are not true of it.
    """
    owner = next(vars(cls) for cls in layer_class.__mro__ if "call" in vars(cls))
    own = owner["__module__"].startswith("kerlite.")
    return own or not owner.keys().isdisjoint(("call_channels_first", "pointwise"))


def call_in_graph(layer: Any, inputs: Any) -> Any:
    """Return what `layer(inputs)` is."""
    if not _only_computes(layer, inputs):
        return layer(inputs)
    try:
        return layer.call(inputs)
    except RuntimeError:
        layer._check_inputs((inputs,))  # a clearer error, if it is the input's fault
        raise


def call_channels_first_in_graph(layer: Any, inputs: Any) -> Any:
    """Return what `layer(inputs)` is, where both have the channels at axis 1, not at the end.

    A layer that acts on each element alone does not care where they are.
    """
    if not _only_computes(layer, inputs):
        return _permuted(layer(tree.map_structure(_to_last, inputs)), inputs)
    try:
        return layer.call(inputs) if layer.pointwise else layer.call_channels_first(inputs)
    except RuntimeError:
        layer._check_inputs((tree.map_structure(_to_last, inputs),))
        raise


def call_over_in_graph(
    layer: Any, inputs: Any, channels_first: bool, index: int, maker: Any
) -> Any:
    """Return what `layer(inputs)` is, if possible in the memory of one of the inputs.

    Nobody else may look at that input: not a hook of the layer that made it, and not a transform
    of torch.func, to which it may be a constant.
    """
    several = type(inputs) is list
    if (
        maker.makes_new
        and layer.overwrites
        and _is_plain(maker)
        and _only_computes(layer, inputs)
        and not torch._C._are_functorch_transforms_active()
        and not (several and inputs[0].shape != inputs[1].shape)
    ):
        return layer.overwrite(inputs, index) if several else layer.overwrite(inputs)
    return (call_channels_first_in_graph if channels_first else call_in_graph)(layer, inputs)


def _is_plain(layer: Any) -> bool:
    return getattr(layer, "_fast", False) and not (
        layer._forward_hooks
        or layer._forward_pre_hooks
        or layer._backward_hooks
        or layer._backward_pre_hooks
        or "forward" in layer.__dict__
    )


def _only_computes(layer: Any, inputs: Any) -> bool:
    if not _is_plain(layer):
        return False
    for hooks in _EVERYWHERE:
        if hooks:
            return False
    wanted = layer._torch_dtype
    if type(inputs) is Tensor:
        return inputs.dtype is wanted or not inputs.is_floating_point()
    return type(inputs) is list and all(type(x) is Tensor and x.dtype is wanted for x in inputs)


def _to_last(x: Tensor) -> Tensor:
    return x.permute(channels_last_order(x.ndim - 2))


def _permuted(outputs: Any, inputs: Any) -> Any:
    """Return the outputs with the channels at axis 1, if they are images as the inputs are."""
    rank = (inputs[0] if isinstance(inputs, list) else inputs).ndim
    return outputs.permute(channels_first_order(rank - 2)) if outputs.ndim == rank else outputs
