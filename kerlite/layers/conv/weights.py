"""The weights of convolutions: what was asked for each of them, and how they are made."""

from __future__ import annotations

from typing import Any

from kerlite import constraints, initializers, regularizers
from kerlite.core.variable import Layout

__all__ = ["keep_arguments", "make_bias", "make_weight"]


def keep_arguments(
    layer: Any, kind: str, initializer: Any, regularizer: Any, constraint: Any
) -> None:
    """Keep what was asked for a weight, as `kernel_initializer` and so on for the kind "kernel"."""
    setattr(layer, f"{kind}_initializer", initializers.get(initializer))
    setattr(layer, f"{kind}_regularizer", regularizers.get(regularizer))
    setattr(layer, f"{kind}_constraint", constraints.get(constraint))


def make_weight(
    layer: Any, kind: str, name: str, shape: tuple[int, ...], layout: Layout | None = None
) -> Any:
    """Return a new weight as it was asked for.

    Args:
        layer: whose weight it is.
        kind: what `keep_arguments` kept its arguments under.
        name: Keras's name for it.
        shape: its shape, as Keras sees it.
        layout: how torch stores it, if in another way.
    """
    return layer.add_weight(
        name=name, shape=shape, layout=layout,
        initializer=getattr(layer, f"{kind}_initializer"),
        regularizer=getattr(layer, f"{kind}_regularizer"),
        constraint=getattr(layer, f"{kind}_constraint"),
    )  # fmt: skip


def make_bias(layer: Any, size: int) -> Any:
    """Return a new bias, or None if none is used."""
    return make_weight(layer, "bias", "bias", (size,)) if layer.use_bias else None
