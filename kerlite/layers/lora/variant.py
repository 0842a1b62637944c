"""The class that a layer has while LoRA is enabled.

As torch's parametrizations do, enabling gives a layer a class of its own, derived from the one it
has: layers without LoRA have none of its code, and merging gives them back what they were.
"""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["low_rank_class", "remade"]


@functools.cache
def low_rank_class(cls: Any) -> Any:
    """Return the class that a layer of `cls` has while LoRA is enabled.

    The low-rank map comes right before the class that it was written for: what a subclass of that
    one does on top of it, it does still.
    """
    written_for = next(base for base in cls.__mro__ if "low_rank" in vars(base))
    inner = _named_as(written_for, (written_for.low_rank, written_for))
    return inner if cls is written_for else _named_as(cls, (cls, inner))


def remade(cls: type) -> Any:
    """Return an empty layer of `cls` with LoRA, to be filled when it is copied or unpickled."""
    made = low_rank_class(cls)
    return made.__new__(made)


def _named_as(cls: Any, bases: tuple[type, ...]) -> Any:
    """Return a class that goes by the name of `cls`, but is not found by it in files."""
    body = {
        "__module__": cls.__module__, "__doc__": cls.__doc__, "written_as": cls,
        cls.keras_names["weight"]: property(lambda layer: layer.merged_kernel()),
    }  # fmt: skip
    made = type(f"_{cls.__name__}", bases, body)  # with "_", it is not registered
    made.__name__, made.__qualname__ = cls.__name__, cls.__qualname__
    return made
