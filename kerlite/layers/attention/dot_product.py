"""Scaled dot product attention: torch's fused kernels, or step by step where scores are wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

__all__ = ["fused", "kernels", "stepwise"]

Kernels = tuple[SDPBackend, ...]

_OTHERS = (SDPBackend.EFFICIENT_ATTENTION, SDPBackend.CUDNN_ATTENTION, SDPBackend.MATH)


def kernels(flash_attention: bool | None, enabled: bool) -> Kernels | None:
    """Return the kernels that may be used: flash attention only, all but it, or None for any.

    Args:
        flash_attention: what the layer was given.
        enabled: `config.is_flash_attention_enabled()`, which None stands for.
    """
    if flash_attention:
        return (SDPBackend.FLASH_ATTENTION,)
    return None if flash_attention is None and enabled else _OTHERS


def fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    is_causal: bool,
    dropout: float = 0.0,
    scale: float | None = None,
    among: Kernels | None = None,
    none_is_mean: bool = True,
) -> Tensor:
    """Return softmax(query @ key.T * scale) @ value, without the scores in memory.

    Args:
        query: (batch, heads, steps, size).
        key: likewise; its heads may be fewer, each for as many of the query's.
        value: likewise, with the key's heads.
        mask: True where attention is allowed; None for anywhere.
        is_causal: whether no step attends to later ones; only without a mask.
        dropout: the share of the probabilities that is dropped.
        scale: by default 1 / sqrt(size).
        among: the kernels that may be used; None for any.
        none_is_mean: whether a step that may attend to none gets the mean of all values, not 0.
    """
    none = None
    if mask is not None:  # kernels do not agree on a step without any: it is given all
        none = ~mask.any(-1, keepdim=True)
        mask = mask | none
        if none_is_mean:
            query = query.masked_fill(none, 0.0)  # which makes all scores equal
    outputs = _kernel(query, key, value, mask, is_causal, dropout, scale, among)
    return outputs if none is None or none_is_mean else outputs.masked_fill(none, 0.0)


def stepwise(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    drop: Callable[[Tensor], Tensor],
) -> tuple[Tensor, Tensor]:
    """Return the same, with probabilities of 0 where the mask forbids attention, and them too.

    Args:
        query: (batch, heads, steps, size).
        key: likewise; its heads may be fewer, each for as many of the query's.
        value: likewise, with the key's heads.
        mask: True where attention is allowed; None for anywhere.
        drop: what drops some of the probabilities.
    """
    repeats = query.shape[-3] // key.shape[-3]
    if repeats > 1:
        key, value = (x.repeat_interleave(repeats, -3) for x in (key, value))
    scores = (query * query.shape[-1] ** -0.5) @ key.mT
    if mask is None:
        weights = scores.softmax(-1).to(value.dtype)
    else:
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(-1).masked_fill(~mask, 0.0)
        weights = weights.to(value.dtype)
    return drop(weights) @ value, weights


def _kernel(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    is_causal: bool,
    dropout: float,
    scale: float | None,
    among: Kernels | None,
) -> Tensor:
    run = partial(
        F.scaled_dot_product_attention, query, key, value, mask, dropout, is_causal, scale=scale,
        enable_gqa=query.shape[-3] != key.shape[-3],
    )  # fmt: skip
    if among is None:
        return run()
    with sdpa_kernel(list(among)):
        return run()
