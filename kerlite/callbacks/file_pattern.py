"""File names with the epoch, the batch and log values in them."""

from __future__ import annotations

from typing import Any

__all__ = ["check_pattern", "filled"]


def filled(pattern: str, values: dict[str, Any]) -> str:
    """Return the name of a file for some values.

    Raises:
        KeyError: if the pattern names what there is not.

    Example:
        >>> filled("{epoch:02d}-{loss:.1f}.keras", {"epoch": 3, "loss": 0.25})
        '03-0.2.keras'
    """
    try:
        return pattern.format(**values)
    except KeyError as error:
        raise KeyError(
            f"ModelCheckpoint(filepath={pattern!r}) names {error}, which there is not. There are: "
            f"{', '.join(values)}."
        ) from None


def check_pattern(filepath: str, save_freq: Any, endings: tuple[str, ...]) -> None:
    """Look at the arguments of a `ModelCheckpoint`.

    Raises:
        ValueError: for an ending or a frequency that cannot be.
    """
    if save_freq != "epoch" and not (isinstance(save_freq, int) and save_freq > 0):
        raise ValueError(
            "ModelCheckpoint's `save_freq` is 'epoch' or a number of batches, at least 1; "
            f"received {save_freq!r}."
        )
    if not filepath.endswith(endings):
        raise ValueError(
            f"The `filepath` of this ModelCheckpoint must end in {' or '.join(endings)} (weights "
            f"have other endings than models); received {filepath!r}."
        )
