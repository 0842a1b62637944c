"""The one loop over the steps of a sequence that every recurrent layer shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core import tree

__all__ = ["checked_mask", "scan"]


def scan(
    step: Callable[[Tensor, Any], tuple[Tensor, Any]],
    inputs: Tensor,
    states: Any,
    mask: Tensor | None = None,
    go_backwards: bool = False,
    return_all: bool = True,
    zero_output_for_mask: bool = False,
    owner: str = "A recurrent layer",
) -> tuple[Tensor | None, Tensor, Any]:
    """Call `step` for each step of a sequence, handing the states on.

    A masked step keeps the states, and repeats the output before it (zeros before any).

    Args:
        step: a function of (the inputs of a step, the states) that returns (output, new states).
        inputs: (batch, time, ...).
        states: the first states: a tensor, or a structure of them.
        mask: (batch, time), true for the steps that count.
        go_backwards: whether to begin with the last step; the outputs come in the order in which
            they were computed.
        return_all: whether the outputs of all steps are wanted.
        zero_output_for_mask: whether the output of a masked step is zero.
        owner: the layer, for errors.

    Returns:
        All outputs, (batch, time, ...), or None if they are not wanted; the last output; the last
        states.

    Raises:
        ValueError: for a sequence without steps, or a mask of another shape.

    Example:
        >>> total = lambda x, state: (state + x, state + x)
        >>> outputs, last, state = scan(total, torch.ones(2, 3), torch.zeros(2))
        >>> outputs.tolist(), last.tolist()
        ([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], [3.0, 3.0])
    """
    steps = inputs.unbind(1)
    if not steps:
        raise ValueError(
            f"{owner} needs a step at least; received the shape {tuple(inputs.shape)}."
        )
    counts: Any = [None] * len(steps)
    if mask is not None:
        counts = checked_mask(mask, inputs, owner).unbind(1)
    pairs = list(zip(steps, counts, strict=True))
    outputs: list[Tensor] = []
    output: Any = None
    for x, counted in reversed(pairs) if go_backwards else pairs:
        new_output, new_states = step(x, states)
        if counted is None:
            output, states = new_output, new_states
        else:
            if output is None or zero_output_for_mask:
                output = torch.zeros_like(new_output)
            output = _chosen(counted, new_output, output)
            states = _chosen(counted, new_states, states)
        if return_all:
            outputs.append(output)
    return (torch.stack(outputs, 1) if return_all else None), output, states


def checked_mask(mask: Tensor, inputs: Tensor, owner: str) -> Tensor:
    """Return a mask as truth values.

    Raises:
        ValueError: if it has not one value for each step of each sequence.
    """
    if mask.shape != inputs.shape[:2]:
        raise ValueError(
            f"{owner} needs a mask with one value for each step of each sequence, here of shape "
            f"{tuple(inputs.shape[:2])}; received one of shape {tuple(mask.shape)}."
        )
    return mask.bool()


def _chosen(counted: Tensor, new: Any, old: Any) -> Any:
    """Return the new values for the sequences whose step counts, the old ones for the others."""
    if isinstance(new, Tensor):
        shape = (*counted.shape, *(1,) * (new.ndim - 1))
        return torch.where(counted.view(shape), new, _only(old))
    pairs = zip(tree.flatten(new), tree.flatten(old), strict=True)
    return tree.pack_sequence_as(new, [_chosen(counted, n, o) for n, o in pairs])


def _only(old: Any) -> Tensor:
    """Return a tensor, also if it is the only one in a list."""
    return old if isinstance(old, Tensor) else tree.flatten(old)[0]
