"""Weights by class, turned into weights by sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerlite.core import errors
from kerlite.data.class_table import ClassTable, class_table
from kerlite.utils.pack import unpack_x_y_sample_weight

__all__ = ["ClassWeights", "missing_targets"]


class ClassWeights:
    """Gives every sample of a batch the weight of its class, times its own weight.

    Classes that are not named weigh 1. Targets are class numbers of shape (n,) or (n, 1), or
    one-hot rows (n, classes); with more dimensions, every position has its own weight.

    Args:
        class_weight: class number -> weight. For several outputs one such dict each: in a dict by
            output name, or in a list with None for outputs without.
        output_names: names of the outputs, in the order of the targets, for targets in a list and
            weights by name.

    Raises:
        ValueError: if a class is no whole number >= 0 or a weight no finite number.

    Example:
        >>> import torch
        >>> weigh = ClassWeights({0: 1.0, 1: 5.0})
        >>> weigh((torch.zeros(3, 2), torch.tensor([1, 0, 2])))[2]
        tensor([5., 1., 1.])
    """

    def __init__(self, class_weight: Any, output_names: list[str] | None = None):
        self.output_names = output_names
        self.tables = _tables(class_weight)

    def __call__(self, batch: Any) -> Any:
        """Return `(x, y, sample_weight)` with the classes' weights in it.

        Raises:
            ValueError: if the batch has no targets, or other outputs than the weights.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(batch)
        if y is None:
            raise missing_targets()
        if not isinstance(y, (dict, list, tuple)):
            table = self._only_table()
            return x, y, sample_weight if table is None else table.weigh(y, sample_weight)
        keys = list(y) if isinstance(y, dict) else list(range(len(y)))
        tables = self._by_output(keys)
        weights = {
            key: _weigh_output(tables.get(key), y[key], _weight_of(sample_weight, key))
            for key in keys
        }
        if isinstance(y, dict):
            return x, y, weights
        return x, y, (list if isinstance(y, list) else tuple)(weights.values())

    def _only_table(self) -> ClassTable | None:
        if isinstance(self.tables, ClassTable):
            return self.tables
        tables = list(self.tables.values() if isinstance(self.tables, dict) else self.tables)
        if len(tables) != 1:
            raise ValueError(
                f"class_weight holds weights for {len(tables)} outputs, but there is one target. "
                "Pass a single dict: class number -> weight."
            )
        return tables[0]

    def _by_output(self, keys: list[Any]) -> dict[Any, ClassTable | None]:
        if isinstance(self.tables, ClassTable):
            raise ValueError(
                f"class_weight is one dict, but there are {len(keys)} targets ({_named(keys)}). "
                "Pass one dict for each: in a dict by output name, or in a list, with None for "
                "outputs without weights."
            )
        if isinstance(self.tables, list):
            if len(self.tables) != len(keys):
                raise ValueError(
                    f"class_weight is a list of {len(self.tables)}, but there are {len(keys)} "
                    f"targets ({_named(keys)}). Pass one dict or None for each."
                )
            return dict(zip(keys, self.tables, strict=True))
        names = keys if any(isinstance(key, str) for key in keys) else self.output_names or keys
        for name in self.tables:
            if name not in names:
                raise errors.unknown_name("output in class_weight", str(name), map(str, names))
        return {key: self.tables.get(name) for key, name in zip(keys, names, strict=True)}


def missing_targets() -> ValueError:
    """Return the error for class weights without targets."""
    return ValueError(
        "class_weight needs targets, but the data has none (y is None). Pass y, or leave "
        "class_weight out."
    )


def _weigh_output(table: ClassTable | None, y: Any, sample_weight: Any) -> Any:
    return sample_weight if table is None or y is None else table.weigh(y, sample_weight)


def _weight_of(sample_weight: Any, key: Any) -> Any:
    """One array of weights serves every output; a structure has one for each."""
    if isinstance(sample_weight, dict):
        return sample_weight.get(key)
    return sample_weight[key] if isinstance(sample_weight, (list, tuple)) else sample_weight


def _tables(class_weight: Any) -> Any:
    if isinstance(class_weight, (list, tuple)):
        return [None if item is None else class_table(item) for item in class_weight]
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            f"class_weight must be a dict: class number -> weight; received {class_weight!r}."
        )
    if any(isinstance(value, Mapping) or value is None for value in class_weight.values()):
        return {
            key: None if value is None else class_table(value)
            for key, value in class_weight.items()
        }
    return class_table(class_weight)


def _named(keys: list[Any]) -> str:
    return ", ".join(repr(key) for key in keys)
