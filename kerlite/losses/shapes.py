"""How targets, predictions and weights are brought to shapes that fit each other."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from kerlite.core import tree
from kerlite.core.convert import as_tensor
from kerlite.core.tensor import any_symbolic, record

__all__ = [
    "align_weight",
    "as_tensors",
    "at_least",
    "cast",
    "equal_shape",
    "lifted",
    "on_tensors",
    "same_rank",
    "same_shape",
    "shape_error",
]

F = TypeVar("F", bound=Callable[..., Any])


def on_tensors(function: F) -> F:
    """Let a function of (y_true, y_pred, ...) of tensors take arrays, lists and symbolic tensors.

    On a KerasTensor the whole function is recorded as one node of the graph.
    """

    @functools.wraps(function)
    def call(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
        if not (isinstance(y_true, Tensor) and isinstance(y_pred, Tensor)):
            if any_symbolic(y_true, y_pred):
                return record(call, (y_true, y_pred, *args), kwargs)
            y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
        if y_true.device != y_pred.device:
            y_true = y_true.to(y_pred.device)
        return function(y_true, y_pred, *args, **kwargs)

    return call  # type: ignore[return-value]


def as_tensors(x: Any) -> Any:
    """Return a structure of tensors; a list of numbers is one array, a list of arrays several."""
    if isinstance(x, Tensor):
        return x
    if any(isinstance(leaf, (Tensor, np.ndarray)) for leaf in tree.flatten(x)):
        return tree.map_structure(as_tensor, x)
    return as_tensor(x)


def same_rank(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Drop or add a last dimension of size one where that makes the ranks equal.

    (n, 1) and (n,) become (n, 1) twice; (n, m, 1) and (n, m) become (n, m) twice; everything else
    stays as it is.
    """
    rank, other = first.ndim, second.ndim
    if rank == other + 1 and first.shape[-1] == 1:
        return (first, second.unsqueeze(-1)) if other == 1 else (first.squeeze(-1), second)
    if other == rank + 1 and second.shape[-1] == 1:
        return (first.unsqueeze(-1), second) if rank == 1 else (first, second.squeeze(-1))
    return first, second


def same_shape(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Return targets and predictions in one shape and one floating-point type.

    Half precision is lifted to float32, so that sums and squares stay in range.

    Raises:
        ValueError: if the shapes cannot be broadcast to each other.
    """
    y_pred = lifted(y_pred)
    if y_true.dtype != y_pred.dtype:
        y_true = y_true.to(y_pred.dtype)
    if y_true.shape == y_pred.shape:
        return y_true, y_pred
    y_true, y_pred = same_rank(y_true, y_pred)
    if y_true.shape == y_pred.shape:
        return y_true, y_pred
    try:
        y_true, y_pred = torch.broadcast_tensors(y_true, y_pred)
    except RuntimeError as error:
        raise shape_error(y_true, y_pred) from error
    return y_true, y_pred


def equal_shape(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Return targets and predictions in one shape, without broadcasting, and in one type.

    Raises:
        ValueError: if the shapes differ in more than a last dimension of size one.
    """
    y_pred = lifted(y_pred)
    if y_true.dtype != y_pred.dtype:
        y_true = y_true.to(y_pred.dtype)
    if y_true.shape != y_pred.shape:
        y_true, y_pred = same_rank(y_true, y_pred)
        if y_true.shape != y_pred.shape:
            raise shape_error(y_true, y_pred)
    return y_true, y_pred


def shape_error(y_true: Any, y_pred: Any) -> ValueError:
    """Return the error for targets and predictions that do not fit each other."""
    return ValueError(
        f"The targets have shape {tuple(y_true.shape)} and the predictions {tuple(y_pred.shape)}, "
        "which cannot be compared value by value. Give the last layer as many units as a target "
        "has values, or reshape the targets."
    )


def lifted(x: Tensor) -> Tensor:
    """Return a tensor of at least float32; the logits that an activation left on it come along."""
    if x.dtype == torch.float32 or x.dtype == torch.float64:
        return x
    return cast(x, torch.float32)


def at_least(x: Tensor, least: float) -> Tensor:
    """Return max(x, least); its gradient is one half where they are equal, as in Keras."""
    return torch.maximum(x, x.new_full((), least))


def cast(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Return the tensor in another type, with what Keras code hung on it."""
    result = x.to(dtype)
    for name in ("_keras_logits", "_keras_logits_of", "_keras_mask"):
        attached = getattr(x, name, None)
        if attached is not None:
            setattr(result, name, attached)
    return result


def align_weight(values: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return values and weights in shapes that can be multiplied.

    A weight of fewer dimensions belongs to the first ones: (n,) weighs the n samples of (n, m).
    One that does not fit these is broadcast from the right: (m,) weighs the m columns.

    Raises:
        ValueError: if the weights cannot be broadcast to the values.
    """
    given = tuple(weight.shape)
    values, weight = same_rank(values, weight)
    if 0 < weight.ndim < values.ndim:
        leading = weight.shape + (1,) * (values.ndim - weight.ndim)
        weight = weight.reshape(leading) if _fits(leading, values.shape) else weight
    if not _fits(weight.shape, values.shape):
        raise ValueError(
            f"Sample weights or a mask of shape {given} do not fit losses of shape "
            f"{tuple(values.shape)}. Pass one weight a sample, or one a value."
        )
    return values, weight


def _fits(weight: tuple[int, ...], values: tuple[int, ...]) -> bool:
    pairs = zip(reversed(weight), reversed(values), strict=False)
    has_room = not values or len(weight) <= len(values)
    return has_room and all(w == v or w == 1 or v == 1 for w, v in pairs)
