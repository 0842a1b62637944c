"""Attention of several heads: what a layer does with its projected query, key and value."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor

from kerlite.core.attention import fused
from kerlite.layers.attention.dot_product import stepwise
from kerlite.layers.attention.score_masks import causal_mask, mask_of_inputs, window_mask

__all__ = ["attend", "joint_mask"]


def joint_mask(
    layer: Any,
    inputs: tuple[Tensor, Tensor, Tensor],
    masks: tuple[Tensor | None, Tensor | None, Tensor | None],
    attention_mask: Tensor | None,
    causal: bool,
) -> tuple[Tensor | None, bool]:
    """Return where all masks allow attention, and whether it is to be causal besides.

    Args:
        layer: the layer; its `sliding_window` is a mask too.
        inputs: query, value and key.
        masks: those of query, value and key, (batch, steps), or None.
        attention_mask: that of the scores, or None.
        causal: whether no step may attend to later ones.
    """
    mask = None
    if attention_mask is not None or any(one is not None for one in masks):
        mask = mask_of_inputs(layer.axes, inputs, masks, attention_mask, layer.described)
    if layer.sliding_window is None and (mask is None or not causal):
        return mask, causal
    query, _, key = inputs
    axes = layer.axes.axes
    steps = _count(query, axes), _count(key, axes)
    if layer.sliding_window is not None:
        window = window_mask(steps, layer.sliding_window, query.device)
        mask = window if mask is None else mask & window
    if causal and mask is not None:
        mask = mask & causal_mask(steps, query.device)
    return mask, False


def attend(
    layer: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    is_causal: bool,
    wants_scores: bool,
    training: bool,
) -> tuple[Tensor, Tensor | None]:
    """Return the result of attention, and the scores (the probabilities) if they are wanted.

    A step that may attend to none gets the mean of all values, or 0 where Keras computes the
    scores: if they are wanted, if the layer drops some of them, or along several axes.

    Args:
        layer: the layer.
        query: (batch, ..., heads, size).
        key: likewise; its heads may be fewer.
        value: likewise, with the key's heads.
        mask: True where attention is allowed; None for anywhere.
        is_causal: whether no step may attend to later ones.
        wants_scores: whether to return the scores too.
        training: whether to drop some of them.
    """
    axes = layer.axes
    split = axes.split(query), axes.split(key), axes.split(value)
    dropout = layer.dropout if training else 0.0
    if wants_scores and layer.flash_attention:
        raise ValueError(
            f"{layer.described} has flash_attention=True, which does not have the scores that "
            "return_attention_scores=True asks for. Leave one of them out."
        )
    if wants_scores or (dropout and layer.seed is not None):
        if is_causal:
            mask = causal_mask((split[0].shape[-2], split[1].shape[-2]), query.device)
        drop = partial(layer._dropout_layer, training=True) if dropout else _keep
        x, scores = stepwise(*split, mask, drop)
        return axes.join(x, query), axes.scores(scores, query, key)
    mean = axes.is_usual and not layer.dropout
    try:
        x = fused(*split, mask, is_causal, dropout, among=layer._kernels, none_is_mean=mean)
    except RuntimeError as error:
        if not layer.flash_attention:
            raise
        raise RuntimeError(
            f"{layer.described} has flash_attention=True, but torch has no flash attention for "
            f"{query.dtype} on {query.device}{'' if mask is None else ' with a mask'}: {error} "
            "Leave flash_attention out to let torch choose."
        ) from error
    return axes.join(x, query), None


def _count(x: Tensor, axes: tuple[int, ...]) -> int:
    steps = 1
    for axis in axes:
        steps *= x.shape[axis]
    return steps


def _keep(x: Tensor) -> Tensor:
    return x
