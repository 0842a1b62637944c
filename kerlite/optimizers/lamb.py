"""Lamb."""

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

__all__ = ["Lamb"]


class Lamb(Optimizer):
    """Adam whose step in each variable is as long as the variable, times the rate.

    m += (1 - beta_1) * (g - m);  v += (1 - beta_2) * (g * g - v)
    step = m / (1 - beta_1 ** t) / (sqrt(v / (1 - beta_2 ** t)) + epsilon)
    p -= rate * norm(p) / norm(step) * step         (the ratio is 1 where a norm is 0)

    Args:
        learning_rate: see `Optimizer`.
        beta_1: share of the old average of gradients in the new one.
        beta_2: share of the old average of squares in the new one.
        epsilon: keeps the division finite.
        **kwargs: see `Optimizer`.

    Example:
        >>> weight = torch.nn.Parameter(torch.tensor([3.0, 4.0]))
        >>> Lamb(learning_rate=0.1).apply([torch.tensor([1.0, 0.0])], [weight])
        >>> [round(x, 4) for x in weight.tolist()]  # a tenth of the norm, 5, along the gradient
        [2.5, 4.0]

    Source: keras.optimizers.Lamb; You et al., arXiv:1904.00962. Decay is decoupled, as in all of
    Keras's: it shortens p before the norms are taken. torch has no such optimizer.
    """

    torch_names = {"momentum": "exp_avg", "velocity": "exp_avg_sq"}  # noqa: RUF012

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
        """Make the averages for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_optimizer_variables(variables, ["momentum", "velocity"])

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        count = self._updates() + 1
        means, squares = bucket.slots["exp_avg"], bucket.slots["exp_avg_sq"]
        torch._foreach_lerp_(means, gradients, 1.0 - self.beta_1)
        torch._foreach_mul_(squares, self.beta_2)
        torch._foreach_addcmul_(squares, gradients, gradients, 1.0 - self.beta_2)
        divisors = torch._foreach_div(squares, 1.0 - self.beta_2**count)
        torch._foreach_sqrt_(divisors)
        torch._foreach_add_(divisors, self.epsilon)
        steps = torch._foreach_div(means, 1.0 - self.beta_1**count)
        torch._foreach_div_(steps, divisors)
        ratios = _ratios(torch._foreach_norm(bucket.params), torch._foreach_norm(steps))
        torch._foreach_mul_(steps, list((ratios * -rate).unbind()))
        torch._foreach_add_(bucket.params, steps)


def _ratios(lengths: tuple[Tensor, ...], steps: tuple[Tensor, ...]) -> Tensor:
    """Return one norm over the other for each pair, on their device; 1 where either is zero."""
    length, step = torch.stack(lengths), torch.stack(steps)
    return torch.where((length > 0) & (step > 0), length / step, 1.0)
