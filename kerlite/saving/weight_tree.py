"""The weights in a file as nested dictionaries: objects, and in them arrays by number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kerlite.saving.walk import saved_objects

__all__ = ["Tree", "leaves", "objects", "specification", "weights_in"]

Tree = dict[str, Any]


def objects(tree: Tree, path: str, everything: bool = False) -> Iterator[tuple[str, Tree]]:
    """Yield (path, object) of those with weights of their own, or of all."""
    if everything or weights_in(tree):
        yield path, tree
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from objects(value, f"{path}/{key}" if path else key, everything)


def leaves(tree: Tree, path: str) -> Iterator[tuple[str, Any]]:
    """Yield (path, array) of every weight."""
    for where, thing in objects(tree, path):
        for name in weights_in(thing):
            yield (f"{where}/{name}" if where else name), thing[name]


def weights_in(thing: Tree) -> list[str]:
    """Return the names of the weights that an object has itself."""
    return [key for key, value in thing.items() if not isinstance(value, dict)]


def specification(model: Any) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight that a file of the model has, by path."""
    found = {}
    for path, thing in saved_objects(model):
        store: dict[str, Any] = {}
        thing.save_own_variables(store)
        for key, value in store.items():
            found[f"{path}/{key}" if path else key] = tuple(np.shape(value))
    return found
