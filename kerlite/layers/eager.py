"""A call on data, with all that Keras promises around it."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from kerlite.layers.building import build_for
from kerlite.layers.calls import state
from kerlite.layers.conversion import converted
from kerlite.layers.losses import add_activity_penalty, forget_losses
from kerlite.layers.masks import attach_output_mask
from kerlite.layers.mode import resolve_training

__all__ = ["eager_call"]


def eager_call(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Build the layer if need be, settle mode and masks, and run it as `nn.Module` does."""
    if not state.stack and state.losses:
        forget_losses(layer)
    if not layer.built or layer.input_spec is not None or layer.checks_input_shape:
        layer._check_inputs(args)
    if not layer.built:
        build_for(layer, args, kwargs)
        args, kwargs = converted(layer, args, kwargs)  # its place may give it another dtype policy
    explicit_masks, state.explicit_masks = state.explicit_masks, False
    enclosing_training = state.training
    state.stack.append(layer)
    switched: list[nn.Module] = []
    try:
        args, kwargs, switched = resolve_training(layer, args, kwargs)
        if state.eager_masks and not explicit_masks:
            kwargs.update(layer._signature.masks_for(args, kwargs))
        outputs = _run(layer, args, kwargs)
        if not explicit_masks and (state.eager_masks or layer._own_compute_mask):
            attach_output_mask(layer, args, outputs)
    finally:
        state.stack.pop()
        state.training, state.explicit_masks = enclosing_training, explicit_masks
        for module in switched:
            module.training = not module.training
    return outputs


def _run(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    policy = layer.dtype_policy
    if policy.compute_dtype == policy.variable_dtype:
        outputs = nn.Module.__call__(layer, *args, **kwargs)
    else:
        with torch.autocast(layer._device().type, layer._torch_dtype):
            outputs = nn.Module.__call__(layer, *args, **kwargs)
    if layer.activity_regularizer is not None:
        add_activity_penalty(layer, outputs)
    return outputs
