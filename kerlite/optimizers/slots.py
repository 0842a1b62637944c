"""What an optimizer keeps for each variable: its slots, their names and order, their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite import initializers
from kerlite.core.user_warning import warn
from kerlite.core.variable import Variable, VariableView, storage_of
from kerlite.optimizers.driven import Bucket, buckets_of, copy_state
from kerlite.optimizers.references import Reference

__all__ = ["SlotKeeper"]


class SlotKeeper:
    """Keeps tensors beside the variables, in the state of the torch optimizer.

    A subclass names its slots in `build`, with `add_optimizer_variables`, in Keras's order;
    `torch_names` says under which name torch keeps them, where that is another one. A slot that
    exists already is kept, so that an optimizer can be built again.
    """

    torch_names: dict[str, str] = {}  # noqa: RUF012 - a subclass sets a dictionary of its own
    name: str

    def __init__(self) -> None:
        self.built = False
        self._keeper: Any = None  # the torch optimizer whose state holds the slots
        self._iterations = 0
        self._schedule: Callable[..., Any] | None = None
        self._references: list[Reference] = []  # in Keras's layout
        self._given: list[Reference] = []  # in the layout they were given in
        self._constrained: list[Reference] = []
        self._params: list[Tensor] = []
        self._own: dict[str, Variable] = {}
        self._tracked: list[Variable | tuple[Reference, str]] = []
        self._buckets: list[Bucket] | None = None  # both made when wanted, not copied or pickled
        self._positions: dict[int, int] | None = None

    @property
    def torch_optimizer(self) -> Any:
        """The torch optimizer that steps, with torch's groups and state; None before `build`."""
        return self._keeper

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str | None = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Add a variable of the optimizer's own; one that has this name already is kept."""
        key = name or f"variable_{len(self._own)}"
        if key not in self._own:
            make = initializers.get(initializer)
            self._own[key] = Variable(
                make, shape, dtype, False, aggregation=aggregation, layout=layout, name=key
            )
        self._tracked.append(self._own[key])
        return self._own[key]

    def add_variable_from_reference(
        self, reference_variable: Any, name: str | None = None, initializer: Any = "zeros"
    ) -> Any:
        """Add a slot of the shape and type of a variable the optimizer was built on."""
        return self._add_slot(Reference.to(reference_variable), name or "var", initializer)

    def add_optimizer_variables(
        self, trainable_variables: Iterable[Any], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Add a slot for each variable; for a list of names, a slot of each name.

        Args:
            trainable_variables: the variables the optimizer is built on.
            name: the slot's name, or a list of names (then a tuple of lists is returned).
            initializer: the first values, or a list of them, one for each name.

        Raises:
            ValueError: if there are more or fewer initializers than names.
        """
        names = [name] if isinstance(name, str) else list(name)
        several = isinstance(initializer, (list, tuple))
        starts = list(initializer) if several else [initializer] * len(names)
        if len(starts) != len(names):
            raise ValueError(
                "The number of provided names must match the number of provided initializers. "
                f"Received name={name!r}, initializer={initializer!r}."
            )
        columns: tuple[list[Any], ...] = tuple([] for _ in names)
        for position, variable in enumerate(trainable_variables):
            reference = Reference.to(variable, position)
            for column, one, start in zip(columns, names, starts, strict=True):
                column.append(self._add_slot(reference, one, start))
        return columns[0] if isinstance(name, str) else columns

    def add_step_counts(self) -> None:
        """Let torch's kernels count the updates of each variable."""
        for param in self._params:
            state = self._keeper.state[param]
            if "step" not in state:
                state["step"] = torch.full((), float(self._updates()), device=param.device)

    @property
    def variables(self) -> list[Any]:
        """The optimizer's state in Keras's order: iteration, learning rate, then the slots."""
        kept = [v if isinstance(v, Variable) else self._slot(*v) for v in self._tracked]
        return [*self._host_variables(), *kept]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the values of `variables`, in their order.

        Raises:
            ValueError: if the optimizer is not built, or the number of values or a shape differs.
        """
        variables = self.variables
        if not self.built or len(weights) != len(variables):
            state = f"has {len(variables)} variables" if self.built else "is not built"
            raise ValueError(
                f"`set_weights()` received {len(weights)} values; the optimizer {self.name!r} "
                f"{state}. Call `optimizer.build(trainable_variables)` with the same variables."
            )
        for variable, weight in zip(variables, weights, strict=True):
            if tuple(np.shape(weight)) != tuple(variable.shape):
                raise ValueError(
                    f"Optimizer variable {variable.path!r} has shape {tuple(variable.shape)}, not "
                    f"compatible with the provided weight's shape {tuple(np.shape(weight))}."
                )
        for variable, weight in zip(variables, weights, strict=True):
            variable.assign(weight)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Write `variables` into a store, numbered in their order, as Keras files have them."""
        for position, variable in enumerate(self.variables):
            store[str(position)] = variable.numpy()

    def load_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Read `variables` from a store; a store of another number of them is skipped, loudly.

        A store made before the first step holds no slots, which stay as they are.
        """
        host = self._host_variables()
        if len(store) == len(host):
            for position, variable in enumerate(host):
                variable.assign(np.asarray(store[str(position)]).item())
            return
        if len(store) != len(self.variables):
            warn(
                f"Skipping variable loading for optimizer {self.name!r}, because it has "
                f"{len(self.variables)} variables whereas the saved optimizer has {len(store)} "
                "variables. Build the optimizer on the same variables first."
            )
            return
        self.set_weights([np.asarray(store[str(i)]) for i in range(len(store))])

    def state_dict(self) -> dict[str, Any]:
        """Return the state in torch's format, with "iterations" beside it.

        Raises:
            ValueError: if the optimizer is not built.
        """
        self._check_built()
        own = {"variables": {key: v.detach() for key, v in self._own.items()}} if self._own else {}
        return {**self._keeper.state_dict(), "iterations": self._iterations, **own}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Copy a state that `state_dict` returned into this one, in place.

        Learning rates are restored; other arguments are not, they belong to the constructor.

        Raises:
            ValueError: if the optimizer is not built, or the state does not fit it.
        """
        self._check_built()
        copy_state(self._keeper, state_dict)
        for key, value in state_dict.get("variables", {}).items():
            self._own[key].assign(value)
        counts = [int(state.get("step", 0)) for state in state_dict["state"].values()]
        self._set_iterations(state_dict.get("iterations", max(counts, default=0)))

    def assign(self, variable: Any, value: Any) -> None:
        """Set a variable or slot (for `update_step`)."""
        variable.assign(value)

    def assign_add(self, variable: Any, value: Any) -> None:
        """Add to a variable or slot (for `update_step`)."""
        variable.assign_add(value)

    def assign_sub(self, variable: Any, value: Any) -> None:
        """Subtract from a variable or slot (for `update_step`)."""
        variable.assign_sub(value)

    def _updates(self) -> int:
        """Return how many updates were made."""
        raise NotImplementedError

    def _host_variables(self) -> list[Any]:
        """Return the step count and, unless a schedule sets it, the learning rate."""
        raise NotImplementedError

    def _set_iterations(self, steps: Any) -> None:
        """Set the step count, on the host and in the torch optimizer's state."""
        raise NotImplementedError

    def _get_variable_index(self, variable: Any) -> int:
        """Return the position of a variable in the list the optimizer was built on."""
        if self._positions is None:
            self._positions = {id(one.param): i for i, one in enumerate(self._references)}
        return self._positions[id(storage_of(variable))]

    def _check_built(self) -> None:
        if not self.built:
            raise ValueError(
                f"The optimizer {self.name!r} is not built. Call "
                "`optimizer.build(model.trainable_variables)` first."
            )

    def _add_slot(self, reference: Reference, name: str, initializer: Any = "zeros") -> Any:
        state = self._keeper.state[reference.param]
        key = self.torch_names.get(name, name)
        fresh = key not in state
        if fresh:
            state[key] = torch.zeros_like(reference.param.detach())
        self._tracked.append((reference, name))
        slot = self._slot(reference, name)
        if fresh and initializer != "zeros":
            slot.assign(initializers.get(initializer)(tuple(slot.shape), dtype=slot.dtype))
        return slot

    def _slot(self, reference: Reference, name: str) -> Any:
        """Return a slot in Keras's layout; what is assigned to it is written through."""
        stored = self._keeper.state[reference.param][self.torch_names.get(name, name)]
        label = f"{reference.path.replace('/', '_')}_{name}"
        return VariableView.of(stored, reference.layout, label, f"{self.name}/{label}")

    def _ready_buckets(self) -> list[Bucket]:
        if self._buckets is None:
            self._buckets = buckets_of(self._keeper)
        return self._buckets
