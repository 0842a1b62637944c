"""MomentumView: the momentum of SGD as Keras knows it, kept as torch keeps it."""

from __future__ import annotations

from typing import Any

import torch

from kerlite.core.variable import VariableView

__all__ = ["MomentumView"]


class MomentumView(VariableView):
    """Keras's v, computed from torch's b; what is assigned to it goes back to b."""

    _group: dict[str, Any]

    @classmethod
    def computed(cls, slot: VariableView, groups: list[dict[str, Any]], param: Any) -> MomentumView:
        """Return v for the slot that holds b of a parameter in one of the groups."""
        group = next(g for g in groups if any(p is param for p in g["params"]))
        momentum = (slot.detach() * -group.get("scale", 1.0)).as_subclass(cls)
        momentum.__dict__.update(slot.__dict__, _group=group)
        return momentum

    def assign(self, value: Any) -> Any:
        """Set v, and with it b."""
        super().assign(value)
        scale = self._group.setdefault("scale", self._group["lr"] or 1.0)
        self.owner.copy_(self.to_storage(self) / -scale)
        return self

    def assign_add(self, value: Any) -> Any:
        """Add to v, and so to b."""
        return self.assign(torch.as_tensor(value) + self.detach())

    def assign_sub(self, value: Any) -> Any:
        """Subtract from v, and so from b."""
        return self.assign(self.detach() - torch.as_tensor(value))
