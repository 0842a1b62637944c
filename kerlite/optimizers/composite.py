"""The base of optimizers that are made of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch

from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.references import Reference
from kerlite.optimizers.scalars import HostFloat, HostInt

__all__ = ["Composite"]


class Composite(Optimizer):
    """An optimizer that lets others do the updates: its members."""

    def _members(self) -> list[Optimizer]:
        """Return the optimizers it is made of."""
        raise NotImplementedError

    def build(self, variables: Iterable[Any]) -> None:
        """Note the variables; an override builds the members, and may add variables of its own."""
        variables = list(variables)
        self._references = [Reference.to(one, i) for i, one in enumerate(variables)]
        self._given = [Reference.given(one, i) for i, one in enumerate(variables)]
        self._params = list({id(one.param): one.param for one in self._references}.values())
        self._positions = None
        self._tracked = []
        self.built = True

    def step(self) -> None:
        """Let the members update their variables from the gradients.

        Raises:
            ValueError: if the optimizer is not built, or no variable has a gradient.
        """
        self._check_built()
        with torch.no_grad():
            self._run()

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> int:
        """Update from (gradient, variable) pairs, and return the number of steps so far."""
        super().apply_gradients(grads_and_vars)
        return int(self.iterations)

    def epoch_end(self, logs: Any = None) -> None:
        """Do what is due after an epoch."""
        for member in self._members():
            member.epoch_end(logs)

    def finalize_variable_values(self, var_list: Iterable[Any] | None = None) -> None:
        """Replace the variables by their averages, where a member keeps such."""
        for member in self._members():
            member.finalize_variable_values()

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Keep some variables from decaying; see `Optimizer`."""
        for member in self._members():
            member.exclude_from_weight_decay(var_list, var_names)

    @property
    def variables(self) -> list[Any]:
        """The state: its own variables, then those of its members."""
        inner = [one for member in self._members() for one in member.variables]
        return [*self._host_variables(), *self._own.values(), *inner]

    def state_dict(self) -> dict[str, Any]:
        """Return the state: its own, and under "members" those of its members."""
        self._check_built()
        members = [one.state_dict() if one.built else {} for one in self._members()]
        own = {key: variable.detach() for key, variable in self._own.items()}
        return {"iterations": self._iterations, "variables": own, "members": members}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Copy a state that `state_dict` returned into this one, in place."""
        self._check_built()
        for member, state in zip(self._members(), state_dict["members"], strict=True):
            if state:
                member.load_state_dict(state)
        for key, value in state_dict["variables"].items():
            self._own[key].assign(value)
        self._iterations = int(state_dict["iterations"])

    def _changes_gradients(self) -> bool:
        return any(member._changes_gradients() for member in self._members())

    def _set_iterations(self, steps: Any) -> None:
        self._iterations = int(steps)

    def _host_variables(self) -> list[Any]:
        """Return the step count, and the rate that Keras's files have here and nobody uses."""
        count = HostInt.of(self._iterations, f"{self.name}/iteration", self._set_iterations)
        return [count, HostFloat.of(0.0, f"{self.name}/learning_rate", lambda _: None)]
