"""Lion."""

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

__all__ = ["Lion"]


class Lion(Optimizer):
    """Follow the sign of an average of the gradient: all elements move equally far.

    p -= rate * sign(beta_1 * m + (1 - beta_1) * g)
    m = beta_2 * m + (1 - beta_2) * g

    It wants a rate 3 to 10 times smaller than Adam's, and a decay that much larger.

    Args:
        learning_rate: see `Optimizer`.
        beta_1: share of m in the average that is followed, in (0, 1].
        beta_2: share of the old m in the new one.
        **kwargs: see `Optimizer`.

    Raises:
        ValueError: if `beta_1` is not in (0, 1].

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(2))
        >>> Lion(learning_rate=0.25).apply([torch.tensor([3.0, -0.1])], [weight])
        >>> weight.tolist()
        [0.75, 1.25]

    Source: keras.optimizers.Lion; Chen et al., arXiv:2302.06675. torch has no such optimizer.
    """

    torch_names = {"momentum": "exp_avg"}  # noqa: RUF012

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **kwargs: Unpack[Common],
    ):
        if not 0.0 < beta_1 <= 1.0:
            raise ValueError(
                "`beta_1` must be in (0, 1]; at 0 only the gradient's sign would be followed. "
                f"Received: beta_1={beta_1!r}."
            )
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2 = beta_1, beta_2

    def build(self, variables: Iterable[Any]) -> None:
        """Make the averages for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_optimizer_variables(variables, "momentum")

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        means = bucket.slots["exp_avg"]
        steps = torch._foreach_mul(means, self.beta_1)
        torch._foreach_add_(steps, gradients, alpha=1.0 - self.beta_1)
        torch._foreach_sign_(steps)
        torch._foreach_add_(bucket.params, steps, alpha=-rate)
        torch._foreach_mul_(means, self.beta_2)
        torch._foreach_add_(means, gradients, alpha=1.0 - self.beta_2)
