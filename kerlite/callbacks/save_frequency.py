"""How often a training is saved."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["seconds_between"]

_SECONDS = re.compile(r"(\d+(?:\.\d+)?) ?s")


def seconds_between(save_freq: Any) -> float | None:
    """Return the seconds between two saves; None if they are not counted in seconds.

    Args:
        save_freq: "epoch", a number of batches, or seconds as "30s".

    Raises:
        ValueError: for anything else.

    Example:
        >>> seconds_between("2.5s"), seconds_between("epoch"), seconds_between(100)
        (2.5, None, None)
    """
    if save_freq == "epoch" or (
        isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0
    ):
        return None
    found = _SECONDS.fullmatch(save_freq) if isinstance(save_freq, str) else None
    if found is None:
        raise ValueError(
            "BackupAndRestore's `save_freq` is 'epoch', a number of batches, at least 1, or "
            f"seconds such as '30s'; received {save_freq!r}."
        )
    return float(found[1])
