"""Scaled dot product attention by torch's fused kernels."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

__all__ = ["attend", "fused", "kernels"]

Kernels = tuple[SDPBackend, ...]

_OTHERS = (SDPBackend.EFFICIENT_ATTENTION, SDPBackend.CUDNN_ATTENTION, SDPBackend.MATH)


def kernels(flash_attention: bool | None, enabled: bool) -> Kernels | None:
    """Return the kernels that may be used: flash attention only, all but it, or None for any.

    Args:
        flash_attention: what was asked for.
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
    outputs = attend(query, key, value, mask, is_causal, dropout, scale, among)
    return outputs if none is None or none_is_mean else outputs.masked_fill(none, 0.0)


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    is_causal: bool,
    dropout: float,
    scale: float | None,
    among: Kernels | None,
) -> Tensor:
    """Return the same of torch's kernels as they are; a mask of numbers is added to the scores."""
    given = query, key, value, mask, dropout, is_causal
    options: dict[str, Any] = {"scale": scale}
    if query.shape[-3] != key.shape[-3]:  # compiled for any size, this itself is no bool
        options["enable_gqa"] = True
    if among is None:
        return F.scaled_dot_product_attention(*given, **options)
    with sdpa_kernel(list(among)):
        return F.scaled_dot_product_attention(*given, **options)
