"""Adagrad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.core.variable import VariableView
from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket, Driven
from kerlite.optimizers.references import Reference

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Adagrad"]


class _TorchAdagrad(Driven, torch.optim.Adagrad):
    """`torch.optim.Adagrad`, stepped by kerlite."""


class Adagrad(Optimizer):
    """Follow the gradient divided by the root of the sum of all its squares so far.

    a += g * g
    p -= rate * g / sqrt(a + epsilon)

    torch's fused kernel does it in one call. It adds its epsilon to the root, so it is given none,
    and a sum that starts at `initial_accumulator_value` + epsilon: this makes the formulas the
    same. `variables` shows the sum as Keras has it.

    Args:
        learning_rate: see `Optimizer`.
        initial_accumulator_value: what the sums start from, not negative.
        epsilon: keeps the division finite.
        **kwargs: see `Optimizer`.

    Raises:
        ValueError: if `initial_accumulator_value` is negative.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> Adagrad(0.5, initial_accumulator_value=3.0).apply([torch.ones(1)], [weight])
        >>> round(weight.item(), 4)  # 1 - 0.5 / sqrt(3 + 1)
        0.75

    Source: keras.optimizers.Adagrad; Duchi et al., 2011, JMLR 12. `torch.optim.Adagrad` divides by
    sqrt(a) + epsilon.
    """

    torch_names = {"accumulator": "sum"}  # noqa: RUF012

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **kwargs: Unpack[Common],
    ):
        if initial_accumulator_value < 0.0:
            raise ValueError(
                "`initial_accumulator_value` must not be negative. Received: "
                f"initial_accumulator_value={initial_accumulator_value!r}."
            )
        super().__init__(learning_rate, **kwargs)
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    def build(self, variables: Iterable[Any]) -> None:
        """Make the sums for these variables."""
        variables = list(variables)
        super().build(variables)
        self.add_optimizer_variables(variables, "accumulator")

    def _make_torch_optimizer(self, groups: list[dict[str, Any]], rate: float) -> Any:
        made = _TorchAdagrad(groups, rate, eps=0.0)
        for group in made.param_groups:
            own, epsilon = group.get("own", {}), self._epsilon_of(group)
            start = own.get("initial_accumulator_value", self.initial_accumulator_value)
            for param in group["params"]:
                made.state[param]["sum"].fill_(start + epsilon)
        return made

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        sums = bucket.slots["sum"]
        if bucket.fused and bucket.params[0].device.type in ("cpu", "cuda"):
            torch._fused_adagrad_(
                bucket.params, gradients, sums, bucket.slots["step"],
                lr=rate, lr_decay=0.0, weight_decay=0.0, eps=0.0, maximize=False,
            )  # fmt: skip
            return
        torch._foreach_addcmul_(sums, gradients, gradients)
        divisors = torch._foreach_sqrt(sums)
        torch._foreach_addcdiv_(bucket.params, gradients, divisors, -rate)

    def _slot(self, reference: Reference, name: str) -> Any:
        slot = super()._slot(reference, name)
        if name != "accumulator":
            return slot
        groups, param = self._keeper.param_groups, reference.param
        group = next(group for group in groups if any(one is param for one in group["params"]))
        return _SumView.without(slot, self._epsilon_of(group))

    def _epsilon_of(self, group: dict[str, Any]) -> float:
        return group.get("own", {}).get("epsilon", self.epsilon)


class _SumView(VariableView):
    """Keras's sum of squares, computed from torch's, which has epsilon in it."""

    _epsilon: float

    @classmethod
    def without(cls, slot: VariableView, epsilon: float) -> _SumView:
        """Return the sum without epsilon; what is assigned to it is stored with epsilon."""
        view = (slot.detach() - epsilon).as_subclass(cls)
        view.__dict__.update(slot.__dict__, _epsilon=epsilon)
        return view

    def _written(self) -> None:
        self.owner.copy_(self.to_storage(self.detach().as_subclass(Tensor)) + self._epsilon)
