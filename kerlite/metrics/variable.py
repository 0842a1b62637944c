"""The state of a metric: a buffer with what Keras code does to a variable."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.assignable import Assignable

__all__ = ["MetricVariable"]


class MetricVariable(Assignable, Tensor):  # type: ignore[misc]
    """A tensor that a metric accumulates in, with Keras's `assign`, `assign_add`, `numpy`, `name`.

    It is a buffer of the metric, and stays the same object on every device: whoever holds it, holds
    the state.

    Args:
        data: the first values.
        name: Keras's name for it ("total").
        aggregation: how the states of several metrics become one: "sum", "mean",
            "only_first_replica" or "none".

    Example:
        >>> total = MetricVariable(torch.zeros(()), "total", "sum")
        >>> total.assign_add(2.0).numpy().item()
        2.0
    """

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    aggregation: str

    def __new__(cls, data: Tensor, name: str, aggregation: str) -> MetricVariable:
        """Make the variable; see the class."""
        self = torch.Tensor._make_subclass(cls, data.detach().clone(), False)
        self._name, self._path, self.aggregation = name, name, aggregation
        return self

    def move(self, values: Any) -> None:
        """Take the values and the device of a tensor, and stay the same object of the same type."""
        values = values.detach().to(self.dtype)
        if torch._has_compatible_shallow_copy_type(self, values):
            self.data = values
        else:
            torch.utils.swap_tensors(self, MetricVariable(values, self._name, self.aggregation))

    def __deepcopy__(self, memo: dict[int, Any]) -> MetricVariable:
        if id(self) not in memo:
            memo[id(self)] = MetricVariable(self, self._name, self.aggregation)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        plain = self.detach().as_subclass(Tensor)
        return MetricVariable, (plain, self._name, self.aggregation)

    def __repr__(self) -> str:  # type: ignore[override]
        return f"<MetricVariable name={self._name}, value={self.numpy()}>"
