"""Optimizers and learning-rate schedulers of torch's, as they are."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core.registry import get_registered_object
from kerlite.core.serialize import serialize_keras_object
from kerlite.core.variable import storage_of
from kerlite.optimizers.arguments import Shared
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import write_rate
from kerlite.optimizers.stepper import Work
from kerlite.optimizers.torch_scheduler import TorchScheduler

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["TorchOptimizer"]


class TorchOptimizer(Optimizer):
    """Train with an optimizer of torch's, or of any package that follows torch's interface.

    Training does what a loop by hand does: `zero_grad()`, `backward()`, `step()`, and with a
    scheduler `scheduler.step()`.

    Args:
        optimizer: a `torch.optim.Optimizer` over parameters of the model, used as it is; or what
            makes one from a list of parameters: a class, a `functools.partial`, a function.
        scheduler: a torch scheduler over that optimizer, or what makes one from an optimizer.
        interval: when the scheduler steps, "epoch" or "step"; None: after each step for
            `OneCycleLR` and `CyclicLR`, after each epoch for all others, as torch's documentation
            has it. `ReduceLROnPlateau` is given "val_loss", or "loss" where there is none.
        **kwargs: see `Optimizer`; not `weight_decay`, which is the torch optimizer's own.

    Raises:
        ValueError: if something is no torch optimizer or scheduler; at `build`, if the optimizer
            holds parameters that are not trained here.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> optimizer = TorchOptimizer(functools.partial(torch.optim.SGD, lr=0.5))
        >>> optimizer.apply([torch.ones(1)], [weight])
        >>> weight.item(), optimizer.learning_rate
        (0.5, 0.5)

    Source: kerlite's own; Keras has no counterpart.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer | Callable[..., torch.optim.Optimizer],
        scheduler: Any = None,
        interval: str | None = None,
        **kwargs: Unpack[Shared],
    ):
        made = isinstance(optimizer, torch.optim.Optimizer)
        if not made and not callable(optimizer):
            raise ValueError(
                "Expected a torch.optim optimizer, its class, or a function that makes it from a "
                f"list of parameters. Received: optimizer={optimizer!r}."
            )
        if "weight_decay" in kwargs:
            raise ValueError("Pass `weight_decay` to the torch optimizer, not to TorchOptimizer.")
        if kwargs.get("groups"):
            raise ValueError(
                "Give the torch optimizer itself its parameter groups, as torch has them."
            )
        super().__init__(0.0, **kwargs)
        self.optimizer: Any = optimizer
        self.scheduler = scheduler
        self.interval = interval
        self._made: Any = optimizer if made else None
        self._first_rate = math.nan  # until one is chosen, the torch optimizer's own holds
        self._scheduling = TorchScheduler(scheduler, interval)

    @property
    def torch_optimizer(self) -> Any:
        """The optimizer given or made; None until it is made."""
        return self._made

    def build(self, variables: Iterable[Any]) -> None:
        """Make the torch optimizer, or check that the one given trains some of these variables.

        Frozen parameters that it holds stay as they are: without a gradient torch passes them by.

        Raises:
            ValueError: if it holds parameters to be trained that are not among them.
        """
        variables = list(variables)
        params = list({id(storage_of(one)): storage_of(one) for one in variables}.values())
        self._make(params)
        groups = self._made.param_groups
        held = {id(param): param for group in groups for param in group["params"]}
        for param in held.values():
            if not param.requires_grad:
                param.grad = None
        wanted = {id(param) for param in params}
        strangers = [p for key, p in held.items() if key not in wanted and p.requires_grad]
        if strangers:
            raise ValueError(
                f"The torch optimizer holds {len(held)} parameters; {len(strangers)} of them are "
                f"not among the {len(params)} trainable ones of the model. Build the model before "
                "making the optimizer (call it on data, or give it an Input), or pass the class: "
                f"TorchOptimizer(torch.optim.{type(self._made).__name__})."
            )
        self._scheduling.attach(self._made)
        super().build([one for one in variables if id(storage_of(one)) in held])

    def epoch_end(self, logs: Any = None) -> None:
        """Step the scheduler, if it is to step once an epoch.

        Args:
            logs: what the epoch measured, by name.
        """
        self._scheduling.after_epoch(logs)

    def state_dict(self) -> dict[str, Any]:
        """Return the torch optimizer's state; "iterations", "kept" and "scheduler" beside it."""
        self._check_built()
        state = {**self._made.state_dict(), "iterations": self._iterations}
        state["kept"] = self._keeper.state_dict()
        if self._scheduling.scheduler is not None:
            state["scheduler"] = self._scheduling.scheduler.state_dict()
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore a state that `state_dict`, of this object or of the torch optimizer, returned."""
        self._check_built()
        if "kept" in state_dict:
            super().load_state_dict(state_dict["kept"])
        self._made.load_state_dict({key: state_dict[key] for key in ("state", "param_groups")})
        self._iterations = int(state_dict.get("iterations", self._iterations))
        if self._scheduling.scheduler is not None and "scheduler" in state_dict:
            self._scheduling.scheduler.load_state_dict(state_dict["scheduler"])

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Write the state into a store: Keras's part numbered, torch's as "0.exp_avg"."""
        super().save_own_variables(store)
        for position, state in self._made.state_dict()["state"].items():
            for name, value in state.items():
                if value is not None:
                    store[f"{position}.{name}"] = _to_array(name, value)

    def load_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Read the state from a store that `save_own_variables` wrote."""
        super().load_own_variables({key: store[key] for key in store if key.isdecimal()})
        state: dict[int, dict[str, Tensor]] = {}
        for key in store:
            position, _, name = key.partition(".")
            if name:
                state.setdefault(int(position), {})[name] = torch.tensor(np.asarray(store[key]))
        groups = self._made.state_dict()["param_groups"]
        self._made.load_state_dict({"state": state, "param_groups": groups})

    def get_config(self) -> dict[str, Any]:
        """Return the arguments as plain values: the torch optimizer's class name and options.

        Raises:
            TypeError: if it is not one of torch.optim's, has groups of different options or a
                scheduler: these have no plain form.
        """
        names = [name for name in Shared.__annotations__ if name != "groups"]
        common = {name: getattr(self, name) for name in names}
        if self.scheduler is not None:
            raise TypeError("A torch scheduler has no plain form to be saved in.")
        cls, options = _described(self._made or self.optimizer)
        return serialize_keras_object({**common, "optimizer": cls, "options": options})

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """Make an optimizer from what `get_config` returned.

        Raises:
            ValueError: if the torch optimizer is neither of torch.optim nor a custom object.
        """
        arguments = dict(config)
        name, options = arguments.pop("optimizer"), arguments.pop("options")
        made_by = get_registered_object(name, custom_objects, _torch_classes())
        if made_by is None:
            raise ValueError(f"torch.optim has no optimizer {name!r}; pass it in custom_objects.")
        return cls(functools.partial(made_by, **options), **arguments)

    def _make(self, params: list[Tensor]) -> None:
        """Make the torch optimizer, or give one made here earlier these parameters."""
        if self._made is None:
            self._made = self.optimizer(params)
            if not math.isnan(self._first_rate):
                write_rate(self._made, self._first_rate)
        elif self._made is not self.optimizer:
            groups, wanted = self._made.param_groups, {id(param) for param in params}
            for group in groups:
                group["params"] = [param for param in group["params"] if id(param) in wanted]
            held = {id(param) for group in groups for param in group["params"]}
            groups[0]["params"] += [param for param in params if id(param) not in held]

    def _descend(self, work: Work) -> None:
        if self._schedule is not None:
            write_rate(self._made, self._scheduled_rate())
        self._made.step()
        self._scheduling.after_step()


def _torch_classes() -> dict[str, type]:
    return {
        name: value
        for name, value in vars(torch.optim).items()
        if inspect.isclass(value) and issubclass(value, torch.optim.Optimizer)
    }


def _described(optimizer: Any) -> tuple[str, dict[str, Any]]:
    """Return the name and the options of a torch optimizer, its class, or a partial of that."""
    if isinstance(optimizer, torch.optim.Optimizer):
        cls: Any = type(optimizer)
        accepted = inspect.signature(cls).parameters
        groups = [
            {key: value for key, value in group.items() if key in accepted and key != "params"}
            for group in optimizer.param_groups
        ]
        options = groups[0] if all(group == groups[0] for group in groups) else None
    else:
        cls, options = getattr(optimizer, "func", optimizer), getattr(optimizer, "keywords", {})
    if options is None or cls not in _torch_classes().values():
        raise TypeError(
            f"{optimizer!r} has no plain form to be saved in: only the classes of torch.optim have "
            "one, with one set of options for all parameters."
        )
    return cls.__name__, dict(options)


def _to_array(name: str, value: Any) -> np.ndarray:
    if isinstance(value, Tensor):
        plain = value.detach().cpu()
        return (plain.float() if plain.dtype == torch.bfloat16 else plain).numpy().copy()
    if not isinstance(value, (int, float)):
        kind = type(value).__name__
        raise TypeError(f"The torch optimizer's state {name!r} is a {kind}, which is no number.")
    return np.asarray(value)
