"""Batch normalization that learns: by torch's kernel, and written out for what that cannot do.

That is masks, statistics over all processes, renormalization, and single elements.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, distributed
from torch.nn import functional as F

from kerlite.core import config
from kerlite.layers.norm.renormalization import move, renormalize
from kerlite.layers.windows import channels_first_order, channels_last_order

__all__ = ["kernel_form", "normalize", "normalize_by_kernel"]


def kernel_form(axis: int, rank: int) -> tuple[bool, Any]:
    """Return how torch's kernel, which takes channels at axis 1, sees an input without a copy.

    That is whether as rows of channels, and otherwise the order of axes there and back (or None).
    """
    if axis == rank - 1 and rank in (4, 5):  # torch's channels-last memory formats
        return False, (channels_first_order(rank - 2), channels_last_order(rank - 2))
    if axis == 1:
        return False, None
    swapped = [{1: axis, axis: 1}.get(i, i) for i in range(rank)]
    return (True, None) if axis == rank - 1 else (False, (swapped, swapped))


def normalize_by_kernel(layer: Any, x: Tensor, count: int) -> Tensor:
    """Return the input normalized by its own statistics, and let the layer's follow them.

    torch's kernel moves the variance by the batch's times n / (n - 1). So it is handed a variance
    that is larger by that factor, which comes off again.

    Args:
        layer: the layer.
        x: its input, with the channels at axis 1.
        count: how many elements a channel has, > 1.
    """
    enlarged = layer.running_var * (count / (count - 1))
    outputs = F.batch_norm(
        x, layer.running_mean, enlarged, layer.weight, layer.bias, True, 1 - layer.momentum,
        layer.epsilon,
    )  # fmt: skip
    torch.mul(enlarged, (count - 1) / count, out=layer.running_var)
    return outputs


def normalize(layer: Any, inputs: Tensor, mask: Tensor | None) -> Tensor:
    """Return the inputs normalized by their own statistics, and let the layer's follow them."""
    wide = inputs if inputs.dtype is torch.float64 else inputs.float()
    axes = tuple(axis for axis in range(inputs.ndim) if axis != layer.axis % inputs.ndim)
    mean, variance = _moments(wide, _weights(wide, mask, layer.described), axes, layer)
    gamma, beta = layer.weight, layer.bias
    if layer.renorm:
        gamma, beta = renormalize(layer, mean.flatten(), variance.flatten(), gamma, beta)
    else:
        move(layer.running_mean, mean.flatten(), layer.momentum)
        move(layer.running_var, variance.flatten(), layer.momentum)
    outputs = (wide - mean) * torch.rsqrt(variance + layer.epsilon)
    if gamma is not None:
        outputs = outputs * gamma.to(wide.dtype).view(mean.shape)
    if beta is not None:
        outputs = outputs + beta.to(wide.dtype).view(mean.shape)
    return outputs.to(inputs.dtype)


def _weights(inputs: Tensor, mask: Tensor | None, owner: str) -> Tensor | None:
    """Return 1 for elements that count and 0 for others, or None if all count."""
    if mask is None:
        return None
    if mask.ndim != inputs.ndim - 1:
        raise ValueError(
            f"{owner} needs a mask of one dimension less than its inputs; received a mask of shape "
            f"{tuple(mask.shape)} for inputs of shape {tuple(inputs.shape)}."
        )
    return mask.bool().unsqueeze(-1).expand(inputs.shape)


def _moments(
    x: Tensor, counts: Tensor | None, axes: tuple[int, ...], layer: Any
) -> tuple[Tensor, Tensor]:
    """Return mean and variance over the axes, which stay with size 1."""
    group = _processes(layer)
    if counts is None and group is None:
        variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
        return mean, variance
    if counts is None:
        total: Any = x.sum(axes, keepdim=True).new_full((), x.numel() / layer.num_features)
    else:
        x, total = torch.where(counts, x, 0), counts.to(x.dtype).sum(axes, keepdim=True)
        total = total + config.epsilon()
    total = _summed(total, group)
    mean = _summed(x.sum(axes, keepdim=True), group) / total
    distance = x - mean if counts is None else torch.where(counts, x - mean, 0)
    return mean, _summed(distance.square().sum(axes, keepdim=True), group) / total


def _processes(layer: Any) -> Any:
    """Return the group of processes whose batches count as one, None for this one alone."""
    if not layer.synchronized or not distributed.is_available() or not distributed.is_initialized():
        return None
    return layer.process_group or distributed.group.WORLD


class _Sum(torch.autograd.Function):
    """The sum of a tensor over all processes; gradients are summed likewise."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, group: Any) -> Tensor:
        ctx.group = group
        total = x.clone()
        distributed.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        total = grads[0].clone()
        distributed.all_reduce(total, group=ctx.group)
        return total, None


def _summed(x: Tensor, group: Any) -> Tensor:
    return x if group is None else _Sum.apply(x, group)  # type: ignore[no-untyped-call]
