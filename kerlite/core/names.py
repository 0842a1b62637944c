"""Names that layers, metrics and the like get when the user gives none.

Source: keras.backend.get_uid.
"""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["auto_name", "get_uid", "reset_uids", "to_snake_case"]

_counts: Counter[str] = Counter()


def get_uid(prefix: str = "") -> int:
    """Return how often this prefix has been asked for, this time included.

    Example:
        >>> get_uid("docs") + 1 == get_uid("docs")
        True
    """
    _counts[prefix] += 1
    return _counts[prefix]


def auto_name(prefix: str) -> str:
    """Return a name not given out before: "dense", then "dense_1", "dense_2" and so on."""
    count = get_uid(prefix)
    return prefix if count == 1 else f"{prefix}_{count - 1}"


def to_snake_case(name: str) -> str:
    """Return a class name in the form that names of its objects take.

    Example:
        >>> to_snake_case("BatchNormalization"), to_snake_case("Conv2D")
        ('batch_normalization', 'conv2d')
    """
    spaced = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


def reset_uids() -> None:
    """Start all counts again."""
    _counts.clear()
