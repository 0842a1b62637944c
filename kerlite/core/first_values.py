"""The first values of a variable, from an initializer or as they are given."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core import budget, config, dtypes
from kerlite.core.convert import as_tensor
from kerlite.core.layout import Layout

__all__ = ["first_values"]


def first_values(initializer: Any, shape: Any, dtype: Any, layout: Layout | None) -> Tensor:
    """Return the first values of a variable as torch stores them.

    Args:
        initializer: a function of (shape, dtype), or the values themselves.
        shape: Keras's shape; None for that of the values.
        dtype: number type; None for that of the values.
        layout: how Keras sees what is stored, if torch stores it another way.

    Raises:
        ValueError: if the shape is missing, or not that of the values.

    Example:
        >>> first_values([1.0, 2.0], None, None, None)
        tensor([1., 2.])
    """
    data = _as_seen(initializer, shape, dtype)
    return data if layout is None else layout.to_storage(data)


def _as_seen(initializer: Any, shape: Any, dtype: Any) -> Tensor:
    value = initializer
    if callable(initializer) and not isinstance(initializer, Tensor):
        if shape is None:
            raise ValueError("A variable made by an initializer function needs a shape.")
        budget.spend(shape, dtypes.to_torch_dtype(dtype))
        value = initializer(tuple(shape), dtype=dtypes.standardize_dtype(dtype))
    target = None if dtype is None else dtypes.to_torch_dtype(dtype)
    tensor = as_tensor(value).detach()
    tensor = tensor.to(config.device(), target, copy=value is initializer)
    if shape is not None and tuple(tensor.shape) != tuple(shape):
        raise ValueError(
            f"The first values have shape {tuple(tensor.shape)}; the variable's is {tuple(shape)}."
        )
    return tensor
