"""A model's methods and attributes that are its trainer's, or that give way to a user's."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from kerlite.training.trainer import Trainer

__all__ = ["GivingWay", "delegated", "shared"]


def delegated(name: str) -> Any:
    """Return a method that hands the call to the model's trainer."""
    method = getattr(Trainer, name)

    @functools.wraps(method)
    def delegate(self: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self.trainer, *args, **kwargs)

    return delegate


def shared(name: str) -> Any:
    """Return a property that is an attribute of the model's trainer."""
    return property(
        lambda self: getattr(self.trainer, name),
        lambda self, value: setattr(self.trainer, name, value),
        doc=f"See `Trainer.{name}`.",
    )


class GivingWay:
    """A method that gives way to a module or weight of its name: `self.features = Sequential()`.

    torch keeps these apart from plain attributes, where a method of the class would hide them.

    Args:
        method: the method.
    """

    def __init__(self, method: Callable[..., Any]):
        self.method = method
        functools.update_wrapper(self, method)  # type: ignore[arg-type]

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, model: Any, owner: Any = None) -> Any:
        if model is None:
            return self.method
        for kind in ("_modules", "_parameters", "_buffers"):
            if self.name in model.__dict__.get(kind, ()):
                return model.__dict__[kind][self.name]
        return types.MethodType(self.method, model)
