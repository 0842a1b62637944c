"""Arguments that need a check: whole numbers, kinds of padding."""

from __future__ import annotations

from typing import Any

__all__ = ["checked_padding", "is_whole", "whole_numbers"]


def whole_numbers(value: Any, count: int, name: str, owner: str) -> tuple[int, ...]:
    """Return an argument such as kernel_size=3 or (3, 5) as `count` whole numbers.

    Args:
        value: one whole number, for every dimension, or a sequence of `count`.
        count: how many dimensions there are.
        name: the argument's name, for errors.
        owner: whose argument it is, for errors.

    Raises:
        ValueError: if there are not `count` numbers, or one is no whole number >= 1.

    Example:
        >>> whole_numbers(3, 2, "kernel_size", "Conv2D 'c'")
        (3, 3)
    """
    if type(value) is int and value >= 1:  # the usual, in one step
        return (value,) * count
    numbers = tuple(value) if isinstance(value, (list, tuple)) else (value,) * count
    whole = all(is_whole(number) and number >= 1 for number in numbers)
    if len(numbers) != count or not whole:
        several = f", or {count} of them" if count > 1 else ""
        raise ValueError(
            f"{owner} needs {name} to be a whole number >= 1{several}; received {name}={value!r}."
        )
    return tuple(int(number) for number in numbers)


def checked_padding(padding: Any, owner: str, options: tuple[str, ...] = ("valid", "same")) -> str:
    """Return the padding's name in lower case.

    Raises:
        ValueError: if it is not one of the options.
    """
    if padding in options:  # the usual, in one step
        return padding
    name = padding.lower() if isinstance(padding, str) else padding
    if name not in options:
        raise ValueError(f"{owner} needs padding to be one of {options}; received {padding!r}.")
    return name


def is_whole(number: Any) -> bool:
    """Return whether something is a whole number, as Python's indices are."""
    return not isinstance(number, bool) and hasattr(number, "__index__")
