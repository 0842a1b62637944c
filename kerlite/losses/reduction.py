"""From one loss a value to one number: reductions, sample weights, masks.

Source: the reduction rules of keras.Loss. What differs: weights of fewer dimensions than the losses
belong to the leading ones, if they fit them, where Keras always broadcasts from the right; an empty
batch has the loss 0, where Keras returns an empty array.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.errors import unknown_name
from kerlite.losses.shapes import align_weight

__all__ = ["combine_masks", "mask_weight", "reduce_weighted", "standardize_reduction"]

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
_REDUCTIONS = (*MEANS, "sum", "none")


def standardize_reduction(reduction: str | None) -> str | None:
    """Return the reduction as it was given.

    Raises:
        ValueError: for an unknown one.
    """
    if reduction is not None and reduction not in _REDUCTIONS:
        raise unknown_name("reduction", str(reduction), _REDUCTIONS)
    return reduction


def reduce_weighted(
    values: Tensor, sample_weight: Any, mask: Tensor | None, reduction: str | None
) -> Tensor:
    """Return the losses, weighted, masked and reduced.

    Args:
        values: one loss for each value.
        sample_weight: None, a number, or an array that belongs to the leading dimensions.
        mask: None, or what counts (True) and what does not; a mean is then over what counts.
        reduction: how to reduce; see `Loss`.

    Raises:
        ValueError: if the shape of the weights or of the mask does not fit.
    """
    weight = None
    if sample_weight is not None:
        weight = torch.as_tensor(sample_weight, dtype=values.dtype, device=values.device)
    if mask is not None:
        weight = mask_weight(weight, mask, values.dtype, reduction)
    if weight is not None:
        values, weight = align_weight(values, weight)
        values = values * weight
    return _reduce(values, weight, reduction)


def mask_weight(
    weight: Tensor | None, mask: Tensor, dtype: torch.dtype, reduction: str | None
) -> Tensor:
    """Return weights that are zero where the mask is False.

    For a mean over the batch, those that remain are scaled up by (all / unmasked).
    """
    factor = mask.to(dtype)
    if reduction in ("sum_over_batch_size", "mean"):
        factor = factor * (factor.numel() / factor.sum().clamp(min=1))
    if weight is None:
        return factor
    if weight.ndim > factor.ndim:
        weight, factor = align_weight(weight, factor)
    else:
        factor, weight = align_weight(factor, weight)
    return weight * factor


def combine_masks(first: Tensor | None, second: Tensor | None) -> Tensor | None:
    """Return the mask that is True where all masks given are."""
    if first is None or second is None:
        return first if second is None else second
    return first.bool() & second.bool()


def _reduce(values: Tensor, weight: Tensor | None, reduction: str | None) -> Tensor:
    if reduction is None or reduction == "none" or values.ndim == 0:
        return values
    if reduction == "sum":
        return values.sum()
    if reduction == "mean_with_sample_weight" and weight is not None:
        total = weight.sum()
        return torch.where(total == 0, 0, values.sum() / torch.where(total == 0, 1, total))
    return values.sum() / max(values.numel(), 1)
