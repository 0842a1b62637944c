"""Nested structures of lists, tuples, named tuples and dicts: their leaves, in and out.

Source: keras.tree.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from kerlite.core import tree as core_tree
from kerlite.core.tree import flatten as flatten
from kerlite.core.tree import flatten_with_path as flatten_with_path
from kerlite.core.tree import is_nested as is_nested
from kerlite.core.tree import pack_sequence_as as pack_sequence_as

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]


class MAP_TO_NONE:
    """What a function returns to `traverse` to have something replaced by None.

    Source: keras.tree.MAP_TO_NONE.
    """


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Return the first structure with `func` of the structures' leaves in the place of its own.

    Args:
        func: takes one leaf of each structure.
        structures: one or more, of the same form.
        none_is_leaf: whether `func` is called for None, too; if not, None stays None.

    Raises:
        TypeError: without a structure, or if `func` cannot be called.
        ValueError: if the structures differ in form.

    Example:
        >>> map_structure(lambda a, b: a + b, {"x": 1, "y": (2,)}, {"x": 10, "y": (20,)})
        {'x': 11, 'y': (22,)}

    Source: keras.tree.map_structure.
    """
    _require_callable(func)
    if not structures:
        raise TypeError("map_structure needs at least one structure after the function.")
    for other in structures[1:]:
        assert_same_structure(structures[0], other)
    if none_is_leaf:
        return core_tree.map_structure(func, *structures)
    return core_tree.map_structure(
        lambda *leaves: None if leaves[0] is None else func(*leaves), *structures
    )


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Return the shallow structure with `func` of what the structures hold in its leaves' places.

    Raises:
        TypeError: without a structure, or if `func` cannot be called.
        ValueError: if a structure is shallower, or has another form.

    Example:
        >>> map_structure_up_to([None, None], len, [[1, 1], [2, 2, 2]])
        [2, 3]

    Source: keras.tree.map_structure_up_to.
    """
    _require_callable(func)
    if not structures:
        raise TypeError("map_structure_up_to needs at least one structure after the function.")
    for structure in structures:
        _require_same_form(shallow_structure, structure, shallow=True)
    return core_tree.map_structure(lambda _, *parts: func(*parts), shallow_structure, *structures)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Call `func` on a structure and all that it is nested of; what it returns takes their place.

    Where it returns None a part stays as it is; `MAP_TO_NONE` puts None there.

    Args:
        func: takes a part of the structure.
        structure: a nested structure.
        top_down: whether a part comes before what is in it, which is then left out if it was
            replaced; otherwise after it.

    Raises:
        TypeError: if `func` cannot be called.

    Example:
        >>> seen = []
        >>> traverse(seen.append, [(1, 2), 3])
        [(1, 2), 3]
        >>> seen
        [[(1, 2), 3], (1, 2), 1, 2, 3]

    Source: keras.tree.traverse.
    """
    _require_callable(func)
    if top_down:
        replaced = func(structure)
        return _with_parts(func, structure, top_down) if replaced is None else _given(replaced)
    inner = _with_parts(func, structure, top_down)
    replaced = func(inner)
    return inner if replaced is None else _given(replaced)


def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Raise an error unless two structures are nested alike, in collections of the same types.

    Dicts of all kinds count as one type.

    Args:
        a: a structure.
        b: another.
        check_types: deprecated, and without effect, as in Keras.

    Raises:
        ValueError: if they differ; it names the path.

    Example:
        >>> assert_same_structure({"x": [0, 1]}, {"x": [2, 3]})

    Source: keras.tree.assert_same_structure.
    """
    if check_types is not None:
        warnings.warn(
            "check_types is deprecated and has no effect; leave it out. assert_same_paths() does "
            "not look at the types of collections.",
            DeprecationWarning,
            stacklevel=2,
        )
    _require_same_form(a, b)


def assert_same_paths(a: Any, b: Any) -> None:
    """Raise an error unless the leaves of two structures have the same paths.

    Raises:
        ValueError: if they differ; it lists the paths that only one has.

    Example:
        >>> assert_same_paths([0, 1], (2, 3))

    Source: keras.tree.assert_same_paths.
    """
    paths = [dict.fromkeys(path for path, _ in flatten_with_path(one)) for one in (a, b)]
    if paths[0] != paths[1]:
        first, second = ([path for path in x if path not in y] for x, y in (paths, paths[::-1]))
        raise ValueError(
            f"The structures do not have the same paths. Only in the first: {first}. Only in the "
            f"second: {second}."
        )


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Return a structure with `func` of its shapes in their place: sequences of int and None.

    Raises:
        TypeError: if `func` cannot be called.

    Example:
        >>> map_shape_structure(len, {"image": (None, 28, 28), "label": (None,)})
        {'image': 3, 'label': 1}

    Source: keras.tree.map_shape_structure.
    """
    _require_callable(func)
    return traverse(lambda part: _mapped_shape(func, part), structure)


def lists_to_tuples(structure: Any) -> Any:
    """Return a structure with tuples in the place of its lists.

    Example:
        >>> lists_to_tuples([1, {"a": [2]}])
        (1, {'a': (2,)})

    Source: keras.tree.lists_to_tuples.
    """
    if isinstance(structure, list):
        return tuple(lists_to_tuples(part) for part in structure)
    return core_tree.map_parts(lists_to_tuples, structure)


def _mapped_shape(func: Callable[[Any], Any], part: Any) -> Any:
    is_shape = isinstance(part, (list, tuple)) and all(
        size is None or isinstance(size, int) for size in part
    )
    if not is_shape:
        return None
    mapped = func(part)
    return MAP_TO_NONE if mapped is None else mapped


def _with_parts(func: Callable[[Any], Any], structure: Any, top_down: bool) -> Any:
    return core_tree.map_parts(lambda part: traverse(func, part, top_down), structure)


def _given(value: Any) -> Any:
    return None if value is MAP_TO_NONE or isinstance(value, MAP_TO_NONE) else value


def _require_callable(func: Any) -> None:
    if not callable(func):
        raise TypeError(f"func must be a function; received {func!r}.")


def _require_same_form(a: Any, b: Any, shallow: bool = False, path: tuple[Any, ...] = ()) -> None:
    if not is_nested(a) and (shallow or not is_nested(b)):
        return
    if _kind(a) is not _kind(b) or _keys(a) != _keys(b):
        where = f"at {path}" if path else "at the top"
        raise ValueError(
            f"The structures differ {where}: {type(a).__name__} with {_keys(a)} and "
            f"{type(b).__name__} with {_keys(b)}."
        )
    for key in _keys(a):
        _require_same_form(a[key], b[key], shallow, (*path, key))


def _kind(structure: Any) -> type | None:
    if not is_nested(structure):
        return None
    return dict if isinstance(structure, dict) else type(structure)


def _keys(structure: Any) -> list[Any]:
    if not is_nested(structure):
        return []
    if isinstance(structure, dict):
        return sorted(structure, key=repr)
    return list(range(len(structure)))
