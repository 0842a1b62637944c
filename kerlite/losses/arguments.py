"""What the arguments of losses may be, checked when a loss is made."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["checked_axes", "checked_axis", "checked_range", "checked_smoothing"]


def checked_axis(axis: int) -> int:
    """Return the axis, or raise if it is none."""
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ValueError(f"axis must be an integer; received axis={axis!r}.")
    return axis


def checked_axes(axis: Any) -> Any:
    """Return None, an axis, or several, as they were given; raise if they are none."""
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    if axis is not None and any(isinstance(a, bool) or not isinstance(a, int) for a in axes):
        raise ValueError(
            f"axis must be None, an integer or a tuple of integers; received axis={axis!r}."
        )
    return axis


def checked_smoothing(label_smoothing: float) -> float:
    """Return the label smoothing, or raise if it is out of range."""
    return checked_range("label_smoothing", label_smoothing, 0, 1)


def checked_range(name: str, value: Any, least: float, most: float = float("inf")) -> Any:
    """Return an argument as it was given, a number or several, if it is from `least` to `most`.

    Args:
        name: the name of the argument, for the message.
        value: what it was given.
        least: the smallest value allowed.
        most: the largest value allowed.

    Raises:
        ValueError: if it is out of range, NaN, or no number.

    Example:
        >>> checked_range("gamma", 2.0, least=0)
        2.0
    """
    numbers = np.asarray(value)
    if numbers.dtype.kind in "iuf" and bool(((numbers >= least) & (numbers <= most)).all()):
        return value
    allowed = f"from {least} to {most}" if most < float("inf") else f"at least {least}"
    raise ValueError(f"{name} must be {allowed}; received {name}={value}.")
