"""Nadam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket, Driven
from kerlite.optimizers.scalars import HostFloat
from kerlite.optimizers.stepper import Work

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Nadam"]


class _TorchNAdam(Driven, torch.optim.NAdam):
    """`torch.optim.NAdam`, stepped by kerlite; its products are kept on the host."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        torch.optim.Optimizer.__setstate__(self, state)


class Nadam(Optimizer):
    """Adam that looks ahead along its momentum, as Nesterov's does.

    m += (1 - beta_1) * (g - m);  v += (1 - beta_2) * (g * g - v)
    u(t) = beta_1 * (1 - 0.96 ** t / 2);  U(t) = u(1) * ... * u(t)
    step = u(t + 1) / (1 - U(t + 1)) * m + (1 - u(t)) / (1 - U(t)) * g
    p -= rate * step / (sqrt(v / (1 - beta_2 ** t)) + epsilon)

    Args:
        learning_rate: see `Optimizer`.
        beta_1: share of the old average of gradients in the new one.
        beta_2: share of the old average of squares in the new one.
        epsilon: keeps the division finite.
        **kwargs: see `Optimizer`.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> Nadam(learning_rate=0.5, beta_1=0.0).apply([torch.ones(1)], [weight])
        >>> round(weight.item(), 4)
        0.5

    Source: keras.optimizers.Nadam; Dozat, 2016. It is `torch.optim.NAdam(momentum_decay=1.0)`;
    torch's default lets the momentum grow 250 times more slowly. U is kept on the host.
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
        self._products = {beta_1: 1.0}  # U, for each beta_1 that a group has

    def build(self, variables: Iterable[Any]) -> None:
        """Make the averages for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_step_counts()
        self.add_optimizer_variables(variables, ["momentum", "velocity"])

    @property
    def variables(self) -> list[Any]:
        """The optimizer's state in Keras's order; once it is built, U comes last."""
        if not self.built:
            return super().variables
        value, path = self._products[self.beta_1], f"{self.name}/mu_product"
        return [*super().variables, HostFloat.of(value, path, self._set_product)]

    def state_dict(self) -> dict[str, Any]:
        """Return the state in torch's format, with "iterations" beside it."""
        state, slots = super().state_dict(), {}
        for group, saved in zip(self._keeper.param_groups, state["param_groups"], strict=True):
            product = torch.tensor(self._products[self._beta_of(group)], dtype=torch.float64)
            for key in saved["params"]:
                slots[key] = {**state["state"][key], "mu_product": product}
        return {**state, "state": slots}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Copy a state that `state_dict` returned into this one, in place."""
        slots = {key: dict(kept) for key, kept in state_dict["state"].items()}
        products = {key: kept.pop("mu_product", 1.0) for key, kept in slots.items()}
        super().load_state_dict({**state_dict, "state": slots})
        for group, saved in zip(self._keeper.param_groups, state_dict["param_groups"], strict=True):
            if saved["params"]:
                self._products[self._beta_of(group)] = float(products[saved["params"][0]])

    def _make_torch_optimizer(self, groups: list[dict[str, Any]], rate: float) -> Any:
        betas = (self.beta_1, self.beta_2)
        return _TorchNAdam(groups, rate, betas, self.epsilon, momentum_decay=1.0)

    def _descend(self, work: Work) -> None:
        count = self._updates() + 1
        betas = {self.beta_1, *map(self._beta_of, self._keeper.param_groups)}
        before = self._products
        self._products = {b: before.get(b, 1.0) * _momentum(b, count) for b in betas}
        super()._descend(work)

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        count, product = self._updates() + 1, self._products[self.beta_1]
        now, ahead = _momentum(self.beta_1, count), _momentum(self.beta_1, count + 1)
        means, squares = bucket.slots["exp_avg"], bucket.slots["exp_avg_sq"]
        torch._foreach_lerp_(means, gradients, 1 - self.beta_1)
        torch._foreach_mul_(squares, self.beta_2)
        torch._foreach_addcmul_(squares, gradients, gradients, 1 - self.beta_2)
        divisors = torch._foreach_sqrt(squares)
        torch._foreach_div_(divisors, (1 - self.beta_2**count) ** 0.5)
        torch._foreach_add_(divisors, self.epsilon)
        size = rate * (1 - now) / (1 - product)
        torch._foreach_addcdiv_(bucket.params, gradients, divisors, -size)
        size = rate * ahead / (1 - product * ahead)
        torch._foreach_addcdiv_(bucket.params, means, divisors, -size)

    def _beta_of(self, group: dict[str, Any]) -> float:
        return group.get("own", {}).get("beta_1", self.beta_1)

    def _set_product(self, value: Any) -> None:
        self._products = dict.fromkeys(self._products, float(value))


def _momentum(beta_1: float, count: int) -> float:
    return beta_1 * (1.0 - 0.5 * 0.96**count)
