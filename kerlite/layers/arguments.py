"""Arguments of layers that need a check."""

from __future__ import annotations

import inspect
from typing import Any

__all__ = [
    "check_name_and_rest",
    "checked_padding",
    "is_whole",
    "refuse_quantization",
    "whole_numbers",
]


def whole_numbers(value: Any, count: int, name: str, owner: str) -> tuple[int, ...]:
    """Return an argument such as kernel_size=3 or (3, 5) as `count` whole numbers.

    Args:
        value: one whole number, for every dimension, or a sequence of `count`.
        count: how many dimensions there are.
        name: the argument's name, for errors.
        owner: the layer, for errors.

    Raises:
        ValueError: if there are not `count` numbers, or one is no whole number >= 1.

    Example:
        >>> whole_numbers(3, 2, "kernel_size", "Conv2D 'c'")
        (3, 3)
    """
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
    name = padding.lower() if isinstance(padding, str) else padding
    if name not in options:
        raise ValueError(f"{owner} needs padding to be one of {options}; received {padding!r}.")
    return name


def refuse_quantization(quantization_config: Any, owner: str) -> None:
    """Refuse Keras's argument for quantization; only None, which asks for none, is taken.

    Raises:
        ValueError: for any other.
    """
    if quantization_config is not None:
        raise ValueError(
            f"{owner} received quantization_config={quantization_config!r}, but a layer is "
            "quantized after it is built, with torchao for instance. Leave it out."
        )


def is_whole(number: Any) -> bool:
    """Return whether something is a whole number, as Python's indices are."""
    return not isinstance(number, bool) and hasattr(number, "__index__")


def check_name_and_rest(cls: type, name: Any, rest: dict[str, Any]) -> None:
    """Refuse a name that is no string, and keyword arguments that a layer does not know.

    Raises:
        ValueError: for either, as Keras does.
    """
    if rest:
        parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
        known = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD} - {"self"}
        raise ValueError(
            f"{cls.__name__} received unknown arguments: {sorted(rest)}. It accepts "
            f"{sorted(known | {'dtype', 'name', 'trainable'})}."
        )
    if name is not None and not isinstance(name, str):
        raise ValueError(f"A layer's name is a string; received name={name!r}.")
