"""Masks: which steps of a sequence count, on their way through layers.

While a graph is built a mask is a tensor of the graph like any other. In eager code it rides on the
tensor it belongs to, as `_keras_mask`.
"""

from __future__ import annotations

import warnings
from typing import Any

from kerlite.core import tree
from kerlite.core.tensor import Node, any_symbolic, infer
from kerlite.layers.calls import mask_of, state

__all__ = ["attach_output_mask", "masked", "record_output_mask", "set_masks"]


def masked(inputs: Any) -> bool:
    """Return whether a tensor, or one in a list, carries a mask."""
    return any(mask_of(one) is not None for one in tree.flatten(inputs))


def set_masks(outputs: Any, masks: Any) -> None:
    """Put masks on the output tensors they belong to."""
    for output, mask in zip(tree.flatten(outputs), tree.flatten(masks), strict=False):
        if mask is not None and hasattr(output, "shape"):
            output._keras_mask = mask


def record_output_mask(layer: Any, args: tuple[Any, ...], outputs: Any) -> None:
    """Record, with a symbolic call, the mask of its outputs."""
    incoming = tree.map_structure(mask_of, args[0]) if args else None
    has_mask = any(mask is not None for mask in tree.flatten(incoming))
    if layer._own_compute_mask and (has_mask or layer.makes_masks):
        masks = infer(layer.compute_mask, (args[0], incoming), {})
        if any_symbolic(masks):
            Node(layer.compute_mask, (args[0], incoming), {}, masks)
        set_masks(outputs, masks)
    elif has_mask and layer.supports_masking:
        set_masks(outputs, incoming)
    elif has_mask and "mask" not in layer._signature.mask_names:
        warnings.warn(
            f"The layer {layer.name!r} ({type(layer).__name__}) was given an input with a mask, "
            "but does not support masking: the mask ends here. Set supports_masking = True in the "
            "layer if it treats every step alike.",
            stacklevel=5,
        )


def attach_output_mask(layer: Any, args: tuple[Any, ...], outputs: Any) -> None:
    """Put the mask of the outputs on them, after an eager call."""
    incoming = tree.map_structure(mask_of, args[0]) if args else None
    if layer._own_compute_mask:
        masks = layer.compute_mask(args[0] if args else None, incoming)
    elif layer.supports_masking:
        masks = incoming
    else:
        return
    if any(mask is not None for mask in tree.flatten(masks)):
        state.eager_masks = True
        set_masks(outputs, masks)
