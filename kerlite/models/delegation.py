"""A model's methods and attributes that are its trainer's."""

from __future__ import annotations

import functools
from typing import Any

from kerlite.training.trainer import Trainer

__all__ = ["delegated", "shared"]


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
