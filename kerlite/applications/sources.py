"""The inputs from which a symbolic tensor was computed."""

from __future__ import annotations

from typing import Any

from kerlite.core.graph import is_input
from kerlite.core.tensor import KerasTensor

__all__ = ["sources"]


def sources(tensor: KerasTensor) -> Any:
    """Return the inputs from which a tensor was computed: alone, or the list of several.

    Args:
        tensor: a symbolic tensor.

    Example:
        >>> from kerlite import Input
        >>> a, b = Input((2,), name="a"), Input((2,), name="b")
        >>> [one.name for one in sources(a + b)], sources(2 * a).name
        (['a', 'b'], 'a')
    """
    found: dict[int, KerasTensor] = {}
    open_ends, seen = [tensor], set()
    while open_ends:
        end = open_ends.pop()
        if end.producer is None or is_input(end):
            found.setdefault(id(end), end)
        elif end.producer.index not in seen:
            seen.add(end.producer.index)
            open_ends += reversed(end.producer.inputs)
    return next(iter(found.values())) if len(found) == 1 else list(found.values())
