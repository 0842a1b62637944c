"""What attention with one head, without linear maps, does with masks and torch's kernels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.attention import fused
from kerlite.layers.attention.score_masks import as_flags, causal_mask, check_mask_of_steps

__all__ = ["fused_alone", "shown_steps", "step_masks", "weights_of"]

_HIDDEN = {torch.float16: 3e4}  # far from any score, and a sum with one is finite
_HIDDEN_OTHERWISE = 1e9


def step_masks(masks: Any, query: Tensor, owner: str) -> tuple[Tensor | None, Tensor | None]:
    """Return the masks of query and value out of a list of them.

    Raises:
        ValueError: if it is no such list, or the query's mask has another shape.
    """
    if masks is None:
        return None, None
    if not isinstance(masks, (list, tuple)) or len(masks) not in (2, 3):
        raise ValueError(
            f"{owner} takes a list of masks [query_mask, value_mask], either of them None perhaps; "
            f"received {masks!r}."
        )
    query_mask, value_mask = masks[:2]
    if query_mask is not None:
        check_mask_of_steps(query_mask, query, "query_mask", owner)
        query_mask = as_flags(query_mask)
    return query_mask, value_mask


def shown_steps(
    query: Tensor, key: Tensor, value_mask: Tensor | None, causal: bool, owner: str
) -> Tensor | None:
    """Return which steps of the value may be attended to, (batch, T or 1, S); None for all.

    Args:
        query: (batch, T, features).
        key: (batch, S, features).
        value_mask: (batch, S), or (batch, T, S) if it differs from step to step.
        causal: whether later steps are hidden.
        owner: the layer, for errors.

    Raises:
        ValueError: for a mask of another shape.
    """
    shown = None
    if value_mask is not None:
        shown = as_flags(value_mask)
        if shown.shape != (*query.shape[:-1], key.shape[-2]):
            check_mask_of_steps(shown, key, "value_mask", owner)
            shown = shown.unsqueeze(-2)
    if causal:
        earlier = causal_mask((query.shape[-2], key.shape[-2]), query.device)
        shown = earlier if shown is None else shown & earlier
    return shown


def weights_of(scores: Tensor, shown: Tensor | None) -> Tensor:
    """Return the scores of the steps that are shown as probabilities."""
    if shown is None:
        return scores.softmax(-1)
    distance = _HIDDEN.get(scores.dtype, _HIDDEN_OTHERWISE)
    return torch.where(shown, scores, scores - distance).softmax(-1)


def fused_alone(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    value_mask: Tensor | None,
    causal: bool,
    dropout: float,
    owner: str,
) -> Tensor:
    """Return softmax(query @ key.T) @ value by torch's kernels, which want heads."""
    is_causal = causal and value_mask is None
    mask = shown_steps(query, key, value_mask, causal and not is_causal, owner)
    mask = None if mask is None else mask.unsqueeze(-3)
    query, key, value = query.unsqueeze(-3), key.unsqueeze(-3), value.unsqueeze(-3)
    return fused(query, key, value, mask, is_causal, dropout, scale=1.0).squeeze(-3)
