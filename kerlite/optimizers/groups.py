"""Parameter groups by name: hyperparameters of their own for some of the variables."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from numbers import Real
from typing import TYPE_CHECKING, Any

from torch import Tensor

from kerlite.core.errors import unknown_name
from kerlite.core.init_arguments import init_parameters
from kerlite.core.serialize import Configurable
from kerlite.optimizers.references import Reference

if TYPE_CHECKING:
    from kerlite.optimizers.base import Optimizer

__all__ = ["check_groups", "groups_config", "hyperparameters", "sort_into_groups"]

_MULTIPLIER = "learning_rate_multiplier"
_COMMON = frozenset({
    "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum",
    "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps", "name",
})  # fmt: skip


def check_groups(optimizer: Optimizer) -> None:
    """Refuse groups that are of another form, or ask for what a group cannot have.

    Raises:
        TypeError: if the groups are no dictionary of dictionaries.
        ValueError: for a hyperparameter that is unknown, out of range, or that contradicts another.
    """
    groups = optimizer.groups or {}
    if not isinstance(groups, dict) or not all(isinstance(own, dict) for own in groups.values()):
        raise TypeError(
            "`groups` must map patterns of names to dictionaries of hyperparameters, such as "
            f"{{'encoder/*': {{'learning_rate': 1e-4}}}}. Received: groups={groups!r}."
        )
    known = {*init_parameters(type(optimizer), Configurable), _MULTIPLIER} - _COMMON
    for pattern, own in groups.items():
        for name, value in own.items():
            if name not in known:
                raise unknown_name(f"hyperparameter of the group {pattern!r}", name, known)
            if not isinstance(value, Real) or isinstance(value, bool) or not float(value) >= 0:
                raise ValueError(
                    f"`{name}` of the group {pattern!r} must be a number that is not negative. "
                    f"Received: {name}={value!r}."
                )
        _check_rate(optimizer, pattern, own)


def _check_rate(optimizer: Optimizer, pattern: str, own: dict[str, Any]) -> None:
    if "learning_rate" not in own:
        return
    if _MULTIPLIER in own:
        raise ValueError(
            f"The group {pattern!r} has both a `learning_rate` and a `{_MULTIPLIER}`: give one."
        )
    if optimizer._schedule is not None or not optimizer._first_rate:
        raise ValueError(
            f"The group {pattern!r} has a `learning_rate` of its own, while the optimizer's is "
            "zero or a schedule, to which it has no ratio. Give the group a "
            f"`{_MULTIPLIER}` instead."
        )


def groups_config(optimizer: Optimizer, rate: float) -> dict[str, dict[str, Any]]:
    """Return the groups for a config in which the optimizer's learning rate is `rate`."""
    config = {pattern: dict(own) for pattern, own in (optimizer.groups or {}).items()}
    for own in config.values():
        if "learning_rate" in own and rate != optimizer._ratio_base:
            own[_MULTIPLIER] = own.pop("learning_rate") / optimizer._ratio_base
    return config


def sort_into_groups(
    optimizer: Optimizer, references: list[Reference], kept: set[int], rate: float
) -> list[dict[str, Any]]:
    """Return torch's parameter groups: those that no pattern matches first.

    Args:
        optimizer: whose `groups` say what is to be matched; the first pattern that does counts.
        references: the variables.
        kept: ids of the parameters that do not decay; they make a group beside the others.
        rate: the learning rate of now.

    Raises:
        ValueError: if a pattern matches no variable, or a group switches on what is off.
    """
    groups: list[dict[str, Any]] = []
    for pattern, params in _members(optimizer, references).items():
        options = {} if pattern is None else _options(optimizer, pattern, rate)
        for decays in (True, False):
            some = [param for param in params if (id(param) not in kept) is decays]
            if some or not groups:
                without = {} if decays else {"weight_decay": 0.0}
                groups.append({"params": some, "decays": decays, **options, **without})
    return groups


@contextlib.contextmanager
def hyperparameters(optimizer: Any, own: dict[str, Any]) -> Iterator[None]:
    """Let an optimizer have other hyperparameters while it updates a group."""
    usual = {name: getattr(optimizer, name) for name in own}
    vars(optimizer).update(own)
    try:
        yield
    finally:
        vars(optimizer).update(usual)


def _members(optimizer: Optimizer, references: list[Reference]) -> dict[str | None, list[Tensor]]:
    """Return the parameters that each pattern gets, and under None those that none gets."""
    patterns = optimizer.groups or {}
    if not optimizer.built:
        for pattern in patterns:
            if not any(_matches(pattern, one.path) for one in references):
                raise unknown_name("parameter group", pattern, [one.path for one in references])
    members: dict[str | None, list[Tensor]] = {None: [], **{pattern: [] for pattern in patterns}}
    seen: set[int] = set()
    for one in references:
        if id(one.param) not in seen:
            seen.add(id(one.param))
            members[next((p for p in patterns if _matches(p, one.path)), None)].append(one.param)
    return members


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern names a variable, or a layer that holds it."""
    inside = f"/{path}/"  # wherever it is: the model's own name may come first
    return fnmatchcase(inside, f"*/{pattern}/*") or fnmatchcase(inside, f"*/{pattern}/")


def _options(optimizer: Optimizer, pattern: str, rate: float) -> dict[str, Any]:
    own = dict((optimizer.groups or {})[pattern])
    factor = own.pop(_MULTIPLIER, 1.0)
    if "learning_rate" in own:
        factor = own.pop("learning_rate") / optimizer._ratio_base
    for name, value in own.items():
        if value and name != "weight_decay" and not getattr(optimizer, name):
            raise ValueError(
                f"The group {pattern!r} sets {name}={value!r}, which is off for the optimizer "
                f"({name}={getattr(optimizer, name)!r}): what it needs is not kept then. Give the "
                "optimizer itself a value other than zero too."
            )
    decay = {"weight_decay": own["weight_decay"]} if "weight_decay" in own else {}
    return {"name": pattern, "lr": rate * factor, "factor": factor, "own": own, **decay}
