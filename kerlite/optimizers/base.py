"""The base of the optimizers: Keras's arguments around a torch optimizer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from kerlite.core.names import auto_name, to_snake_case
from kerlite.core.registry import CustomObjectScope
from kerlite.core.serialize import Configurable, serialize_keras_object
from kerlite.core.variable import storage_of
from kerlite.optimizers import arguments
from kerlite.optimizers.driven import Driven, inherit, is_fusable, move_state, write_rate
from kerlite.optimizers.groups import check_groups, groups_config, sort_into_groups
from kerlite.optimizers.references import Reference
from kerlite.optimizers.scalars import HostFloat, HostInt
from kerlite.optimizers.stepper import Stepper

__all__ = ["Optimizer"]


class Optimizer(Stepper, Configurable):
    """Update variables from their gradients: the base of all optimizers.

    One step: gradients are divided by `loss_scale_factor`, averaged over
    `gradient_accumulation_steps` and clipped; variables decay (p -= p * weight_decay * rate) and
    are updated; their average moves; their constraints are applied.

    An algorithm of yours overrides `update_step(gradient, variable, learning_rate)`, as in Keras,
    and makes its slots in `build`. kerlite's own override `_update`, which takes lists.

    Args:
        learning_rate: a number that is not negative, a schedule, or a function of no argument.
        weight_decay: decoupled decay of the variables, as a fraction of the rate.
        clipnorm: highest norm of each gradient.
        clipvalue: highest magnitude of the elements of each gradient.
        global_clipnorm: highest norm of all gradients together.
        use_ema: whether to keep an exponential moving average of the variables.
        ema_momentum: share of the old average in the new one, in [0, 1].
        ema_overwrite_frequency: steps after which the average replaces the variables; None: only
            `finalize_variable_values` does that, which `fit` calls at its end.
        loss_scale_factor: what `scale_loss` multiplies the loss by.
        gradient_accumulation_steps: steps whose gradients are averaged for one update, 2 or more.
        name: by default the class's, in snake case.
        **kwargs: `groups`, which is kerlite's own: hyperparameters for some of the variables, by
            name, as {"encoder/*": {"learning_rate": 1e-4}, "head": {"weight_decay": 0.1}}. A
            pattern matches paths of variables, or of layers that hold them; the first that does
            counts. A `learning_rate` keeps its ratio to the optimizer's when that is assigned;
            with a schedule, give a `learning_rate_multiplier`. What a group may set are numbers
            the algorithm uses (momentum, beta_1, weight_decay, ...). torch's parameter groups are
            in `torch_optimizer.param_groups`, and may be changed there too.

    Raises:
        ValueError: for a rate that is negative or no number, for two kinds of clipping at once,
            for an argument out of range or unknown.

    Example:
        >>> import torch
        >>> class Descent(Optimizer):
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         self.assign_sub(variable, gradient * learning_rate)
        >>> weight = torch.nn.Parameter(torch.ones(2))
        >>> Descent(learning_rate=0.5).apply([torch.ones(2)], [weight])
        >>> weight.tolist()
        [0.5, 0.5]

    Source: keras.optimizers.Optimizer.
    """

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__()
        self.groups: dict[str, dict[str, Any]] | None = kwargs.pop("groups", None)
        arguments.check_unknown(kwargs)
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        arguments.check_optimizer(self)
        self._first_rate, self._schedule = arguments.rate_or_schedule(learning_rate)
        self._ratio_base = self._first_rate  # what the rates of groups are in proportion to
        check_groups(self)
        self._excluded: tuple[set[int], re.Pattern[str] | None] = (set(), None)

    @property
    def learning_rate(self) -> Any:
        """The rate of the next step, a float; assignable at any time unless a schedule sets it."""
        if self._schedule is not None:
            return HostFloat(self._scheduled_rate())
        made = self.torch_optimizer
        rate = self._first_rate if made is None else made.param_groups[0]["lr"]
        return HostFloat.of(float(rate), f"{self.name}/learning_rate", self._set_rate)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self._set_rate(value)

    @property
    def iterations(self) -> Any:
        """How many updates were made, an int: steps, over `gradient_accumulation_steps` if set."""
        share = self.gradient_accumulation_steps or 1
        return HostInt.of(
            self._updates(),
            f"{self.name}/iteration",
            lambda count: self._set_iterations(int(count) * share),
        )

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Keep some variables from decaying.

        Args:
            var_list: the variables.
            var_names: regular expressions; a variable is excluded if one is found in its name.

        Raises:
            ValueError: if the optimizer is built.
        """
        if self.built:
            raise ValueError(
                "`exclude_from_weight_decay()` can only be configured before the optimizer is "
                "built: call it before the first step."
            )
        pattern = re.compile("|".join(var_names)) if var_names else None
        self._excluded = ({id(storage_of(variable)) for variable in var_list or ()}, pattern)

    def build(self, variables: Iterable[Any]) -> None:
        """Make the torch optimizer and the slots for these variables.

        Building again, for other variables or after `model.to(device)`, keeps the slots of the
        variables that remain. An override calls this first, then makes its slots.

        Raises:
            ValueError: if something in the list is no variable.
        """
        variables = list(variables)
        self._references = [Reference.to(one, i) for i, one in enumerate(variables)]
        self._given = [Reference.given(one, i) for i, one in enumerate(variables)]
        self._constrained = [one for one in self._references if one.constraint is not None]
        self._connect(self._references)
        self._buckets, self._positions = None, None
        self._tracked = list(self._own.values())
        if self.use_ema:
            self.add_optimizer_variables(variables, "average")
        if self.gradient_accumulation_steps:
            self.add_optimizer_variables(variables, "gradient_accumulator")
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        names = ["name", "learning_rate", *arguments.Common.__annotations__]
        common = {name: self._config_value(name) for name in names}
        common.pop("groups")
        if self.groups:
            common["groups"] = groups_config(self, float(self.learning_rate))
        return {**serialize_keras_object(common), **super().get_config()}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """Make an optimizer from what `get_config` returned."""
        with CustomObjectScope(custom_objects):
            return super().from_config(config)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the next step makes again."""
        return {**self.__dict__, "_buckets": None, "_positions": None}

    def _make_torch_optimizer(self, groups: list[dict[str, Any]], rate: float) -> Any:
        """Return the torch optimizer that is to hold the groups and the slots."""
        return Driven(groups, {"lr": rate})

    def _connect(self, references: list[Reference]) -> None:
        """Make the torch optimizer, if it is to hold other parameters than it does."""
        params = list({id(one.param): one.param for one in references}.values())
        if not self.built or list(map(id, params)) != list(map(id, self._params)):
            rate, old = float(self.learning_rate), self._keeper
            self._keeper = self._make_torch_optimizer(self._groups(references, rate), rate)
            self._keeper.driver = self
            for group in self._keeper.param_groups:
                if "fused" in group:  # for torch's own optimizers, should they load this state
                    group["fused"] = all(map(is_fusable, group["params"])) or None
            if old is not None:
                inherit(self._keeper, old)
        self._params = params
        move_state(self._keeper)

    def _groups(self, references: list[Reference], rate: float) -> list[dict[str, Any]]:
        """Sort the parameters into torch's groups: by name, then whether they decay."""
        excluded, pattern = self._excluded
        kept = {
            id(one.param)
            for one in references
            if id(one.param) in excluded or (pattern and pattern.search(one.name))
        }
        return sort_into_groups(self, references, kept, rate)

    def _host_variables(self) -> list[Any]:
        count = HostInt.of(self._iterations, f"{self.name}/iteration", self._set_iterations)
        return [count] if self._schedule is not None else [count, self.learning_rate]

    def _set_iterations(self, steps: Any) -> None:
        self._iterations = int(steps)
        for bucket in self._ready_buckets() if self.built else ():
            if bucket.clock is not None:
                bucket.clock.fill_(self._updates())

    def _set_rate(self, value: Any) -> None:
        rate, schedule = arguments.rate_or_schedule(value)
        if schedule is None and self._schedule is not None:
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its "
                "`learning_rate` constructor argument, hence its learning rate is not settable. If "
                "you need the learning rate to be settable, you should instantiate the optimizer "
                "with a float `learning_rate` argument."
            )
        self._first_rate, self._schedule = rate, schedule
        if schedule is None and self.torch_optimizer is not None:
            write_rate(self.torch_optimizer, rate)

    def _config_value(self, name: str) -> Any:
        if name == "learning_rate":
            return self._schedule or float(self.learning_rate)
        return super()._config_value(name)
