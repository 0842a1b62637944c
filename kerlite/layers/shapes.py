"""Shapes in the forms that layers meet them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kerlite.core import tree
from kerlite.core.tensor import KerasTensor

__all__ = ["is_tensor_like", "legacy_input_shape", "shape_of", "shape_tuple", "symbolic_of"]


def is_tensor_like(value: Any) -> bool:
    """Return whether it is a tensor, an array, or a structure with one in it."""
    kinds = (torch.Tensor, KerasTensor, np.ndarray)
    return any(isinstance(leaf, kinds) for leaf in tree.flatten(value))


def shape_of(leaf: Any) -> tuple[int | None, ...] | None:
    """Return the shape of a tensor or array, None for anything else."""
    return tuple(leaf.shape) if hasattr(leaf, "shape") else None


def shape_tuple(shape: Any) -> Any:
    """Return a shape, or each shape of a structure, as a tuple (JSON gives lists)."""
    if isinstance(shape, dict):
        return {key: shape_tuple(value) for key, value in shape.items()}
    if not isinstance(shape, (list, tuple)):
        return shape
    if all(size is None or isinstance(size, (int, np.integer)) for size in shape):
        return tuple(shape)
    return type(shape)(shape_tuple(one) for one in shape)


def symbolic_of(shape: Any, dtype: str) -> Any:
    """Return KerasTensors for a shape or a structure of shapes."""
    shape = shape_tuple(tuple(shape) if isinstance(shape, torch.Size) else shape)
    if isinstance(shape, dict):
        return {key: symbolic_of(value, dtype) for key, value in shape.items()}
    nested = isinstance(shape, (list, tuple))
    if nested and any(isinstance(one, (list, tuple, dict)) for one in shape):
        return type(shape)(symbolic_of(one, dtype) for one in shape)
    return KerasTensor(shape, dtype)


def legacy_input_shape(kwargs: dict[str, Any]) -> tuple[int | None, ...] | None:
    """Take Keras's old shape arguments of a first layer out of `kwargs`; return a batch shape."""
    batch_shape = kwargs.pop("batch_input_shape", None) or kwargs.pop("batch_shape", None)
    shape = kwargs.pop("input_shape", None)
    dim = kwargs.pop("input_dim", None)
    if batch_shape is not None:
        return tuple(batch_shape)
    if shape is not None:
        return (None, *((shape,) if isinstance(shape, int) else shape))
    return None if dim is None else (None, int(dim))
