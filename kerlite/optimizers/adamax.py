"""Adamax."""

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

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Follow the running average of the gradient, divided by its decaying maximum.

    m += (1 - beta_1) * (g - m);  u = max(beta_2 * u, |g|)
    p -= rate / (1 - beta_1 ** t) * m / (u + epsilon)

    Args:
        learning_rate: see `Optimizer`.
        beta_1: share of the old average in the new one.
        beta_2: what the maximum is multiplied by each step.
        epsilon: keeps the division finite.
        **kwargs: see `Optimizer`.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> Adamax(learning_rate=0.5, epsilon=1.0).apply([torch.ones(1)], [weight])
        >>> round(weight.item(), 4)  # 1 - 0.5 * 1 / (1 + 1)
        0.75

    Source: keras.optimizers.Adamax; Kingma and Ba, arXiv:1412.6980, section 7.1.
    `torch.optim.Adamax` has epsilon inside the maximum, where it decays, which is not the same; so
    this is written on torch's foreach operations, with the state under torch's names.
    """

    torch_names = {"momentum": "exp_avg", "norm": "exp_inf"}  # noqa: RUF012

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Unpack[Common],
    ):
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon = epsilon

    def build(self, variables: Iterable[Any]) -> None:
        """Make the averages and maxima for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_step_counts()
        self.add_optimizer_variables(variables, ["momentum", "norm"])

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        means, maxima = bucket.slots["exp_avg"], bucket.slots["exp_inf"]
        torch._foreach_lerp_(means, gradients, 1.0 - self.beta_1)
        torch._foreach_mul_(maxima, self.beta_2)
        torch._foreach_maximum_(maxima, torch._foreach_abs(gradients))
        size = rate / (1.0 - self.beta_1 ** (self._updates() + 1))
        divisors = torch._foreach_add(maxima, self.epsilon)
        torch._foreach_addcdiv_(bucket.params, means, divisors, -size)
