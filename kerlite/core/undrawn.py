"""Weights whose first values are not drawn at random, since a file has others for them."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from kerlite.core import budget, config
from kerlite.core.dtypes import to_torch_dtype

__all__ = ["Undrawn", "reserve", "undrawn_weights"]


class Undrawn:
    """The weights that have no values yet, and how each would get them."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[Tensor, Callable[[], Tensor]]] = {}

    def note(self, weight: Tensor, draw: Callable[[], Tensor]) -> None:
        """Note a weight without values."""
        self._waiting[id(weight)] = weight, draw

    def draw_all_but(self, stored: Iterable[Tensor]) -> None:
        """Draw the values of the weights for which there are no others."""
        for weight in stored:
            self._waiting.pop(id(weight), None)
        with torch.no_grad():
            for weight, draw in self._waiting.values():
                weight.copy_(draw())
        self._waiting.clear()


_scope: contextvars.ContextVar[Undrawn | None] = contextvars.ContextVar(
    "kerlite_undrawn", default=None
)


@contextlib.contextmanager
def undrawn_weights() -> Iterator[Undrawn]:
    """Within the `with` block, leave new weights without values where they would be random.

    Whoever opens it gives them values afterwards, with `draw_all_but`.

    Example:
        >>> from kerlite import Variable
        >>> from kerlite.initializers import RandomUniform
        >>> with undrawn_weights() as undrawn:
        ...     weight = Variable(RandomUniform(1.0, 2.0), (3,))
        >>> undrawn.draw_all_but([])
        >>> bool((weight >= 1).all())
        True
    """
    undrawn = Undrawn()
    token = _scope.set(undrawn)
    try:
        yield undrawn
    finally:
        _scope.reset(token)


def reserve(initializer: Any, shape: Any, dtype: Any, layout: Any) -> tuple[Tensor, Undrawn] | None:
    """Return memory for a weight, and where to note it; None if its values are made at once.

    Args:
        initializer: what makes the values. They can wait where its `free_draws` is true: it draws
            from torch's own generator.
        shape: the weight's shape.
        dtype: its number type.
        layout: how it is stored, if not in that shape.
    """
    undrawn = _scope.get()
    if undrawn is None or shape is None or not getattr(initializer, "free_draws", False):
        return None
    budget.spend(shape, to_torch_dtype(dtype))
    stored = torch.empty(tuple(shape), dtype=to_torch_dtype(dtype), device="meta")
    if layout is not None:
        stored = layout.to_storage(stored)
    return torch.empty_like(stored, device=config.device()), undrawn
