"""RMSprop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from torch import Tensor

from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket
from kerlite.optimizers.kernels import rmsprop_step

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Follow the gradient divided by the root of the running average of its square.

    v = rho * v + (1 - rho) * g * g
    a = rho * a + (1 - rho) * g                         (centered; otherwise a = 0)
    step = rate * g / sqrt(v - a * a + epsilon)
    p -= step;  with momentum:  m = momentum * m + step;  p -= m

    `torch.optim.RMSprop` adds its epsilon to the root and applies the rate to m, which is not the
    same; so this is written on torch's foreach operations, with the state under torch's names.

    Args:
        learning_rate: see `Optimizer`.
        rho: share of the old averages in the new ones.
        momentum: share of the old m in the new one.
        epsilon: keeps the division finite.
        centered: whether to divide by the estimated variance rather than by the mean square.
        **kwargs: see `Optimizer`.

    Example:
        >>> import torch
        >>> weight = torch.nn.Parameter(torch.full((1,), 10.0))
        >>> RMSprop(learning_rate=0.1).apply([torch.full((1,), 10.0)], [weight])
        >>> round(weight.item(), 4)  # 10 - 0.1 * 10 / sqrt(0.1 * 100)
        9.6838

    Source: keras.optimizers.RMSprop; Hinton, 2012, lecture 6 of Neural Networks for Machine
    Learning.
    """

    torch_names = {  # noqa: RUF012
        "velocity": "square_avg",
        "momentum": "momentum_buffer",
        "average_gradient": "grad_avg",
    }

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **kwargs: Unpack[Common],
    ):
        super().__init__(learning_rate, **kwargs)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def build(self, variables: Iterable[Any]) -> None:
        """Make the averages for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_optimizer_variables(variables, "velocity")
        if self.momentum > 0:
            self.add_optimizer_variables(variables, "momentum")
        if self.centered:
            self.add_optimizer_variables(variables, "average_gradient")

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        rmsprop_step(self, bucket, gradients, rate)
