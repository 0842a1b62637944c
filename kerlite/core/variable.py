"""Weights: stored the PyTorch way, seen the Keras way.

A `Variable` is an `nn.Parameter` with what Keras code uses. Where Keras lays a weight out another
way than torch does (a Dense kernel is (in, out) in Keras, (out, in) in torch), the weight is seen
through a `VariableView`: a torch view in Keras's layout, free to read, whose `assign` writes
through to the parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core import undrawn
from kerlite.core.assignable import Assignable, plain
from kerlite.core.first_values import first_values
from kerlite.core.layout import Layout as Layout
from kerlite.core.layout import permuted as permuted
from kerlite.core.variable_view import VariableView as VariableView
from kerlite.core.variable_view import storage_of as storage_of

__all__ = ["Layout", "Variable", "VariableView", "permuted", "rebuild", "storage_of"]


class Variable(Assignable, nn.Parameter):  # type: ignore[misc]
    """A weight: an `nn.Parameter` that also answers to Keras's names.

    Args:
        initializer: the first values, or a function of (shape, dtype) that makes them.
        shape: with a function, the shape to make.
        dtype: number type; by default that of an array, and Keras's for Python's numbers.
        trainable: whether gradients are wanted; integers and booleans never are.
        autocast: kept for Keras's sake; torch.autocast decides where precision is mixed.
        aggregation, synchronization: how replicas are merged; only "none" and "auto".
        name: Keras's name for it ("kernel").
        layout: how Keras sees it, if not as it is stored.
        regularizer: a function of the values whose result is added to the loss.
        constraint: a function from the values to permitted ones.

    Raises:
        ValueError: if a function comes without a shape, or an argument is unsupported.

    Example:
        >>> v = Variable([1.0, 2.0], name="scale")
        >>> v.assign_add([1.0, 1.0]).numpy().tolist(), v.name
        ([2.0, 3.0], 'scale')

    Source: keras.Variable.
    """

    __torch_function__ = plain  # type: ignore[assignment]

    regularizer: Callable[[Tensor], Tensor] | None
    constraint: Callable[[Tensor], Tensor] | None
    keras_layout: Layout | None
    _created_trainable: bool

    def __new__(
        cls,
        initializer: Any = None,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str = "auto",
        name: str | None = None,
        layout: Layout | None = None,
        regularizer: Any = None,
        constraint: Any = None,
    ) -> Variable:
        """Make the parameter; see the class."""
        if aggregation not in (None, "none") or synchronization != "auto":
            raise ValueError(
                f"aggregation={aggregation!r} and synchronization={synchronization!r} are not "
                "supported: torch.distributed keeps replicas in step. Leave them out."
            )
        make = partial(first_values, initializer, shape, dtype, layout)
        reserved = undrawn.reserve(initializer, shape, dtype, layout)
        data = make() if reserved is None else reserved[0]
        wants_grad = trainable and (data.is_floating_point() or data.is_complex())
        self = torch.Tensor._make_subclass(cls, data, wants_grad)
        self._name, self._path = name or "variable", name or "variable"
        self._created_trainable = wants_grad
        self.keras_layout, self.regularizer, self.constraint = layout, regularizer, constraint
        if reserved is not None:
            reserved[1].note(self, make)
        return self

    @property
    def trainable(self) -> bool:
        """Whether gradients are computed for it (torch's `requires_grad`)."""
        return self.requires_grad

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.requires_grad_(bool(value) and self._created_trainable)

    def keras_view(self) -> Variable | VariableView:
        """Return it in Keras's layout: a view, or itself where the layouts are the same."""
        if self.keras_layout is None:
            return self
        return VariableView.of(self, self.keras_layout, self._name, self._path)

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        if id(self) not in memo:
            data = self.data.clone(memory_format=torch.preserve_format)
            memo[id(self)] = rebuild(type(self), data, self.requires_grad, self.__dict__)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return rebuild, (type(self), self.data, self.requires_grad, dict(self.__dict__))


def rebuild(cls: type, data: Tensor, requires_grad: bool, state: dict[str, Any]) -> Any:
    """Return a variable of a class with the given data and attributes."""
    variable: Any = torch.Tensor._make_subclass(cls, data, requires_grad)
    variable.__dict__.update(state)
    return variable
