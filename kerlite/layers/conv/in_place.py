"""ActivatesInPlace: the activation of a result that nobody else has seen."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite import activations

__all__ = ["ActivatesInPlace"]


class ActivatesInPlace:
    """A layer whose ReLU writes over what its kernel gave, in memory that the kernel made anew."""

    activation: Any
    _gives_view: bool

    def _linear(self) -> bool:
        return self.activation is activations.linear and not self._gives_view

    #: whether the result is new memory that the gradient does not need
    makes_new: Any = property(_linear)

    def _activated(self, x: Tensor, order: Any = None) -> Tensor:
        """Return activation(x), its axes then in another order."""
        if self.activation is activations.relu and not self._gives_view:
            x = torch.relu_(x)
            return x if order is None else x.permute(order)
        return self.activation(x if order is None else x.permute(order))
