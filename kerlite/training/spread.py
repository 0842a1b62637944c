"""Losses, weights and metrics as the user gave them, spread over a model's outputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerlite.core import tree
from kerlite.core.errors import unknown_name
from kerlite.training.outputs import Outputs, Path, follow

__all__ = ["spread"]


def spread(given: Any, outputs: Outputs, argument: str, one_for_all: bool = True) -> list[Any]:
    """Return what the user gave for each output, None for those that nothing was given for.

    Args:
        given: a single thing; or a list or dict of things, nested as the outputs are, flat, or by
            output name.
        outputs: the outputs.
        argument: the name of the argument, for errors.
        one_for_all: whether a single thing may stand for several outputs.

    Raises:
        ValueError: for unknown names, and for lists of another length.

    Example:
        >>> outputs = Outputs([1, 2], ["a", "b"])
        >>> spread("mse", outputs, "loss"), spread({"b": "mae"}, outputs, "loss")
        (['mse', 'mse'], [None, 'mae'])
    """
    found = dict.fromkeys(outputs.paths)
    for path, part, own in _pairs(given, outputs.y_pred, (), outputs, argument):
        paths = [(*path, *rest) for rest, _ in tree.flatten_with_path(part)]
        if len(paths) > 1 and own is not None and not one_for_all:
            raise _error(argument, f"is {own!r} for {len(paths)} outputs", outputs)
        found.update(dict.fromkeys(paths, own))
    return list(found.values())


def _pairs(
    given: Any, part: Any, path: Path, outputs: Outputs, argument: str
) -> Iterator[tuple[Path, Any, Any]]:
    """Yield (path, the outputs there, what was given for them)."""
    if not (tree.is_nested(part) and tree.is_nested(given)):
        name = outputs.names[outputs.paths.index(path)] if path in outputs.paths else None
        if isinstance(given, dict) and name is not None and set(given) != {name}:
            raise _unknown(next(key for key in given if key != name), [name], outputs, argument)
        yield path, part, given
        return
    by_key = _by_name if isinstance(given, dict) else _by_position
    for found, own in by_key(given, part, path, outputs, argument):
        yield from _pairs(own, follow(found, outputs.y_pred), found, outputs, argument)


def _by_name(
    given: dict[Any, Any], part: Any, path: Path, outputs: Outputs, argument: str
) -> Iterator[tuple[Path, Any]]:
    inside = {(*path, *rest) for rest, _ in tree.flatten_with_path(part)}
    named = zip(outputs.names, outputs.paths, strict=True)
    known: dict[Any, list[Path]] = {}
    for name, found in named:
        if name and found in inside:
            known.setdefault(name, []).append(found)  # a layer may give several outputs
    if isinstance(part, dict) and not set(given) <= set(known):
        known = {key: [(*path, key)] for key in part}
    for name, own in given.items():
        if name not in known:
            raise _unknown(name, [str(option) for option in known], outputs, argument)
        for found in known[name]:
            yield found, own


def _by_position(
    given: Any, part: Any, path: Path, outputs: Outputs, argument: str
) -> Iterator[tuple[Path, Any]]:
    if isinstance(part, (list, tuple)) and len(given) == len(part):
        inner: list[Path] = [(index,) for index in range(len(part))]
    else:
        inner = [rest for rest, _ in tree.flatten_with_path(part)]
    if len(given) != len(inner):
        raise _error(argument, f"has {len(given)} entries for {len(inner)} outputs", outputs)
    for rest, own in zip(inner, given, strict=True):
        yield (*path, *rest), own


def _unknown(name: Any, options: list[str], outputs: Outputs, argument: str) -> ValueError:
    return ValueError(
        f"{argument}: {unknown_name('output', str(name), options)} The outputs are "
        f"{outputs.described()}."
    )


def _error(argument: str, what: str, outputs: Outputs) -> ValueError:
    return ValueError(
        f"{argument} {what}. The outputs are {outputs.described()}: give a list with one entry for "
        "each, or a dict by name; None leaves an output out."
    )
