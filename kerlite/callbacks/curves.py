"""Pictures of curves, drawn by matplotlib without a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from kerlite.callbacks.optional import required

__all__ = ["figure_of", "history_figure", "save_figure"]

_PANEL = (5.0, 3.5)  # inches


def figure_of(panels: int, wanted_by: str) -> tuple[Any, list[Any]]:
    """Return a figure and its panels, side by side.

    Raises:
        ImportError: if matplotlib is not installed.
    """
    module = required("matplotlib.figure", "matplotlib", wanted_by)
    figure = module.Figure(figsize=(_PANEL[0] * panels, _PANEL[1]), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False)
    return figure, list(axes[0])


def history_figure(
    epochs: Sequence[int],
    history: Mapping[str, Sequence[Any]],
    keys: Sequence[str] | None,
    wanted_by: str,
) -> Any:
    """Return a figure with a panel for each quantity: its values in training and validation.

    Args:
        epochs: the epochs' indices, from 0; shown from 1.
        history: the values by name.
        keys: the quantities, without "val_"; None: all.
        wanted_by: who asks, for errors.

    Raises:
        ValueError: if there is nothing to draw, or a key is not in the history.
    """
    known = list(dict.fromkeys(name.removeprefix("val_") for name in history))
    chosen = known if keys is None else list(keys)
    if missing := [name for name in chosen if name not in known] or not chosen:
        raise ValueError(
            f"{wanted_by} cannot draw {missing if chosen else 'anything'}: the history has "
            f"{', '.join(known) or 'no values yet'}."
        )
    figure, axes = figure_of(len(chosen), wanted_by)
    for name, panel in zip(chosen, axes, strict=True):
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            if key in history:
                values = history[key]
                # A quantity that is not in every epoch (validation_freq) is drawn evenly spread.
                at = _positions(epochs, len(values))
                panel.plot(at, values, marker=".", label=label)
        panel.set(title=name, xlabel="epoch")
        panel.legend()
    return figure


def save_figure(figure: Any, path: str | PathLike[str]) -> None:
    """Write a picture; who looks at the file meanwhile sees the old one or the new one, whole."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.unfinished{path.suffix}")
    figure.savefig(unfinished)
    unfinished.replace(path)


def _positions(epochs: Sequence[int], count: int) -> list[float]:
    if count == len(epochs):
        return [epoch + 1 for epoch in epochs]
    step = len(epochs) / count
    return [epochs[0] + step * (i + 1) for i in range(count)]
