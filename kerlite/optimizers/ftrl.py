"""Ftrl."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.initializers import Constant
from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Ftrl"]


class Ftrl(Optimizer):
    """Follow the regularized leader: for large, sparse linear models whose weights L1 makes zero.

    G = g + 2 * l2_shrinkage * p;  b = a + g * g
    z += G - (b ** -power - a ** -power) / rate * p;  a = b
    p = (clip(z, -l1, l1) - z) / ((b ** -power + beta) / rate + 2 * l2)

    At a rate of zero, which the formula divides by, nothing changes.

    Args:
        learning_rate: see `Optimizer`.
        learning_rate_power: zero or negative; 0 for a fixed rate, -0.5 for Adagrad's.
        initial_accumulator_value: what a starts from, not negative.
        l1_regularization_strength: l1, not negative.
        l2_regularization_strength: l2, not negative.
        l2_shrinkage_regularization_strength: l2_shrinkage, not negative; it adds to the gradient,
            while l2 holds the result back.
        beta: the paper's beta.
        **kwargs: see `Optimizer`.

    Raises:
        ValueError: if `learning_rate_power` is positive, or one that must not be is negative.

    Example:
        >>> weight = torch.nn.Parameter(torch.zeros(1))
        >>> Ftrl(learning_rate=0.5, initial_accumulator_value=3.0).apply([torch.ones(1)], [weight])
        >>> weight.item()  # -1 / (sqrt(3 + 1) / 0.5)
        -0.25

    Source: keras.optimizers.Ftrl; McMahan et al., 2013. torch has no such optimizer.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **kwargs: Unpack[Common],
    ):
        super().__init__(learning_rate, **kwargs)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        if learning_rate_power > 0.0:
            raise ValueError(
                "`learning_rate_power` needs to be negative or zero. Received: "
                f"learning_rate_power={learning_rate_power!r}."
            )
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0.0:
                raise ValueError(
                    f"`{name}` needs to be positive or zero. Received: "
                    f"{name}={getattr(self, name)!r}."
                )

    def build(self, variables: Iterable[Any]) -> None:
        """Make a and z for these variables."""
        variables = list(variables)
        super().build(variables)
        groups = {
            id(param): group for group in self._keeper.param_groups for param in group["params"]
        }
        for variable, reference in zip(variables, self._references, strict=True):
            own = groups[id(reference.param)].get("own", {})
            start = own.get("initial_accumulator_value", self.initial_accumulator_value)
            self.add_optimizer_variables(
                [variable], ["accumulator", "linear"], [Constant(start), "zeros"]
            )

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        if not rate:
            return
        params, linears = bucket.params, bucket.slots["linear"]
        sums, power = bucket.slots["accumulator"], -self.learning_rate_power
        before = torch._foreach_pow(sums, power)
        torch._foreach_addcmul_(sums, gradients, gradients)
        after = torch._foreach_pow(sums, power)
        torch._foreach_sub_(before, after)
        torch._foreach_add_(linears, gradients)
        if self.l2_shrinkage_regularization_strength:
            shrinkage = 2 * self.l2_shrinkage_regularization_strength
            torch._foreach_add_(linears, params, alpha=shrinkage)
        torch._foreach_addcmul_(linears, before, params, 1.0 / rate)
        torch._foreach_div_(after, rate)
        torch._foreach_add_(after, self.beta / rate + 2 * self.l2_regularization_strength)
        clipped = torch._foreach_clamp_min(linears, -self.l1_regularization_strength)
        torch._foreach_clamp_max_(clipped, self.l1_regularization_strength)
        torch._foreach_sub_(clipped, linears)
        torch._foreach_div_(clipped, after)
        torch._foreach_copy_(params, clipped)


_NOT_NEGATIVE = (
    "initial_accumulator_value",
    "l1_regularization_strength",
    "l2_regularization_strength",
    "l2_shrinkage_regularization_strength",
)
