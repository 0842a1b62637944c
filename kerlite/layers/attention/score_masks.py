"""Which steps may attend to which: the masks of the inputs and of the call, in one."""

from __future__ import annotations

import torch
from torch import Tensor

from kerlite.layers.attention.axes import AttentionAxes

__all__ = ["as_flags", "causal_mask", "check_mask_of_steps", "mask_of_inputs", "window_mask"]


def mask_of_inputs(
    axes: AttentionAxes,
    inputs: tuple[Tensor, Tensor, Tensor],
    masks: tuple[Tensor | None, Tensor | None, Tensor | None],
    attention_mask: Tensor | None,
    owner: str,
) -> Tensor | None:
    """Return where all masks allow attention, to be broadcast to (batch, heads, steps, steps).

    Args:
        axes: the layer's axes.
        inputs: query, value and key.
        masks: those of query, value and key: (batch, steps), or None.
        attention_mask: that of the scores, or None.
        owner: the layer, for errors.

    Raises:
        ValueError: for a mask of the wrong shape.
    """
    allowed = None
    if attention_mask is not None:
        query, _, key = inputs
        allowed = axes.mask_of_scores(as_flags(attention_mask), query, key)
        if allowed is None:
            raise ValueError(
                f"{owner} needs an attention_mask of shape (batch, query's steps, key's steps), "
                "with the heads after the batch if they differ; received one of shape "
                f"{tuple(attention_mask.shape)} for a query of shape {tuple(query.shape)} and a "
                f"key of shape {tuple(key.shape)}."
            )
    for name, x, mask in zip(("query", "value", "key"), inputs, masks, strict=True):
        if mask is not None:
            check_mask_of_steps(mask, x, f"{name}_mask", owner)
            steps = axes.mask_of_steps(as_flags(mask))
            steps = steps.unsqueeze(-1 if name == "query" else -2)
            allowed = steps if allowed is None else allowed & steps
    return allowed


def check_mask_of_steps(mask: Tensor, x: Tensor, name: str, owner: str) -> None:
    """Refuse a mask that does not have one value for every step.

    Raises:
        ValueError: with the shapes.
    """
    if mask.shape != x.shape[:-1]:
        raise ValueError(
            f"{owner} needs a {name} of shape {tuple(x.shape[:-1])}, a value for every step; "
            f"received one of shape {tuple(mask.shape)}."
        )


def as_flags(mask: Tensor) -> Tensor:
    """Return a mask as True and False."""
    return mask if mask.dtype is torch.bool else mask != 0


def causal_mask(steps: tuple[int, int], device: torch.device) -> Tensor:
    """Return a mask (query's steps, key's steps) in which no step attends to later ones."""
    return torch.ones(steps, dtype=torch.bool, device=device).tril()


def window_mask(steps: tuple[int, int], window: int, device: torch.device) -> Tensor:
    """Return a mask likewise, in which steps attend to those less than `window` away."""
    return torch.ones(steps, dtype=torch.bool, device=device).tril(window - 1).triu(1 - window)
