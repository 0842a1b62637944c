"""StackedRNNCells: several cells that act as one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

from torch import Tensor

from kerlite.core import tree
from kerlite.core.policy import DTypePolicy
from kerlite.layers.base import Layer
from kerlite.layers.recurrent.states import checked_state_size, output_size_of, zero_states

__all__ = ["StackedRNNCells", "prepares_steps", "step_of"]


class StackedRNNCells(Layer):
    """Cells on top of each other: each takes the output of the one before as its input.

    Call:
        inputs, states: the inputs of a step, and a list with the states of each cell.
        training: whether cells are to drop what they drop while training.

    Args:
        cells: the cells, the first one first.

    Shape:
        (batch, size) and the states -> (batch, size of the last cell's output) and new states.

    Raises:
        ValueError: for an object that is no cell, or no cells at all.

    Example:
        >>> import torch
        >>> from kerlite.layers.recurrent.gru_cell import GRUCell
        >>> from kerlite.layers.recurrent.lstm_cell import LSTMCell
        >>> cell = StackedRNNCells([LSTMCell(8), GRUCell(4)])
        >>> cell.state_size, cell.output_size
        ([[8, 8], 4], 4)

    Source: keras.layers.StackedRNNCells.
    """

    cells: Any
    finds_training: ClassVar[bool] = True

    def __init__(self, cells: Any, **kwargs: Any):
        super().__init__(**kwargs)
        if not cells:
            raise ValueError(f"{self.described} needs a list of cells; received {cells!r}.")
        for cell in cells:
            checked_state_size(cell, self.described)
        self.cells = list(cells)
        self._prepare = tuple(prepares_steps(cell, self.dtype_policy) for cell in cells)

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the states of each cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """The size of the last cell's output."""
        return output_size_of(self.cells[-1])

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the first states of each cell."""
        states = []
        for cell in self.cells:
            if hasattr(cell, "get_initial_state"):
                states.append(cell.get_initial_state(batch_size=batch_size))
            else:
                made = zero_states(cell.state_size, batch_size, self._torch_dtype, self._device())
                states.append(list(made) if tree.is_nested(made) else made)
        return states

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build the cells, each for the output of the one before."""
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], output_size_of(cell))

    def call(self, inputs: Tensor, states: Any, training: bool | None = None) -> tuple[Any, Any]:
        """Return the output of the last cell, and the new states of all."""
        training = self._in_training(training)
        return _through([step_of(cell, training) for cell in self.cells], inputs, states)

    def steps(self, sequences: Tensor, training: bool) -> tuple[Tensor, Any]:
        """Return what `scan` is to go through, and the function of a step.

        What drops while training draws its masks here, once for all steps.
        """
        first = step_of(self.cells[0], training)
        if self._prepare[0]:
            sequences, first = self.cells[0].steps(sequences, training)
        rest = self._steps_from(1, sequences.shape[0], training)
        return sequences, functools.partial(_through, [first, *rest])

    def step_for(self, batch: int, training: bool) -> Callable[[Any, Any], tuple[Any, Any]]:
        """Return the function of a step, where the inputs of later steps are not known yet."""
        return functools.partial(_through, self._steps_from(0, batch, training))

    def _steps_from(self, start: int, batch: int, training: bool) -> list[Any]:
        pairs = list(zip(self.cells, self._prepare, strict=True))[start:]
        return [
            cell.step_for(batch, training) if prepares else step_of(cell, training)
            for cell, prepares in pairs
        ]


def prepares_steps(cell: Any, policy: DTypePolicy) -> bool:
    """Return whether a cell has a `steps` that does the same as its `call`.

    A subclass with a `call` of its own is called instead; so is a cell of another dtype policy than
    the layer's, whose call converts (it draws what it drops at each step anew).
    """
    for cls in type(cell).__mro__:
        if "steps" in vars(cls) or "call" in vars(cls):
            return "steps" in vars(cls) and cell.dtype_policy.name == policy.name
    return False


def step_of(cell: Any, training: bool) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return a cell's call as a function of (inputs, states) whose new states are a list."""
    call = cell if callable(cell) else cell.call
    if isinstance(cell, Layer) and cell._signature.takes_training:
        call = functools.partial(call, training=training)

    def step(inputs: Any, states: Any) -> tuple[Any, Any]:
        output, states = call(inputs, states)
        return output, states if tree.is_nested(states) else [states]

    return step


def _through(steps: list[Any], inputs: Any, states: Any) -> tuple[Any, Any]:
    """Hand the inputs through the steps of several cells."""
    new_states = []
    for step, own in zip(steps, states, strict=True):
        listed = tree.is_nested(own)
        inputs, new = step(inputs, list(own) if listed else [own])
        new_states.append(new if listed else new[0])
    return inputs, new_states
