"""How the cells of SimpleRNN, LSTM and GRU compute: one step, or a sequence of them.

What needs no states, the inputs' part in the gates, is computed for all steps at once.
B batch, T time, D inputs, H units, G gates.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite import activations
from kerlite.layers.recurrent.dropout_masks import draw, dropped

__all__ = ["CellSteps", "Held", "recurrent_part"]

_QUICK: dict[Any, Any] = {activations.sigmoid: torch.sigmoid, activations.tanh: torch.tanh}


class Held(NamedTuple):
    """What stays the same over the steps of a call.

    The masks of dropout are (B, D) and (B, H), or have G in front if each gate has its own.
    """

    weight: Tensor
    bias: Tensor | None
    input_mask: Tensor | None
    recurrent_mask: Tensor | None
    activation: Callable[[Tensor], Tensor]
    recurrent_activation: Callable[[Tensor], Tensor]


class CellSteps:
    """The computation of a cell: `call`, and what `RNN` and `StackedRNNCells` ask for."""

    gates: ClassVar[int]
    weight_ih: Any
    weight_hh: Any
    bias_ih: Any
    bias_hh: Any
    units: int
    activation: Any
    recurrent_activation: Any = None
    dropout: float
    recurrent_dropout: float
    implementation = 2
    reset_after = True  # only a GRU may be without
    _seeds: Any
    _in_training: Callable[[bool | None], bool]

    def advance(self, gates: Tensor, states: Any, held: Held) -> tuple[Tensor, list[Tensor]]:
        """Return the output and the new states, given the inputs' part in the gates."""
        raise NotImplementedError

    def call(self, inputs: Tensor, states: Any, training: bool | None = None) -> tuple[Tensor, Any]:
        """Return the output and the new states, a list if `states` is one."""
        held = self.hold(inputs.shape[0], self._in_training(training))
        alone = isinstance(states, Tensor)
        output, new = self.advance(self.project(inputs, held), [states] if alone else states, held)
        return output, new[0] if alone else new

    def steps(self, sequences: Tensor, training: bool) -> tuple[Tensor, Any]:
        """Return the inputs' part in the gates at all steps, and the function of a step."""
        held = self.hold(sequences.shape[0], training)
        return self.project(sequences, held), functools.partial(self.advance, held=held)

    def step_for(self, batch: int, training: bool) -> Callable[[Tensor, Any], Any]:
        """Return the function of a step, where the inputs of later steps are not known yet."""
        held = self.hold(batch, training)
        return lambda inputs, states: self.advance(self.project(inputs, held), states, held)

    def hold(self, batch: int, training: bool) -> Held:
        """Return what stays the same over the steps of a call; masks are drawn here."""
        masks: tuple[Tensor | None, ...] = (None, None)
        if training and (self.dropout or self.recurrent_dropout):
            each = (self.gates,) if self.implementation == 1 and self.gates > 1 else ()
            sizes = (*each, batch, self.weight_ih.shape[1]), (*each, batch, self.units)
            masks = (
                draw(self.weight_hh, sizes[0], self.dropout, self._seeds),
                draw(self.weight_hh, sizes[1], self.recurrent_dropout, self._seeds),
            )
        quick = _QUICK.get(self.activation, self.activation)
        recurrent = _QUICK.get(self.recurrent_activation, self.recurrent_activation)
        return Held(self.weight_hh, self.bias_hh, masks[0], masks[1], quick, recurrent)

    def project(self, x: Tensor, held: Held) -> Tensor:
        """Return the inputs' part in the gates, for one step or for all: (B, G * H) or (B, T, …).

        Args:
            x: (B, D) or (B, T, D).
            held: what `hold` returned.
        """
        mask = held.input_mask
        x = x if x.is_floating_point() else x.to(self.weight_ih.dtype)
        if mask is None or mask.ndim == 2:
            return F.linear(dropped(x, mask), self.weight_ih, self.bias_ih)
        parts = [
            F.linear(dropped(x, own), weight)
            for own, weight in zip(mask, self.weight_ih.chunk(self.gates), strict=True)
        ]
        gates = torch.cat(parts, -1)
        return gates if self.bias_ih is None else gates + self.bias_ih


def recurrent_part(h: Tensor, weight: Tensor, bias: Tensor | None, mask: Tensor | None) -> Tensor:
    """Return the last output's part in the gates: h @ weight.T + bias, (B, G * H).

    Args:
        h: the last output, (B, H).
        weight: (G * H, H).
        bias: (G * H,).
        mask: of dropout; with one for each gate, (G, B, H), these see different parts of h.
    """
    if mask is None or mask.ndim == 2:
        return F.linear(dropped(h, mask), weight, bias)
    parts = torch.matmul(h * mask, weight.unflatten(0, (mask.shape[0], -1)).mT)
    gates = parts.transpose(0, 1).flatten(1)
    return gates if bias is None else gates + bias
