"""A model's outputs, and where in targets and sample weights lies what belongs to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kerlite.core import tree

__all__ = ["Outputs", "Path", "follow", "form_of", "shapes_as_leaves"]

Path = tuple[Any, ...]


class Outputs:
    """The outputs of a model: a path of keys and indices to each, and its name.

    Args:
        y_pred: the outputs, or anything in their structure.
        output_names: the names of the layers that give them, in order; None where unknown.

    Example:
        >>> outputs = Outputs({"mean": 1, "parts": [2, 3]}, ["a", "b", "c"])
        >>> outputs.paths
        [('mean',), ('parts', 0), ('parts', 1)]
        >>> outputs.routes(["y", "y", "y"], [True, True, True], "y")
        [(0,), (1,), (2,)]
    """

    def __init__(self, y_pred: Any, output_names: Sequence[str] | None = None):
        self.y_pred = y_pred
        self.paths: list[Path] = [path for path, _ in tree.flatten_with_path(y_pred)]
        names: list[str | None] = list(output_names or ())
        self.names = names if len(names) == len(self.paths) else [None] * len(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def routes(self, data: Any, wanted: Sequence[bool] | None, argument: str) -> list[Path | None]:
        """Return the path in some data of what belongs to each output, None for nothing.

        The data may have the structure of the outputs, be a dict by output name, or a flat list of
        all outputs, or of those that are wanted.

        Args:
            data: the targets or the sample weights; anything not nested is for every output.
            wanted: for which outputs there must be something; None asks for none, but then the data
                may hold nothing else.
            argument: the name of the argument, for errors.

        Raises:
            ValueError: if the data fits none of that.
        """
        if not tree.is_nested(data):
            return [()] * len(self)
        leaves = {path for path, _ in tree.flatten_with_path(data)}
        for candidate in self._candidates(data, wanted or [True] * len(self)):
            if _fits(candidate, leaves, wanted):
                return [path if path in leaves else None for path in candidate]
        raise ValueError(
            f"{argument} does not match the model's outputs: {argument} is {sketch(data)}, the "
            f"outputs are {self.described()}. Give one array for each output, as a list in their "
            "order or as a dict by their names."
        )

    def described(self) -> str:
        """Return the structure of the outputs and their names, for an error message."""
        names = [name for name in self.names if name is not None]
        return sketch(self.y_pred) + (f", named {names}" if names else "")

    def _candidates(self, data: Any, wanted: Sequence[bool]) -> list[list[Path | None]]:
        """Return the ways to find the outputs in the data; the first that fits is the one."""
        flat = [path for path, _ in tree.flatten_with_path(data)]
        ways: list[list[Path | None]] = [list(self.paths)]
        if isinstance(data, dict):
            ways.append([None if name is None else (name,) for name in self.names])
        if isinstance(data, dict) and len(self) > 1:  # its order means nothing
            return ways
        if len(flat) == len(self):
            ways.append([*flat])
        elif len(flat) == sum(wanted):
            some = iter(flat)
            ways.insert(0, [next(some) if want else None for want in wanted])
        return ways


def follow(path: Path, structure: Any) -> Any:
    """Return what lies at a path of keys and indices."""
    for key in path:
        structure = structure[key]
    return structure


def form_of(data: Any) -> tuple[Any, ...]:
    """Return what tells where the parts of some data lie: its type, and its keys or length.

    Example:
        >>> form_of([1, 2]), form_of({"a": 1})
        ((<class 'list'>, 2), (<class 'dict'>, 'a'))
    """
    if isinstance(data, dict):
        return (type(data), *data)
    return (type(data), len(data)) if isinstance(data, (list, tuple)) else (type(data),)


def sketch(structure: Any) -> str:
    """Return a structure in words: lists and dicts as they are, an X for everything else."""
    return str(tree.map_structure(lambda _: "X", structure)).replace("'X'", "X")


@dataclass(frozen=True)
class _Shaped:
    """Stands for an array of which only the shape is known."""

    shape: tuple[int | None, ...]


def shapes_as_leaves(shapes: Any) -> Any:
    """Return a structure of shapes with an object that has the shape in the place of each."""
    if isinstance(shapes, tuple) and all(size is None or isinstance(size, int) for size in shapes):
        return _Shaped(shapes)
    if isinstance(shapes, dict):
        return {key: shapes_as_leaves(shape) for key, shape in shapes.items()}
    return [shapes_as_leaves(shape) for shape in shapes]


def _fits(candidate: list[Path | None], leaves: set[Path], wanted: Sequence[bool] | None) -> bool:
    if wanted is None:
        return leaves <= set(candidate)
    return all(path in leaves for path, want in zip(candidate, wanted, strict=True) if want)
