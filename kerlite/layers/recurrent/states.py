"""The states of recurrent layers: their sizes, the first ones, and those kept between calls."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core import tree

__all__ = [
    "KeptStates",
    "checked_state_size",
    "listed_states",
    "output_size_of",
    "state_shapes",
    "zero_states",
]


class KeptStates(nn.Module):
    """What a `stateful` layer adds: the states after the last call, as buffers that are not saved.

    They move with `to`, and have no gradient.
    """

    state_size: Any
    described: str
    _state_count = 0
    _state_structure: Any = None

    @property
    def states(self) -> Any:
        """The states after the last call; None unless the layer is stateful and built."""
        if not self._state_count:
            return None
        kept = [self._buffers[f"state_{index}"] for index in range(self._state_count)]
        return tree.pack_sequence_as(self._state_structure, kept)

    def make_states(self, sequences_shape: tuple[int | None, ...]) -> None:
        """Make zeros for a batch of the given shape.

        Raises:
            ValueError: if the size of the batch is not known.
        """
        if sequences_shape[0] is None:
            raise ValueError(
                f"{self.described} is stateful, so the size of its batch must be known; received "
                f"the shape {sequences_shape}. Use Input(batch_shape=(batch, time, features))."
            )
        first = self.get_initial_state(sequences_shape[0])  # type: ignore[operator]
        flat = tree.flatten(first)
        self._state_structure = tree.map_structure(lambda _: None, tuple(first))
        self._state_count = len(flat)
        for index, state in enumerate(flat):
            self.register_buffer(f"state_{index}", state.clone(), persistent=False)

    def kept_states(self, sequences: Tensor, initial_state: Any) -> Any:
        """Return the states that a call begins with: those given, or a copy of those kept.

        Raises:
            ValueError: if the batch has another size than the states.
        """
        expected = self._buffers["state_0"].shape[0]  # type: ignore[union-attr]
        if sequences.shape[0] != expected:
            raise ValueError(
                f"{self.described} is stateful for batches of {expected}; received one of "
                f"{sequences.shape[0]}. Use batches of one size (drop the last one, say), or "
                "stateful=False."
            )
        if initial_state is not None:
            return initial_state
        return tree.map_structure(torch.clone, list(self.states))

    def keep(self, states: Any) -> None:
        """Keep the states for the next call."""
        with torch.no_grad():
            for kept, state in zip(tree.flatten(self.states), tree.flatten(states), strict=True):
                kept.copy_(state)

    def reset_state(self) -> None:
        """Let the next call of a stateful layer begin with zeros."""
        for kept in tree.flatten(self.states or ()):
            kept.zero_()

    def reset_states(self) -> None:
        """Let the next call of a stateful layer begin with zeros; as `reset_state`."""
        self.reset_state()


def checked_state_size(cell: Any, owner: str) -> list[Any]:
    """Return the sizes of a cell's states as a list.

    Raises:
        ValueError: if it is no cell.
    """
    size = getattr(cell, "state_size", None)
    if not callable(getattr(cell, "call", None)) or not isinstance(size, (int, list, tuple)):
        raise ValueError(
            f"{owner} needs a cell with a method call(inputs, states) and an attribute state_size, "
            f"a whole number or a list of them; received {cell!r}."
        )
    return [size] if isinstance(size, int) else list(size)


def listed_states(states: Any, sizes: list[Any], owner: str) -> list[Any]:
    """Return the states of a cell as a list: a single one need not be in one.

    Raises:
        ValueError: if there are more or fewer than the cell has.
    """
    states = [states] if isinstance(states, Tensor) else list(states)
    if len(states) != len(sizes):
        raise ValueError(
            f"{owner} has {len(sizes)} states, of sizes {sizes}; received {len(states)} as "
            "initial_state."
        )
    return states


def converted(values: Any, dtype: torch.dtype) -> Any:
    """Return a tensor, or a structure of them, as a number type."""
    if isinstance(values, Tensor):
        return values if values.dtype is dtype else values.to(dtype)
    return [converted(value, dtype) for value in values]


def output_size_of(cell: Any) -> int:
    """Return the size of a cell's output: `output_size`, or that of its first state."""
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size
    return size[0] if isinstance(size, (list, tuple)) else size


def zero_states(sizes: Any, batch_size: int, dtype: torch.dtype, device: Any) -> Any:
    """Return zeros of shape (batch_size, size) for each size, structured as the sizes are."""
    return tree.map_structure(
        lambda size: torch.zeros((batch_size, size), dtype=dtype, device=device), sizes
    )


def state_shapes(sizes: Any, batch_size: int | None) -> Any:
    """Return the shape (batch_size, size) for each size, structured as the sizes are."""
    return tree.map_structure(lambda size: (batch_size, size), sizes)
