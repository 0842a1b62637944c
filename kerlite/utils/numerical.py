"""One-hot labels and vectors of unit length."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kerlite.core import dtypes

__all__ = ["normalize", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Turn class numbers into one-hot rows.

    Args:
        x: whole numbers from 0 to `num_classes - 1`: a list, an array or a torch tensor. A last
            dimension of 1 is dropped.
        num_classes: how many classes there are; None means the largest number plus one.

    Returns:
        A float64 NumPy array; for a torch tensor a tensor of floatx on its own device.

    Shape:
        (...) or (..., 1) -> (..., num_classes).

    Raises:
        ValueError: if a number is negative or not below `num_classes`, or if `x` is empty and
            `num_classes` is not given.

    Example:
        >>> to_categorical([0, 2])
        array([[1., 0., 0.],
               [0., 0., 1.]])

    Source: keras.utils.to_categorical.
    """
    is_tensor = isinstance(x, torch.Tensor)
    labels = x.detach().long() if is_tensor else torch.from_numpy(np.array(x, dtype="int64"))
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels.squeeze(-1)
    num_classes = _class_count(labels, num_classes)
    one_hot = torch.nn.functional.one_hot(labels, num_classes)
    return one_hot.to(dtypes.to_torch_dtype(None)) if is_tensor else one_hot.double().numpy()


def normalize(x: Any, axis: int = -1, order: float = 2) -> Any:
    """Divide vectors by their length: `x / ||x||`; a zero vector stays as it is.

    Args:
        x: an array, a nested list of numbers, or a torch tensor.
        axis: the dimension that holds one vector.
        order: which norm: 1 sums magnitudes, 2 is Euclid's, `inf` takes the largest.

    Returns:
        A NumPy array; a torch tensor for a torch tensor.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, 0.0]])
        array([[0.6, 0.8],
               [0. , 0. ]])

    Source: keras.utils.normalize, which for NumPy arrays divides by the wrong vectors at axis=0.
    """
    if isinstance(x, torch.Tensor):
        x = x if x.is_floating_point() else x.to(dtypes.to_torch_dtype(None))
        length = torch.linalg.vector_norm(x, order, dim=axis, keepdim=True)
        return x / length.masked_fill(length == 0, 1)
    x = np.asarray(x)
    if x.dtype.kind != "f":
        x = x.astype("float64")
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norm == 0, 1, norm)


def _class_count(labels: torch.Tensor, num_classes: int | None) -> int:
    if not labels.numel():
        if not num_classes:
            raise ValueError("x is empty: pass num_classes, which cannot be read from it.")
        return num_classes
    low, high = int(labels.min()), int(labels.max())
    num_classes = num_classes or high + 1
    if low < 0 or high >= num_classes:
        raise ValueError(
            f"Class numbers must be in [0, num_classes) = [0, {num_classes}); received numbers "
            f"from {low} to {high}."
        )
    return num_classes
