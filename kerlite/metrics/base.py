"""Metric: a value accumulated over batches, in tensors on the device."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from kerlite import initializers
from kerlite.core import budget, dtypes, policy
from kerlite.core.convert import as_tensor
from kerlite.core.errors import unknown_name
from kerlite.core.names import auto_name, to_snake_case
from kerlite.core.serialize import Configurable
from kerlite.losses.base import accepted_by
from kerlite.metrics.variable import MetricVariable

__all__ = ["Metric", "guards_itself"]

F = TypeVar("F", bound=Callable[..., Any])

_USUAL = ("self", "y_true", "y_pred", "sample_weight")
_AGGREGATIONS = ("sum", "mean", "only_first_replica", "none")


class Metric(Configurable, nn.Module):
    """A value accumulated over batches.

    A subclass makes its state in `__init__` with `add_variable`, changes it in `update_state`, and
    computes the value from it in `result`. No gradients are recorded in `update_state`, and nothing
    there or in `result` waits for the device. The state is made of buffers, which follow the data
    to its device.

    Args:
        dtype: number type of the result, floatx by default; the state is float32 at least.
        name: its name in logs; by default the class name in snake case.

    Example:
        >>> class Largest(Metric):
        ...     def __init__(self, name="largest", **kwargs):
        ...         super().__init__(name=name, **kwargs)
        ...         self.seen = self.add_variable((), "zeros", name="seen")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.seen.assign(torch.maximum(self.seen, y_pred.max()))
        ...     def result(self):
        ...         return self.seen
        >>> Largest()(torch.zeros(2), torch.tensor([3.0, 1.0])).numpy().item()
        3.0

    Source: keras.metrics.Metric; `merge_state` is kerlite's own addition.
    """

    _direction: str | None = None  # "up" or "down": where better is, for callbacks that monitor it

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Have every `update_state` run without gradients, on the device of its arguments."""
        super().__init_subclass__(**kwargs)
        own = vars(cls).get("update_state")
        if own is not None and not hasattr(own, "guards_itself"):
            cls.update_state = _guarded(own)  # type: ignore[method-assign]

    def __init__(self, dtype: Any = None, name: str | None = None):
        nn.Module.__init__(self)
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self._dtype = dtypes.standardize_dtype(
            policy.get_policy(dtype).compute_dtype if dtype is not None else None
        )
        self._variables: list[MetricVariable] = []

    @property
    def dtype(self) -> str:
        """The number type of the result."""
        return self._dtype

    @property
    def variables(self) -> list[MetricVariable]:
        """The state: its own variables, then those of the metrics it holds."""
        inner = [metric.variables for metric in _held_metrics(self)]
        return [*self._variables, *(variable for own in inner for variable in own)]

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any,
        dtype: Any = None,
        aggregation: str | None = "sum",
        name: str | None = None,
    ) -> MetricVariable:
        """Make a part of the state, and return it.

        Args:
            shape: its shape.
            initializer: its first values; `reset_state` goes back to zero unless overridden.
            dtype: its number type, that of the metric by default; half precision becomes float32.
            aggregation: how `merge_state` merges it: "sum", "mean", or with "only_first_replica",
                "none" and None not at all.
            name: its name.

        Raises:
            ValueError: for an unknown aggregation.
            RuntimeError: before `super().__init__()`.
        """
        if "_variables" not in self.__dict__:
            raise RuntimeError(
                f"{type(self).__name__}.__init__ adds a variable before it calls "
                "super().__init__(). Call that first."
            )
        aggregation = "none" if aggregation is None else aggregation
        if aggregation not in _AGGREGATIONS:
            raise unknown_name("aggregation", str(aggregation), _AGGREGATIONS)
        kind = dtypes.to_torch_dtype(dtype or self.dtype)
        if kind.is_floating_point:
            kind = torch.promote_types(kind, torch.float32)
        budget.spend(shape, kind)
        with torch.inference_mode(False):
            first = initializers.get("zeros" if initializer is None else initializer)(
                tuple(shape), dtype=dtypes.standardize_dtype(kind)
            )
            variable = MetricVariable(as_tensor(first).to(kind), name or "variable", aggregation)
        self.register_buffer(self._free_name(name or "variable"), variable)
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
    ) -> MetricVariable:
        """Make a part of the state, a single zero by default; see `add_variable`."""
        return self.add_variable(shape, initializer, dtype=dtype, name=name)

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Take a batch into account: (y_true, y_pred, sample_weight=None) for most metrics."""
        raise NotImplementedError(f"The metric {type(self).__name__} defines no update_state().")

    def result(self) -> Any:
        """Return the value so far: a 0-d tensor, or a dict of them."""
        raise NotImplementedError(f"The metric {type(self).__name__} defines no result().")

    def reset_state(self) -> None:
        """Set the state to zero, in place."""
        for variable in self.variables:
            variable.zero_()

    def merge_state(self, metrics: Sequence[Metric]) -> None:
        """Take the state of other metrics of this kind in, as if this one had seen their data.

        Raises:
            ValueError: if a metric has another kind of state.
        """
        for metric in metrics:
            self._check_mergeable(metric)
        for own, *others in zip(self.variables, *(m.variables for m in metrics), strict=True):
            if own.aggregation in ("only_first_replica", "none"):
                continue
            for other in others:
                own.add_(other.to(own.device))
            if own.aggregation == "mean":
                own.div_(len(metrics) + 1)

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the state that `update_state` makes of the given one; this metric's stays."""
        twin = self._with_state(metric_variables)
        twin.update_state(*args, **kwargs)
        return list(twin.variables)

    def stateless_result(self, metric_variables: Any) -> Any:
        """Return the result for a given state."""
        return self._with_state(metric_variables).result()

    def stateless_reset_state(self) -> list[Any]:
        """Return the state after a reset; this metric's stays as it is."""
        twin = copy.deepcopy(self)
        twin.reset_state()
        return list(twin.variables)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take a batch into account, and return the value so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this metric again."""
        base = {"name": self.name, "dtype": self.dtype}
        return {**accepted_by(type(self), base), **super().get_config()}

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, MetricVariable):
            # Already a buffer, maybe under another name; this way it is found at once.
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Metric:
        """Move the state in place: a variable stays the object it is, and keeps its type."""
        own = {name: b for name, b in self._buffers.items() if isinstance(b, MetricVariable)}
        with torch.inference_mode(False):
            super()._apply(fn, recurse)
            for name, variable in own.items():
                variable.move(self._buffers[name])
                self._buffers[name] = variable
        return self

    def _free_name(self, name: str) -> str:
        base, number = name.replace(".", "_"), 0
        name = base
        while hasattr(self, name):
            number += 1
            name = f"{base}_{number}"
        return name

    def _check_mergeable(self, other: Metric) -> None:
        shapes = [tuple(v.shape) for v in self.variables]
        if type(other) is not type(self) or [tuple(v.shape) for v in other.variables] != shapes:
            raise ValueError(
                f"{self!r} cannot take in the state of {other!r}: the metrics must be of one class "
                "and made with the same arguments."
            )

    def _with_state(self, metric_variables: Any) -> Metric:
        twin = copy.deepcopy(self)
        if len(metric_variables) != len(twin.variables):
            raise ValueError(
                f"{self!r} has {len(twin.variables)} variables; received {len(metric_variables)}."
            )
        for variable, value in zip(twin.variables, metric_variables, strict=True):
            variable.assign(value)
        return twin


def guards_itself(update_state: F) -> F:
    """Mark an `update_state` that records no gradients and leaves data elsewhere to its base."""
    update_state.guards_itself = True  # type: ignore[attr-defined]
    return update_state


def _held_metrics(metric: Metric) -> list[Metric]:
    """Return the metrics that are attributes of one, or stand in lists that are."""
    held = [child for child in metric._modules.values() if isinstance(child, Metric)]
    for value in vars(metric).values():
        if isinstance(value, (list, tuple)):
            held.extend(item for item in value if isinstance(item, Metric))
    return held


def _guarded(update_state: Callable[..., Any]) -> Callable[..., Any]:
    """Return an `update_state` that records no gradients and moves the state to the data."""
    if tuple(inspect.signature(update_state).parameters) == _USUAL:
        return _guarded_usual(update_state)

    @functools.wraps(update_state)
    def update(self: Metric, *args: Any, **kwargs: Any) -> Any:
        own = self._variables
        if own and (args or kwargs):
            given = args[0] if args else next(iter(kwargs.values()))
            if isinstance(given, Tensor) and given.device != own[0].device:
                self.to(given.device)
        if not torch.is_grad_enabled():
            return update_state(self, *args, **kwargs)
        torch._C._set_grad_enabled(False)  # what no_grad() does, at a tenth of its cost
        try:
            return update_state(self, *args, **kwargs)
        finally:
            torch._C._set_grad_enabled(True)

    return update


def _guarded_usual(update_state: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same for the signature that nearly all have, with less to do at each call."""

    @functools.wraps(update_state)
    def update(self: Metric, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        own = self._variables
        if own and isinstance(y_pred, Tensor) and y_pred.device != own[0].device:
            self.to(y_pred.device)
        if not torch.is_grad_enabled():
            return update_state(self, y_true, y_pred, sample_weight)
        torch._C._set_grad_enabled(False)
        try:
            return update_state(self, y_true, y_pred, sample_weight)
        finally:
            torch._C._set_grad_enabled(True)

    return update
