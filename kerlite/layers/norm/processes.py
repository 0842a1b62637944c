"""Sums over all processes whose batches count as one."""

from __future__ import annotations

from typing import Any

from torch import Tensor, autograd, distributed

__all__ = ["processes", "summed"]


def processes(layer: Any) -> Any:
    """Return the group of processes whose batches count as one, None for this one alone."""
    if not layer.synchronized or not distributed.is_available() or not distributed.is_initialized():
        return None
    return layer.process_group or distributed.group.WORLD


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
