"""Adam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket, Driven
from kerlite.optimizers.kernels import adam_step

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Adam"]


class _TorchAdam(Driven, torch.optim.Adam):
    """`torch.optim.Adam`, stepped by kerlite."""


class Adam(Optimizer):
    """Follow running averages of the gradient, scaled by those of its square.

    m += (1 - beta_1) * (g - m);  v += (1 - beta_2) * (g * g - v)
    p -= rate * sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t) * m / (sqrt(v) + epsilon)

    torch's fused kernel does it in one call. It adds its epsilon after the correction of v, so it
    is given epsilon / sqrt(1 - beta_2 ** t), which makes the two formulas the same.

    Args:
        learning_rate: see `Optimizer`, as for all further arguments.
        beta_1: share of the old average of gradients in the new one.
        beta_2: share of the old average of squares in the new one.
        epsilon: keeps the division finite.
        amsgrad: whether to divide by the highest v so far.
        **kwargs: see `Optimizer`.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> Adam(learning_rate=0.5).apply([torch.ones(1)], [weight])
        >>> round(weight.item(), 4)
        0.5

    Source: keras.optimizers.Adam; Kingma and Ba, arXiv:1412.6980; Reddi et al., 2018, for amsgrad.
    """

    torch_names = {  # noqa: RUF012
        "momentum": "exp_avg",
        "velocity": "exp_avg_sq",
        "velocity_hat": "max_exp_avg_sq",
    }
    decays_in_update = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Unpack[Common],
    ):
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon, self.amsgrad = epsilon, amsgrad

    def build(self, variables: Iterable[Any]) -> None:
        """Make the averages for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_step_counts()
        self.add_optimizer_variables(variables, ["momentum", "velocity"])
        if self.amsgrad:
            self.add_optimizer_variables(variables, "velocity_hat")

    def _make_torch_optimizer(self, groups: list[dict[str, Any]], rate: float) -> Any:
        return _TorchAdam(
            groups, lr=rate, betas=(self.beta_1, self.beta_2), eps=self.epsilon,
            weight_decay=self.weight_decay or 0.0, amsgrad=self.amsgrad,
            decoupled_weight_decay=True,
        )  # fmt: skip

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        adam_step(self, bucket, gradients, rate)
