"""Sums, means and variances over all processes of a distributed program."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, autograd, distributed

from kerlite.core import config

__all__ = ["all_processes", "moments", "summed"]


def all_processes() -> Any:
    """Return the group of all processes; None where this one is alone."""
    if not distributed.is_available() or not distributed.is_initialized():
        return None
    return distributed.group.WORLD


def moments(
    x: Tensor,
    axes: int | tuple[int, ...] | None,
    group: Any = None,
    counts: Tensor | None = None,
    keepdims: bool = True,
) -> tuple[Tensor, Tensor]:
    """Return mean and variance over axes.

    Args:
        x: the numbers.
        axes: the axis, or several; None for all.
        group: the processes whose numbers count too; None for this one alone.
        counts: which elements count, of the shape of x; None if all do.
        keepdims: whether the axes stay, with size 1.
    """
    if counts is None and group is None:
        variance, mean = torch.var_mean(x, axes, correction=0, keepdim=keepdims)
        return mean, variance
    axes = tuple(range(x.ndim)) if axes is None else axes
    total: Any = x.sum(axes, keepdim=True)
    if counts is None:
        total = total.new_full((), x.numel() / max(1, total.numel()))
    else:
        x, total = torch.where(counts, x, 0), counts.to(x.dtype).sum(axes, keepdim=True)
        total = total + config.epsilon()
    total = summed(total, group)
    mean = summed(x.sum(axes, keepdim=True), group) / total
    distance = x - mean if counts is None else torch.where(counts, x - mean, 0)
    variance = summed(distance.square().sum(axes, keepdim=True), group) / total
    return (mean, variance) if keepdims else (mean.squeeze(axes), variance.squeeze(axes))


def summed(x: Tensor, group: Any) -> Tensor:
    """Return the sum of a tensor over a group of processes; gradients are summed likewise."""
    return x if group is None else _Sum.apply(x, group)  # type: ignore[no-untyped-call]


class _Sum(autograd.Function):
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
