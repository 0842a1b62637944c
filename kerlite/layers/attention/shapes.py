"""Whether query, value and key fit each other, and the layer that was built for them."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from kerlite.core.arguments import is_whole

__all__ = [
    "Shape",
    "check_shapes",
    "check_share",
    "check_sizes",
    "checked_list",
    "known_sizes",
    "several_numbers",
]

Shape = tuple[int | None, ...]


def check_shapes(query: Shape, value: Shape, key: Shape, owner: str) -> None:
    """Refuse shapes of inputs that do not fit each other.

    Raises:
        ValueError: with the shapes.
    """
    ranks = {len(query), len(value), len(key)}
    pairs = zip(value[:-1], key[:-1], strict=False)
    if len(ranks) > 1 or min(ranks) < 3 or any(None not in (v, k) and v != k for v, k in pairs):
        raise ValueError(
            f"{owner} takes query, value and key of shape (batch, steps, features), with as many "
            f"steps in value and key; received the shapes {query}, {value} and {key}."
        )


def known_sizes(layer: Any, query: Shape, value: Shape, key: Shape) -> tuple[int | None, ...]:
    """Return the rank of the inputs of a layer, and the sizes of the last axes.

    Raises:
        ValueError: if one of these is unknown.
    """
    sizes = query[-1], value[-1], key[-1]
    if None in sizes:
        raise ValueError(
            f"{layer.described} needs to know the size of the last axis of query, value and key; "
            f"received the shapes {query}, {value} and {key}."
        )
    return len(query), *sizes


def check_sizes(layer: Any, query: Tensor, value: Tensor, key: Tensor) -> None:
    """Refuse inputs that do not fit each other, or the `input_sizes` a layer was built for.

    Raises:
        ValueError: with the shapes.
    """
    sizes = query.ndim, query.shape[-1], value.shape[-1], key.shape[-1]
    fits = key is value or key.shape[:-1] == value.shape[:-1]
    if fits and sizes == layer.input_sizes and query.shape[0] == value.shape[0]:
        return
    shapes = tuple(query.shape), tuple(value.shape), tuple(key.shape)
    check_shapes(*shapes, layer.described)
    raise ValueError(
        f"{layer.described} was built for inputs of {layer.input_sizes[0]} axes, the last of size "
        f"{layer.input_sizes[1:]} in query, value and key, and of one batch size; received the "
        f"shapes {', '.join(map(str, shapes))}."
    )


def checked_list(shapes: Any, owner: str) -> tuple[Shape, Shape, Shape]:
    """Return the shapes of query, value and key, which an only input holds as a list.

    Raises:
        ValueError: if it is no list of two or three, or they do not fit each other.
    """
    listed = isinstance(shapes, (list, tuple)) and len(shapes) in (2, 3)
    if not listed or not all(isinstance(shape, (list, tuple)) for shape in shapes):
        received = tuple(shapes) if isinstance(shapes, (list, tuple)) else shapes
        raise ValueError(
            f"{owner} takes a list [query, value] or [query, value, key]; received the shape "
            f"{received}."
        )
    query, value, key = tuple(shapes[0]), tuple(shapes[1]), tuple(shapes[-1])
    check_shapes(query, value, key, owner)
    if None not in (query[-1], key[-1]) and query[-1] != key[-1]:
        raise ValueError(
            f"{owner} compares query and key, whose last axes must be of one size; received the "
            f"shapes {query} and {key}. Map one of them with Dense."
        )
    return query, value, key


def check_share(dropout: Any, owner: str) -> None:
    """Refuse a share of dropped probabilities that is none.

    Raises:
        ValueError: if it lies outside [0, 1).
    """
    number = isinstance(dropout, (int, float)) and not isinstance(dropout, bool)
    if not number or not 0 <= dropout < 1 or math.isnan(dropout):
        raise ValueError(f"{owner} needs dropout to lie in [0, 1); received dropout={dropout!r}.")


def several_numbers(value: Any, name: str, owner: str) -> tuple[int, ...] | None:
    """Return an argument that is None, one whole number or several, as a tuple or None.

    Raises:
        ValueError: for anything else.
    """
    numbers = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    if value is not None and not (numbers and all(map(is_whole, numbers))):
        raise ValueError(
            f"{owner} needs {name} to be a whole number or several; received {value!r}."
        )
    return None if value is None else numbers
