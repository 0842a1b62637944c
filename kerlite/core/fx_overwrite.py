"""Which tensors of a graph are needed by one call only, so that it may write over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from torch import fx

from kerlite.core.tensor import KerasTensor, Node

__all__ = ["Overwritable"]


class Overwritable:
    """The tensors of a graph that are in new memory, and that one call alone looks at.

    A module says of itself, with `makes_new`, that its result is new memory which its own gradient
    does not need; and with `overwrites`, that its result may take the place of an input.

    Args:
        nodes: the graph's calls.
        returned: `id`s of the tensors that the graph returns.
    """

    def __init__(self, nodes: Sequence[Node], returned: set[int]):
        self.uses = Counter(id(tensor) for node in nodes for tensor in node.inputs)
        self.returned = returned
        self.makers: dict[fx.Node, Any] = {}

    def note(self, value: fx.Node, maker: Any) -> None:
        """Note which module computes a value, if it makes new memory for it."""
        if maker.makes_new and maker.knows_order:
            self.makers[value] = maker

    def place(self, target: Any, tensors: list[KerasTensor], values: list[fx.Node]) -> int | None:
        """Return the index of the input that a module may write over; None if there is none.

        Args:
            target: the module.
            tensors: its inputs.
            values: the same in the code.
        """
        shapes = {tensor.shape for tensor in tensors}
        if not (target.overwrites and target.knows_order) or len(shapes) != 1 or len(tensors) > 2:
            return None
        for index, (tensor, value) in enumerate(zip(tensors, values, strict=True)):
            alone = self.uses[id(tensor)] == 1 and id(tensor) not in self.returned
            if alone and value in self.makers:
                return index
        return None
