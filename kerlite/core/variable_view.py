"""VariableView: a stored weight, seen in Keras's layout."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor

from kerlite.core.assignable import Assignable, as_tensor_like, plain
from kerlite.core.layout import Layout

__all__ = ["VariableView", "storage_of"]


class VariableView(Assignable, torch.Tensor):  # type: ignore[misc]
    """A stored weight as Keras lays it out: a differentiable torch view of it.

    `owner` is the tensor that is stored (the parameter, or a buffer); `grad` is the owner's
    gradient in Keras's layout; `to_storage` takes a value to the owner's layout.
    """

    __torch_function__ = plain  # type: ignore[assignment]

    owner: Tensor
    _layout: Layout | None

    @staticmethod
    def of(owner: Tensor, layout: Layout | None, name: str, path: str) -> VariableView:
        """Return the view of a stored tensor; while code is traced, the plain tensor it shows."""
        seen = owner if layout is None else layout.to_keras(owner)
        if torch.compiler.is_compiling() or isinstance(seen, FakeTensor):
            return seen  # type: ignore[return-value]
        view = seen.as_subclass(VariableView)  # type: ignore[arg-type]
        view.owner, view._name, view._path, view._layout = owner, name, path, layout
        return view

    @property
    def grad(self) -> Tensor | None:  # type: ignore[override]
        """The owner's gradient, in Keras's layout."""
        stored = self.owner.grad
        return stored if stored is None or self._layout is None else self._layout.to_keras(stored)

    @property
    def trainable(self) -> bool:
        """Whether gradients are computed for the owner."""
        return self.owner.requires_grad

    @trainable.setter
    def trainable(self, value: bool) -> None:
        owner = self.owner
        possible = isinstance(owner, nn.Parameter) and owner.is_floating_point()
        owner.requires_grad_(bool(value) and getattr(owner, "_created_trainable", possible))

    @property
    def regularizer(self) -> Any:
        """The owner's regularizer, a function of the weight in Keras's layout."""
        return getattr(self.owner, "regularizer", None)

    @property
    def constraint(self) -> Any:
        """The owner's constraint, a function of the weight in Keras's layout."""
        return getattr(self.owner, "constraint", None)

    def to_storage(self, value: Any) -> Tensor:
        """Return a value in Keras's layout as the owner would store it."""
        tensor = as_tensor_like(self, value)
        return tensor if self._layout is None else self._layout.to_storage(tensor)

    def _written(self) -> None:
        """Write through to the owner, if its layout shows it as a copy (a GRU's gates)."""
        stored = self.owner.untyped_storage().data_ptr()
        if self._layout is not None and self.untyped_storage().data_ptr() != stored:
            self.owner.copy_(self._layout.to_storage(self.detach().as_subclass(torch.Tensor)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        return self.detach().clone()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.detach().as_subclass(torch.Tensor).__reduce_ex__(protocol)


def storage_of(variable: Tensor) -> Tensor:
    """Return the tensor that is stored: a view's owner, and anything else itself."""
    return variable.owner if isinstance(variable, VariableView) else variable
