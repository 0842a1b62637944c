"""The values of a layer's weights, in and out."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kerlite.layers.weights import own_weights

__all__ = ["load_own_variables", "save_own_variables", "set_weights"]


def set_weights(layer: Any, values: list[Any]) -> None:
    """Set the values of `layer.weights`, all or none of them."""
    weights = layer.weights
    if len(values) != len(weights):
        raise ValueError(
            f"set_weights() received {len(values)} arrays for {layer.name!r}, which has "
            f"{len(weights)} weights: {[weight.path for weight in weights]}."
        )
    wrong = [
        f"{weight.path} is {tuple(weight.shape)}, received {tuple(np.shape(value))}"
        for weight, value in zip(weights, values, strict=True)
        if tuple(weight.shape) != tuple(np.shape(value))
    ]
    if wrong:
        raise ValueError(
            f"set_weights() received other shapes for {layer.name!r}: {'; '.join(wrong)}."
        )
    for weight, value in zip(weights, values, strict=True):
        weight.assign(value)


def save_own_variables(layer: Any, store: dict[str, Any]) -> None:
    """Put a layer's own weights into `store` under "0", "1" and so on."""
    for index, weight in enumerate(own_weights(layer)):
        # NumPy has no bfloat16; anything else is copied, if at all, by whoever keeps it.
        store[str(index)] = weight.numpy() if weight.dtype == torch.bfloat16 else weight.detach()


def load_own_variables(layer: Any, store: Any) -> None:
    """Take a layer's own weights from what `save_own_variables` filled."""
    own = own_weights(layer)
    if len(store.keys()) != len(own):
        raise ValueError(
            f"The layer {layer.name!r} has {len(own)} weights, but {len(store.keys())} were "
            "stored. Build it for the same input shape, and check that it is the same layer."
        )
    for index, weight in enumerate(own):
        weight.assign(store[str(index)])
