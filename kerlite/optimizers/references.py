"""How an optimizer refers to the variables it updates."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from kerlite.core.variable import Layout, Variable, VariableView, storage_of

__all__ = ["Reference"]


class Reference(NamedTuple):
    """A trained variable: the parameter that is stored, and how Keras sees and calls it.

    The view itself is made when it is wanted: one kept from before `model.to(device)` is stale.
    """

    param: Tensor
    layout: Layout | None
    name: str
    path: str

    @classmethod
    def to(cls, variable: Any, position: int = 0) -> Reference:
        """Return the reference to a variable, a view of one, or a plain parameter.

        Raises:
            ValueError: if it is something else.
        """
        if not isinstance(variable, Tensor):
            raise ValueError(
                "An optimizer is built on a list of variables (parameters); received "
                f"{variable!r} of type {type(variable).__name__} at position {position}. Pass "
                "model.trainable_variables, or list(module.parameters())."
            )
        seen = variable.keras_view() if isinstance(variable, Variable) else variable
        name = getattr(seen, "name", None) or f"variable_{position}"
        layout = seen._layout if isinstance(seen, VariableView) else None
        return cls(storage_of(seen), layout, name, getattr(seen, "path", name))

    @classmethod
    def given(cls, variable: Any, position: int = 0) -> Reference:
        """Return the reference to a variable in the layout of the very object passed."""
        reference = cls.to(variable, position)
        seen = isinstance(variable, VariableView)
        return reference if seen else reference._replace(layout=None)

    @property
    def constraint(self) -> Any:
        """The function that maps the variable to permitted values, or None."""
        return getattr(self.param, "constraint", None)

    def variable(self) -> Any:
        """Return the variable in Keras's layout."""
        if self.layout is None and isinstance(self.param, Variable):
            return self.param
        return VariableView.of(self.param, self.layout, self.name, self.path)

    def seen(self, stored: Tensor) -> Tensor:
        """Return a tensor that is stored as the parameter is, in Keras's layout."""
        return stored if self.layout is None else self.layout.to_keras(stored)

    def stored(self, seen: Tensor, into: Tensor | None = None) -> Tensor:
        """Return a tensor in Keras's layout as the parameter is stored, type and strides too.

        Args:
            seen: the tensor; itself returned if it is stored so already.
            into: what to write to, where several variables share a parameter.

        Raises:
            ValueError: if the shape is not the variable's.
        """
        if into is None and self.layout is None and _alike(seen, self.param):
            return seen
        target = into if into is not None else torch.zeros_like(self.param.detach())
        window = self.seen(target)
        if window.shape != seen.shape:
            raise ValueError(
                f"The gradient for the variable {self.path!r} has shape {tuple(seen.shape)}; "
                f"expected the variable's, {tuple(window.shape)}."
            )
        window.copy_(seen)
        stored_at = target.untyped_storage().data_ptr()
        if self.layout is not None and window.untyped_storage().data_ptr() != stored_at:
            target.copy_(self.layout.to_storage(window))  # the layout shows a copy (a GRU's gates)
        return target


def _alike(x: Tensor, y: Tensor) -> bool:
    """Whether a fused kernel may take the two together: it looks at memory, not at strides."""
    return (x.shape, x.stride(), x.dtype, x.device) == (y.shape, y.stride(), y.dtype, y.device)
