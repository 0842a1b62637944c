"""Schedule-free AdamW."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["ScheduleFreeAdamW"]


class ScheduleFreeAdamW(Optimizer):
    """Train between a fast sequence and its average, instead of lowering the learning rate.

    v += (1 - beta_2) * (g * g - v)
    z -= rate * g / (sqrt(v / (1 - beta_2 ** t)) + epsilon)
    x += (z - x) / t
    p  = (1 - beta_1) * z + beta_1 * x

    z begins at the variable; x, the average of all z, is not kept: p and z tell it. The rate is
    multiplied by t / warmup_steps while that is below 1. During training and afterwards the model
    holds p, as in Keras.

    Args:
        learning_rate: see `Optimizer`, as for all further arguments.
        beta_1: how much nearer to the average x than to z the variables are.
        beta_2: share of the old average of squares in the new one.
        epsilon: keeps the division finite.
        warmup_steps: steps in which the rate climbs to its value; 0 for none.
        **kwargs: see `Optimizer`.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> ScheduleFreeAdamW(learning_rate=0.5).apply([torch.ones(1)], [weight])
        >>> round(weight.item(), 4)
        0.5

    Source: keras.optimizers.ScheduleFreeAdamW; Defazio et al., arXiv:2405.15682. On torch, Keras
    takes z after the update for z before it, and so another x; this follows the paper, as Keras
    does on jax. beta_1 = 0 is allowed, where Keras divides by it.
    """

    torch_names = {"momentum": "z", "velocity": "exp_avg_sq"}  # noqa: RUF012

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **kwargs: Unpack[Common],
    ):
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon, self.warmup_steps = epsilon, warmup_steps

    def build(self, variables: Iterable[Any]) -> None:
        """Make the fast sequence and the averages for these variables."""
        variables = list(variables)
        super().build(variables)
        fresh = [param for param in self._params if "z" not in self._keeper.state[param]]
        self.add_optimizer_variables(variables, ["momentum", "velocity"])
        for param in fresh:
            self._keeper.state[param]["z"].copy_(param.detach())

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        count = self._updates() + 1
        if self.warmup_steps:
            rate *= min(count / self.warmup_steps, 1.0)
        params, ahead, squares = bucket.params, bucket.slots["z"], bucket.slots["exp_avg_sq"]
        torch._foreach_mul_(squares, self.beta_2)
        torch._foreach_addcmul_(squares, gradients, gradients, 1.0 - self.beta_2)
        divisors = torch._foreach_div(squares, 1.0 - self.beta_2**count)
        torch._foreach_sqrt_(divisors)
        torch._foreach_add_(divisors, self.epsilon)
        torch._foreach_sub_(params, ahead, alpha=1.0 - self.beta_1)  # beta_1 * x is left
        torch._foreach_mul_(params, 1.0 - 1.0 / count)
        torch._foreach_addcdiv_(ahead, gradients, divisors, -rate)
        torch._foreach_add_(params, ahead, alpha=1.0 - self.beta_1 + self.beta_1 / count)
