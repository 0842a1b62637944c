"""Gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket, Driven
from kerlite.optimizers.kernels import sgd_step
from kerlite.optimizers.momentum_view import MomentumView
from kerlite.optimizers.references import Reference

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["SGD"]


class _TorchSGD(Driven, torch.optim.SGD):
    """`torch.optim.SGD`, stepped by kerlite."""


class SGD(Optimizer):
    """Follow the gradient, with momentum if wanted.

    without momentum: p -= rate * g
    momentum:         v = momentum * v - rate * g;  p += v
    nesterov:         v as above;  p += momentum * v - rate * g

    torch keeps b with v = -scale * b, where `scale` is the first rate: as long as the rate stays,
    b = momentum * b + g, and weights are bit for bit those of `torch.optim.SGD(fused=True)`. When
    the rate changes, new gradients count rate / scale times, as Keras's formula has it.

    Args:
        learning_rate: see `Optimizer`.
        momentum: share of the old v in the new one, in [0, 1].
        nesterov: whether to look ahead along v.
        **kwargs: see `Optimizer`.

    Raises:
        ValueError: if `momentum` is not in [0, 1].

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> optimizer = SGD(learning_rate=0.25, momentum=0.5)
        >>> _ = [optimizer.apply([torch.ones(1)], [weight]) for _ in range(2)]
        >>> weight.item()  # 1 - 0.25 - (0.125 + 0.25)
        0.375

    Source: keras.optimizers.SGD.
    """

    torch_names = {"momentum": "momentum_buffer"}  # noqa: RUF012

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **kwargs: Unpack[Common],
    ):
        if not isinstance(momentum, (int, float)) or not 0 <= momentum <= 1:
            raise ValueError(f"`momentum` must be a float between [0, 1]; received {momentum!r}.")
        super().__init__(learning_rate, **kwargs)
        self.momentum = float(momentum)
        self.nesterov = nesterov

    def build(self, variables: Iterable[Any]) -> None:
        """Make the momenta for these variables."""
        variables = list(variables)
        super().build(variables)
        if self.momentum:
            self.add_optimizer_variables(variables, "momentum")

    def _make_torch_optimizer(self, groups: list[dict[str, Any]], rate: float) -> Any:
        return _TorchSGD(groups, rate, self.momentum, nesterov=bool(self.nesterov * self.momentum))

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        sgd_step(self, bucket, gradients, rate)

    def _slot(self, reference: Reference, name: str) -> Any:
        slot = super()._slot(reference, name)
        if name != "momentum":
            return slot
        return MomentumView.computed(slot, self.torch_optimizer.param_groups, reference.param)
