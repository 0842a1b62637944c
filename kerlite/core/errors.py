"""Errors of kerlite's own, and the wording they share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["UnsafeFileError", "nearest", "unknown_name"]


class UnsafeFileError(ValueError):
    """A file asks for something that opening a file must never do.

    Example:
        >>> raise UnsafeFileError("model.keras names the class os.system")
        Traceback (most recent call last):
        ...
        kerlite.core.errors.UnsafeFileError: model.keras names the class os.system
    """


def nearest(name: str, options: Iterable[str], count: int = 3) -> list[str]:
    """Return the `count` options closest in spelling to `name`, nearest first.

    Of options that differ only in case, the one in the case of `name` is given.

    Example:
        >>> nearest("rely", ["relu", "selu", "tanh"], count=1)
        ['relu']
    """
    in_order = sorted(set(options), reverse=True)
    preferred_last = sorted(in_order, key=lambda option: option.islower() == name.islower())
    by_folded = {option.lower(): option for option in preferred_last}
    return [
        by_folded[match]
        for match in difflib.get_close_matches(name.lower(), by_folded, n=count, cutoff=0.0)
    ]


def unknown_name(kind: str, name: str, options: Iterable[str]) -> ValueError:
    """Return the error for a name that stands for nothing, with the three nearest that do.

    Args:
        kind: what was looked for, in words ("activation").
        name: the name received.
        options: the names that exist.

    Example:
        >>> print(unknown_name("activation", "rellu", ["relu", "selu", "elu", "tanh"]))
        Unknown activation: 'rellu'. Did you mean 'relu', 'elu' or 'selu'?
    """
    quoted = [repr(option) for option in nearest(name, options)]
    if not quoted:
        return ValueError(f"Unknown {kind}: {name!r}. None exist under any name.")
    hint = " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
    return ValueError(f"Unknown {kind}: {name!r}. Did you mean {hint}?")
