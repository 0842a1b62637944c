"""RNN: any cell, over the steps of a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from kerlite.core import tree
from kerlite.layers.base import Layer
from kerlite.layers.recurrent.scan import scan
from kerlite.layers.recurrent.stacked_cells import StackedRNNCells, prepares_steps, step_of
from kerlite.layers.recurrent.states import (
    KeptStates,
    checked_state_size,
    converted,
    listed_states,
    output_size_of,
    state_shapes,
    zero_states,
)

__all__ = ["RNN"]


class RNN(KeptStates, Layer):
    """A cell that is called for each step of a sequence and hands its states on.

    output, states = cell(step, states). Masked steps keep the states and repeat the output before.

    Call:
        sequences: (batch, time, ...).
        initial_state: the first states, one or a list; by default the cell's, or those kept.
        mask: (batch, time), true for the steps that count.
        training: whether the cell is to drop what it drops while training.

    Args:
        cell: an object with `call(inputs, states)` that returns (output, new states) and with
            `state_size`; `output_size` and `get_initial_state(batch_size)` if it likes. Or a list.
        return_sequences: whether to return the outputs of all steps, not the last one only.
        return_state: whether to return the last states too.
        return_state: whether to return the last states too.
        go_backwards: whether to begin with the last step; the outputs come in that order.
        stateful: whether sample i of a batch begins with the states in which sample i of the last
            batch ended. The batch's size is fixed.
        unroll: torch's loops are unrolled anyway, so this only turns fused kernels off.
        zero_output_for_mask: whether masked steps give zeros instead.

    Shape:
        (batch, time, ...) -> (batch, size), or (batch, time, size); a tuple with `return_state`.

    Raises:
        ValueError: for a cell that is none, or while `stateful` for a batch of another size.

    Example:
        >>> import torch
        >>> from kerlite.layers.recurrent.lstm_cell import LSTMCell
        >>> RNN([LSTMCell(8), LSTMCell(4)], return_sequences=True)(torch.ones(2, 5, 3)).shape
        torch.Size([2, 5, 4])

    Source: keras.layers.RNN.
    """

    cell: Any
    finds_training: ClassVar[bool] = True
    supports_masking = True
    makes_masks = False

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        self.state_size = checked_state_size(cell, self.described)
        self.cell, self._prepares = cell, prepares_steps(cell, self.dtype_policy)
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.stateful, self.unroll = go_backwards, stateful, unroll
        self.zero_output_for_mask = zero_output_for_mask

    def build(self, sequences_shape: tuple[int | None, ...]) -> None:
        """Build the cell, and make the states that are kept."""
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((sequences_shape[0], *sequences_shape[2:]))
        if self.stateful:
            self.make_states(sequences_shape)

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        """Return the last output or all, and the states if they are wanted."""
        if self.stateful:
            initial_state = self.kept_states(sequences, initial_state)
        elif initial_state is None:
            initial_state = self.get_initial_state(sequences.shape[0])
        initial_state = listed_states(initial_state, self.state_size, self.described)
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        training = self._in_training(training)
        last, outputs, states = self.inner_loop(sequences, initial_state, mask, training)
        if self.stateful:
            self.keep(states)
        output = converted(outputs if self.return_sequences else last, self._torch_dtype)
        return (output, *converted(states, self._torch_dtype)) if self.return_state else output

    def inner_loop(
        self, sequences: Tensor, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Tensor, Any, Any]:
        """Return the last output, all outputs (None if not wanted) and the last states."""
        if self._prepares:
            sequences, step = self.cell.steps(sequences, training)
        else:
            step = step_of(self.cell, training)
        outputs, last, states = scan(
            step, sequences, initial_state, mask, self.go_backwards, self.return_sequences,
            self.zero_output_for_mask, owner=self.described,
        )  # fmt: skip
        return last, outputs, states

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states that a call begins with: the cell's, or zeros."""
        if hasattr(self.cell, "get_initial_state"):
            states = self.cell.get_initial_state(batch_size=batch_size)
        else:
            states = zero_states(self.state_size, batch_size, self._torch_dtype, self._device())
        return list(states) if tree.is_nested(states) else [states]

    def compute_output_shape(self, sequences_shape: tuple[int | None, ...]) -> Any:
        """Return the output's shape, and those of the states if they are returned."""
        batch, length = sequences_shape[:2]
        times = (length,) if self.return_sequences else ()
        shape = (batch, *times, output_size_of(self.cell))
        return (shape, *state_shapes(self.state_size, batch)) if self.return_state else shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the input's mask if all outputs are returned; states have none."""
        kept = tree.flatten(mask)[0] if self.return_sequences else None
        return [kept, *(None for _ in self.state_size)] if self.return_state else kept
