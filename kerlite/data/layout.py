"""The structure of the data as a flat list of arrays, and the way back."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import torch

from kerlite.core import tree
from kerlite.data.rows import Rows

__all__ = ["Layout", "distinct", "fit_on", "moved"]


class Layout:
    """Takes a structure of arrays apart once, and puts every batch of them together again.

    Args:
        packed: tensors or `Rows` in dicts, lists and tuples.

    Example:
        >>> import torch
        >>> layout = Layout({"a": torch.zeros(4), "b": [torch.ones(4)]})
        >>> batches = layout.restore(iter([[leaf[:2] for leaf in layout.leaves]]))
        >>> next(batches)
        {'a': tensor([0., 0.]), 'b': [tensor([1., 1.])]}
    """

    def __init__(self, packed: Any):
        arrays = distinct(packed)
        orders = [_memory_order(leaf) for leaf in arrays]
        self.leaves = [
            leaf.permute(order) if order else leaf
            for leaf, order in zip(arrays, orders, strict=True)
        ]
        self._inverses = [_inverse(order) if order else None for order in orders]
        self._reordered = any(orders)
        self._build = _builder(packed, {id(leaf): i for i, leaf in enumerate(arrays)})
        self._is_flat = isinstance(packed, tuple) and [id(item) for item in packed] == [
            id(leaf) for leaf in arrays
        ]

    def restore(self, flat: Iterator[Any]) -> Iterator[Any]:
        """Return the batches in the structure of the data; costs nothing for a flat tuple."""
        if self._reordered:
            flat = map(self._permuted, flat)
        return flat if self._is_flat else map(self._build, flat)

    def _permuted(self, batch: Any) -> tuple[torch.Tensor, ...]:
        pairs = zip(batch, self._inverses, strict=True)
        return tuple(leaf.permute(dims) if dims else leaf for leaf, dims in pairs)


def distinct(packed: Any) -> list[Any]:
    """Return the arrays, each once: one array of weights may serve several targets."""
    return list({id(leaf): leaf for leaf in tree.flatten(packed) if leaf is not None}.values())


def moved(packed: Any, device: torch.device) -> Any:
    """Return the structure of tensors on the device, each moved once."""
    there = {id(leaf): leaf.to(device) for leaf in distinct(packed)}
    return tree.map_structure(lambda leaf: None if leaf is None else there[id(leaf)], packed)


def fit_on(device: torch.device, arrays: list[Any]) -> bool:
    """Return whether the arrays can lie on the device for good.

    They can if none has to stay where it is and those that are elsewhere take at most half of the
    device's free memory. On the CPU they always can.
    """
    if any(isinstance(leaf, Rows) for leaf in arrays):
        return False
    if device.type == "cuda":
        free = torch.cuda.mem_get_info(device)[0]
    elif device.type == "mps":
        free = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    else:
        return True
    return sum(leaf.nbytes for leaf in arrays if leaf.device != device) <= free // 2


def _memory_order(leaf: Any) -> list[int] | None:
    """Return the order in which the dimensions lie in memory, if it is another one (channels-last).

    `index_select` lays its result out in the order of the dimensions; gathered in the order of the
    memory instead, a batch keeps the layout of the whole.
    """
    if isinstance(leaf, Rows) or leaf.ndim < 3 or leaf.is_contiguous():
        return None
    dims = sorted(range(leaf.ndim), key=lambda d: -leaf.stride()[d])
    return dims if dims[0] == 0 and leaf.permute(dims).is_contiguous() else None


def _inverse(dims: list[int]) -> list[int]:
    return sorted(range(len(dims)), key=dims.__getitem__)


def _builder(structure: Any, places: dict[int, int]) -> Callable[[Any], Any]:
    """Return the function from a flat batch to one in the given structure."""
    if structure is None:
        return lambda flat: None
    if isinstance(structure, dict):
        items = [(key, _builder(item, places)) for key, item in structure.items()]
        return lambda flat: {key: build(flat) for key, build in items}
    if not isinstance(structure, (list, tuple)):
        return operator.itemgetter(places[id(structure)])
    parts = [_builder(item, places) for item in structure]
    kind = type(structure)
    if hasattr(structure, "_fields"):
        return lambda flat: kind(*[build(flat) for build in parts])
    return lambda flat: kind([build(flat) for build in parts])
