"""Nested structures of lists, tuples, named tuples and dicts: their leaves, in and out.

Source: keras.tree. The leaves of a plain dict come in the order of its sorted keys, those of an
OrderedDict in its own; None is a leaf.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = [
    "flatten",
    "flatten_with_path",
    "is_nested",
    "map_parts",
    "map_structure",
    "pack_sequence_as",
]


def is_nested(structure: Any) -> bool:
    """Return whether it is a list, a tuple or a dict (of anything)."""
    return isinstance(structure, (list, tuple, dict))


def flatten(structure: Any) -> list[Any]:
    """Return the leaves in order.

    Example:
        >>> flatten({"b": 1, "a": [2, (3, None)]})
        [2, 3, None, 1]
    """
    leaves: list[Any] = []
    _collect(structure, leaves)
    return leaves


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Return (path, leaf) pairs in order; a path is the keys and indices that lead there.

    Example:
        >>> flatten_with_path({"a": [1, 2]})
        [(('a', 0), 1), (('a', 1), 2)]
    """
    if not is_nested(structure):
        return [((), structure)]
    items = _sorted_items(structure) if isinstance(structure, dict) else enumerate(structure)
    return [((key, *path), leaf) for key, value in items for path, leaf in flatten_with_path(value)]


def map_structure(func: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """Return the structure with `func` of its leaves, called in order, in their place.

    Example:
        >>> map_structure(lambda a, b: a + b, {"x": 1, "y": (2,)}, {"x": 10, "y": (20,)})
        {'x': 11, 'y': (22,)}
    """
    if not isinstance(structure, (list, tuple, dict)):
        return func(structure, *others)
    return map_parts(lambda *parts: map_structure(func, *parts), structure, *others)


def map_parts(func: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """Return the structure with `func` of what it directly holds, in order, in its place.

    Example:
        >>> map_parts(str, {"x": 1, "y": (2,)})
        {'x': '1', 'y': '(2,)'}
    """
    if isinstance(structure, dict):
        mapped = {
            key: func(value, *(other[key] for other in others))
            for key, value in _sorted_items(structure)
        }
        mapped = {key: mapped[key] for key in structure}
        return mapped if type(structure) is dict else _like_dict(structure, mapped)
    if isinstance(structure, (list, tuple)):
        values = [func(value, *(other[i] for other in others)) for i, value in enumerate(structure)]
        return _like_sequence(structure, values)
    return structure


def pack_sequence_as(structure: Any, flat_sequence: Sequence[Any]) -> Any:
    """Return the structure with the given leaves, in order, in place of its own.

    Raises:
        ValueError: if there are more or fewer leaves than the structure has places.

    Example:
        >>> pack_sequence_as({"a": 0, "b": [0, 0]}, [1, 2, 3])
        {'a': 1, 'b': [2, 3]}
    """
    places = len(flatten(structure))
    if places != len(flat_sequence):
        raise ValueError(
            f"The structure has {places} leaves but {len(flat_sequence)} values were given for it."
        )
    remaining = iter(flat_sequence)
    return map_structure(lambda _: next(remaining), structure)


def _collect(structure: Any, leaves: list[Any]) -> None:
    if isinstance(structure, dict):
        for _, value in _sorted_items(structure):
            _collect(value, leaves)
    elif isinstance(structure, (list, tuple)):
        for value in structure:
            _collect(value, leaves)
    else:
        leaves.append(structure)


def _sorted_items(structure: dict[Any, Any]) -> Iterable[tuple[Any, Any]]:
    if isinstance(structure, OrderedDict):
        return structure.items()
    try:
        return [(key, structure[key]) for key in sorted(structure)]
    except TypeError:  # keys of several types
        return structure.items()


def _like_dict(structure: dict[Any, Any], mapped: dict[Any, Any]) -> Any:
    try:
        return type(structure)(mapped)
    except TypeError:  # a defaultdict and its like, which want other arguments
        return mapped


def _like_sequence(structure: Any, values: list[Any]) -> Any:
    if isinstance(structure, list):
        return values
    if hasattr(structure, "_fields"):
        return type(structure)(*values)
    return tuple(values)
