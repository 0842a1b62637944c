"""Arguments of a call as the tensors a layer computes with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core import tree
from kerlite.layers.calls import mask_of

__all__ = ["converted"]


def converted(
    layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Make tensors of arrays and of lists of numbers; cast floating ones to the layer's type."""

    def convert(leaf: Any) -> Any:
        if isinstance(leaf, Tensor):
            wanted = layer.autocast and leaf.is_floating_point()
            if wanted and leaf.dtype is not layer._torch_dtype:
                return _with_mask(leaf.to(layer._torch_dtype), leaf)
        elif isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind in "fiub":
            array = torch.as_tensor(leaf, device=layer._device())
            return array.to(layer._torch_dtype) if leaf.dtype.kind == "f" else array
        return leaf

    if args and isinstance(args[0], (list, tuple)):
        leaves = tree.flatten(args[0])
        if leaves and all(isinstance(leaf, (int, float)) for leaf in leaves):
            first = torch.tensor(args[0], dtype=layer._torch_dtype, device=layer._device())
            args = (first, *args[1:])
    return tree.map_structure(convert, (args, kwargs))


def _with_mask(tensor: Any, source: Any) -> Any:
    """Hand a tensor's mask, if it has one, to the tensor made from it."""
    mask = mask_of(source)
    if mask is not None:
        tensor._keras_mask = mask
    return tensor
