"""Adadelta."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket, Driven

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Adadelta"]


class _TorchAdadelta(Driven, torch.optim.Adadelta):
    """`torch.optim.Adadelta`, stepped by kerlite."""


class Adadelta(Optimizer):
    """Follow the gradient in steps whose size the recent steps and gradients decide.

    v = rho * v + (1 - rho) * g * g
    step = sqrt(d + epsilon) / sqrt(v + epsilon) * g
    d = rho * d + (1 - rho) * step * step
    p -= rate * step

    Args:
        learning_rate: see `Optimizer`; 1.0 is the paper's algorithm.
        rho: share of the old averages in the new ones.
        epsilon: keeps the division finite, and the first steps from being zero.
        **kwargs: see `Optimizer`.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> Adadelta(1.0, rho=0.75, epsilon=0.25).apply([torch.ones(1)], [weight])
        >>> round(weight.item(), 4)  # 1 - sqrt(0.25) / sqrt(0.25 + 0.25)
        0.2929

    Source: keras.optimizers.Adadelta; Zeiler, arXiv:1212.5701. The operations are those of
    `torch.optim.Adadelta`, bit for bit; only the defaults differ.
    """

    torch_names = {  # noqa: RUF012
        "accumulated_grad": "square_avg",
        "accumulated_delta_var": "acc_delta",
    }

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **kwargs: Unpack[Common],
    ):
        super().__init__(learning_rate, **kwargs)
        self.rho = rho
        self.epsilon = epsilon

    def build(self, variables: Iterable[Any]) -> None:
        """Make the averages for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_step_counts()
        self.add_optimizer_variables(variables, ["accumulated_grad", "accumulated_delta_var"])

    def _make_torch_optimizer(self, groups: list[dict[str, Any]], rate: float) -> Any:
        return _TorchAdadelta(groups, rate, self.rho, self.epsilon)

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        squares, changes = bucket.slots["square_avg"], bucket.slots["acc_delta"]
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, gradients, gradients, 1 - self.rho)
        divisors = torch._foreach_add(squares, self.epsilon)
        torch._foreach_sqrt_(divisors)
        steps = torch._foreach_add(changes, self.epsilon)
        torch._foreach_sqrt_(steps)
        torch._foreach_div_(steps, divisors)
        torch._foreach_mul_(steps, gradients)
        torch._foreach_mul_(changes, self.rho)
        torch._foreach_addcmul_(changes, steps, steps, 1 - self.rho)
        torch._foreach_add_(bucket.params, steps, alpha=-rate)
