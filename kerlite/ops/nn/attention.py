"""Scaled dot product attention."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.alike import are_floats
from kerlite.core.attention import attend, fused, kernels
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import promote_all
from kerlite.core.switches import is_flash_attention_enabled

__all__ = ["dot_product_attention"]


@operation("nn", inputs=6)
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """Return softmax(query @ key.T * scale + bias) @ value, for each head.

    Args:
        query: (batch, T steps, heads, size).
        key: (batch, S steps, heads, size); its heads may be fewer, each for as many of the query's.
        value: likewise, with the key's heads.
        bias: numbers to add to the scores, of a shape that broadcasts to (batch, heads, T, S).
        mask: where attention is allowed, likewise; a step that may attend to none gets the mean of
            all values.
        scale: by default 1 / sqrt(size).
        is_causal: whether no step attends to later ones.
        flash_attention: True for that kernel only, False for any but it; by default as
            `config.is_flash_attention_enabled()` says.
        attn_logits_soft_cap: c, which makes c * tanh(scores / c) of the scores, before bias and
            mask; None for no limit.

    Shape:
        (batch, T, heads, size).

    Raises:
        ValueError: for inputs of another rank, shapes that do not fit, or if the kernel asked for
            cannot run.

    Example:
        >>> x = torch.eye(2).reshape(1, 2, 1, 2)
        >>> dot_product_attention(x, x, x, is_causal=True)[0, :, 0]
        tensor([[1.0000, 0.0000],
                [0.3302, 0.6698]])

    Source: keras.ops.dot_product_attention. On torch, Keras takes no soft cap, and neither mask nor
    is_causal together with a bias.
    """
    if not are_floats((query, key, value)):
        query, key, value = promote_all((query, key, value), True)
    wanted, offered = query.shape, key.shape
    if not len(wanted) == len(offered) == value.ndim == 4:
        raise ValueError(
            "dot_product_attention needs query, key and value of shape (batch, steps, heads, "
            f"size); received {[tuple(x.shape) for x in (query, key, value)]}."
        )
    q, k, v = query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)
    enabled = is_flash_attention_enabled()
    plain = bias is mask is scale is attn_logits_soft_cap is flash_attention is None
    if plain and enabled and not is_causal and wanted[2] == offered[2]:
        # the usual: the fewer arguments, the quicker torch is
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2)
    among = kernels(flash_attention, enabled)
    if bias is None and attn_logits_soft_cap is None:
        if mask is None:
            return attend(q, k, v, None, is_causal, 0.0, scale, among).transpose(1, 2)
        allowed = _allowed(mask, is_causal, q, k)
        return fused(q, k, v, allowed, False, 0.0, scale, among).transpose(1, 2)
    shown = _allowed(mask, is_causal, q, k) if is_causal or mask is not None else None
    if attn_logits_soft_cap is None:
        added = _added(as_tensor(bias).to(q.dtype), shown)
        return attend(q, k, v, added, False, 0.0, scale, among).transpose(1, 2)
    return _capped(q, k, v, bias, shown, scale, attn_logits_soft_cap).transpose(1, 2)


def _allowed(mask: Any, is_causal: bool, query: Tensor, key: Tensor) -> Tensor:
    """Return where attention is allowed, to be broadcast to (batch, heads, T, S)."""
    allowed = None if mask is None else as_tensor(mask).bool()
    if is_causal:
        steps = query.shape[-2], key.shape[-2]
        earlier = torch.ones(steps, dtype=torch.bool, device=query.device).tril()
        allowed = earlier if allowed is None else allowed & earlier
    return allowed  # type: ignore[return-value]


def _added(scores: Tensor, allowed: Tensor | None) -> Tensor:
    """Return scores, far below all others where attention is not allowed."""
    if allowed is None:
        return scores
    return torch.where(allowed, scores, torch.finfo(scores.dtype).min * 0.7)


def _capped(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Any,
    allowed: Tensor | None,
    scale: float | None,
    cap: float,
) -> Tensor:
    repeats = query.shape[-3] // key.shape[-3]
    if repeats > 1:
        key, value = (x.repeat_interleave(repeats, -3) for x in (key, value))
    scores = (query * (query.shape[-1] ** -0.5 if scale is None else scale)) @ key.mT
    scores = cap * torch.tanh(scores / cap)
    if bias is not None:
        scores = scores + as_tensor(bias).to(scores.dtype)
    return _added(scores, allowed).softmax(-1) @ value
