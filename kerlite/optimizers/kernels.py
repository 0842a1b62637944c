"""One update of a bucket of parameters, by torch's fused and foreach kernels.

The formulas are in the docstrings of the optimizers that call these.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.optimizers.driven import Bucket

__all__ = ["adam_step", "rmsprop_step", "sgd_step"]


def adam_step(optimizer: Any, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
    """Update by Adam's formula, decay included."""
    count = optimizer._updates() + 1
    correction = (1.0 - optimizer.beta_2**count) ** 0.5
    if not bucket.fused:
        size = rate * correction / (1.0 - optimizer.beta_1**count)
        _adam_unfused(optimizer, bucket, gradients, size)
        return
    slots = bucket.slots
    torch._fused_adamw_(
        bucket.params,
        gradients,
        slots["exp_avg"],
        slots["exp_avg_sq"],
        slots["max_exp_avg_sq"] if optimizer.amsgrad else [],
        slots["step"],
        amsgrad=optimizer.amsgrad,
        lr=rate,
        beta1=optimizer.beta_1,
        beta2=optimizer.beta_2,
        weight_decay=optimizer._decay_of(bucket) if optimizer.weight_decay else 0.0,
        eps=optimizer.epsilon / correction,
        maximize=False,
    )


def _adam_unfused(optimizer: Any, bucket: Bucket, gradients: list[Tensor], size: float) -> None:
    means, squares = bucket.slots["exp_avg"], bucket.slots["exp_avg_sq"]
    if optimizer.weight_decay:
        decay = optimizer._decay_of(bucket) * bucket.group["lr"]
        torch._foreach_mul_(bucket.params, 1.0 - decay)
    torch._foreach_lerp_(means, gradients, 1.0 - optimizer.beta_1)
    torch._foreach_mul_(squares, optimizer.beta_2)
    torch._foreach_addcmul_(squares, gradients, gradients, 1.0 - optimizer.beta_2)
    if optimizer.amsgrad:
        torch._foreach_maximum_(bucket.slots["max_exp_avg_sq"], squares)
        squares = bucket.slots["max_exp_avg_sq"]
    divisors = torch._foreach_sqrt(squares)
    torch._foreach_add_(divisors, optimizer.epsilon)
    torch._foreach_addcdiv_(bucket.params, means, divisors, -size)


def sgd_step(optimizer: Any, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
    """Update by gradient descent, with momentum if the bucket has any."""
    dampening, buffers = 0.0, bucket.slots.get("momentum_buffer", [])
    if buffers:
        scale = bucket.group.setdefault("scale", rate or 1.0)
        if rate != scale and optimizer.nesterov:
            gradients = list(torch._foreach_mul(gradients, rate / scale))
        elif rate != scale:
            dampening = 1.0 - rate / scale
        rate = scale
    if not bucket.fused:
        _sgd_unfused(optimizer, bucket.params, gradients, buffers, rate, dampening)
        return
    torch._fused_sgd_(
        bucket.params,
        gradients,
        buffers,
        weight_decay=0.0,
        momentum=optimizer.momentum,
        lr=rate,
        dampening=dampening,
        nesterov=optimizer.nesterov and bool(buffers),
        maximize=False,
        is_first_step=False,
    )


def _sgd_unfused(
    optimizer: Any,
    params: list[Tensor],
    gradients: list[Tensor],
    buffers: list[Tensor],
    rate: float,
    dampening: float,
) -> None:
    if buffers:
        torch._foreach_mul_(buffers, optimizer.momentum)
        torch._foreach_add_(buffers, gradients, alpha=1.0 - dampening)
        if optimizer.nesterov:
            gradients = list(torch._foreach_add(gradients, buffers, alpha=optimizer.momentum))
        else:
            gradients = buffers
    torch._foreach_add_(params, gradients, alpha=-rate)


def rmsprop_step(optimizer: Any, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
    """Update by RMSprop's formula, as Keras has it."""
    squares, rest = bucket.slots["square_avg"], 1.0 - optimizer.rho
    torch._foreach_mul_(squares, optimizer.rho)
    torch._foreach_addcmul_(squares, gradients, gradients, rest)
    divisors = torch._foreach_add(squares, optimizer.epsilon)
    if optimizer.centered:
        means = bucket.slots["grad_avg"]
        torch._foreach_lerp_(means, gradients, rest)
        torch._foreach_addcmul_(divisors, means, means, -1.0)
    torch._foreach_sqrt_(divisors)
    if optimizer.momentum > 0:
        steps = bucket.slots["momentum_buffer"]
        torch._foreach_mul_(steps, optimizer.momentum)
        torch._foreach_addcdiv_(steps, gradients, divisors, rate)
        torch._foreach_sub_(bucket.params, steps)
    else:
        torch._foreach_addcdiv_(bucket.params, gradients, divisors, -rate)
